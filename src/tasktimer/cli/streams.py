"""Functions that write results to standard output, and errors and questions to standard error."""

import errno
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from types import ModuleType
from typing import BinaryIO, TextIO

import typer

from tasktimer import output
from tasktimer.errors import Conflict, InvalidValue, NotFound, TasktimerError, Unavailable
from tasktimer.store.protocols import Interrupts


class ExitCode(IntEnum):
    """The exit codes, which are stable so that scripts can rely on them."""

    OK = 0
    FAILED = 1  # a valid request that cannot be carried out
    INVALID = 2  # an invalid value or option
    UNAVAILABLE = 3  # the store or the output cannot be used
    INTERRUPTED = 130  # 128 + SIGINT, as in shells
    CLOSED_PIPE = 141  # 128 + SIGPIPE


EXIT_CODES: dict[type[TasktimerError], ExitCode] = {
    NotFound: ExitCode.FAILED,
    Conflict: ExitCode.FAILED,
    InvalidValue: ExitCode.INVALID,
    Unavailable: ExitCode.UNAVAILABLE,
}


NO_MEMORY = "there is not enough memory"
_CLOSED = "it is closed"
HISTORY_HINT = "to show past commands, run: tasktimer history"


class _Interrupts(Interrupts):
    """Signal handling that delays Ctrl-C during a commit, so that the command can report what was stored."""

    def hold(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])

    def release(self) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


interrupts = _Interrupts()


def print_message(message: str, hint: str | None = None, *, details: Sequence[str] = (), label: str = "error") -> None:
    """Print a message, followed by its details and its hint, to standard error."""
    if sys.stderr is None:  # closed by the caller: `2>&-`
        return
    lines = [f"{label}: {message}", *(f"  {line}" for line in details), *([f"hint: {hint}"] if hint else [])]
    lines = list(map(output.formatting.escape_for_terminal, lines))
    text = _for_terminal(lines, f"{label}:") if sys.stderr.isatty() else "\n".join(lines)
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:  # the exit code still reports the error
        _discard(sys.stderr.fileno())


def _for_terminal(lines: Sequence[str], label: str) -> str:
    """Wrap the lines of a message, except for the details, and color its label."""
    width = terminal_width(sys.stderr)
    message, *others = lines
    wrapped = [output.wrapping.wrap_hint(line, width) if line.startswith("hint: ") else line for line in others]
    text = "\n".join([output.wrapping.wrap_words(message, width), *wrapped])
    return output.palette.color_label(label, os.environ) + text.removeprefix(label)


def print_lines(lines: Iterable[str], done: str | None) -> None:
    """Print lines to standard error after a change; `done` describes it for the message if the user presses Ctrl-C."""
    if sys.stderr is None:
        return
    try:
        interrupts.release()
        width = terminal_width(sys.stderr)
        for line in lines:
            sys.stderr.write(f"{output.wrapping.wrap_item(line, width)}\n")
        sys.stderr.flush()
    except KeyboardInterrupt:
        _print_lost_output(done)
        raise
    except OSError:
        _discard(sys.stderr.fileno())


def terminal_width(stream: TextIO) -> int:
    """Return the width of a stream's terminal in columns, or 0 if it is unknown."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return 0


def print_error(error: TasktimerError, arguments: Sequence[str] = (), now: datetime | None = None) -> ExitCode:
    """Print an error, with a hint that may repeat or correct the arguments of the command, and return the exit code."""
    _print_explained(error, "error", arguments, now)
    return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))


def print_note(error: TasktimerError) -> None:
    """Print a note with the message and hint of an error that does not end the command."""
    _print_explained(error, "note")


def _print_explained(
    error: TasktimerError, label: str, arguments: Sequence[str] = (), now: datetime | None = None
) -> None:
    from tasktimer.cli.hints import hint_for, message_for  # lazy: errors and hints, 0.5 million instructions

    print_message(message_for(error), hint_for(error, arguments, now), details=error.details, label=label)


def load_usage_errors() -> ModuleType:
    """Import and return the `usage_errors` module, which explains mistyped arguments."""
    from tasktimer.cli import usage_errors  # lazy: only errors need it; 4 million instructions

    return usage_errors


def confirm(question: str) -> None:
    """Ask for confirmation, and return only if the answer is yes.

    The question is printed to standard error, because standard output is for results.

    Raises:
        typer.Exit: if the answer is not yes.
    """
    assert sys.stderr is not None
    assert sys.stdin is not None
    try:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        raise
    if answer.strip().lower() not in ("y", "yes"):
        if not answer.endswith("\n"):  # Ctrl-D
            sys.stderr.write("\n")
        print_message("nothing was changed", label="note")
        raise typer.Exit(ExitCode.FAILED)


def confirmation_error(hint: str) -> InvalidValue:
    """Return the error for a change that cannot be confirmed because the command is not running in a terminal."""
    return InvalidValue("confirmation-required", "cannot ask for confirmation: not running in a terminal", hint)


def write_result(
    text: str | Iterable[str], *, done: str | None = None, hint: str | None = None, utf8: bool = False
) -> None:
    """Write a result (a string or an iterable of strings) to standard output.

    If the result cannot be written, the error includes `hint` and `done` (a description of the completed change).

    Raises:
        BrokenPipeError: if the reader closed the pipe.
        Unavailable: if the result cannot be written.
        KeyboardInterrupt: if the user presses Ctrl-C; the completed change is reported first.
    """
    try:
        interrupts.release()
        _write((text,) if isinstance(text, str) else text, utf8=utf8)
    except KeyboardInterrupt:
        discard_output()
        _print_lost_output(done, hint)
        raise
    except BrokenPipeError:  # the reader needs no more output
        raise
    except OSError as error:
        discard_output()
        raise output_error(error.strerror, done, hint) from None
    except MemoryError:
        raise output_error(NO_MEMORY, done, hint) from None


def _print_lost_output(done: str | None, hint: str | None = None) -> None:
    """Print an error for a completed change if Ctrl-C ended its output."""
    if done:
        print_message(output_lost_message(done, "interrupted"), hint or HISTORY_HINT)


def _write(pieces: Iterable[str], *, utf8: bool) -> None:
    if sys.stdout is None:  # closed by the caller: `>&-`
        raise OSError(errno.EBADF, _CLOSED)
    # Data is UTF-8 in every locale; in text for people, characters that the locale cannot encode are escaped.
    encoding = "utf-8" if utf8 else sys.stdout.encoding
    sys.stdout.flush()  # text that Typer has buffered
    for piece in pieces:
        _write_all(sys.stdout.buffer, piece.encode(encoding, "backslashreplace"))


def _write_all(stream: BinaryIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:  # with PYTHONUNBUFFERED, a write can be partial
        written = stream.write(rest)
        if not written:  # a full non-blocking pipe
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        rest = rest[written:]
    stream.flush()


def output_error(reason: str | None, done: str | None = None, hint: str | None = None) -> Unavailable:
    """Return the error for a result that cannot be written; `done` describes the completed change, if any."""
    message = f"cannot write to standard output: {reason}"
    hint = hint or "redirect standard output to a writable file"
    return Unavailable("output-failed", output_lost_message(done, message) if done else message, hint)


def output_lost_message(done: str, reason: str) -> str:
    """Return the error message for a change that was made, but whose result cannot be written."""
    return f"{done}, but the output was lost: {reason}"


def check_output() -> None:
    """Check that standard output is open.

    Raises:
        Unavailable: if standard output is closed.
    """
    if sys.stdout is None:
        raise output_error(_CLOSED)


def discard_output() -> None:
    """Discard buffered output; otherwise, Python would try to write it at exit and print an error."""
    if sys.stdout is not None:
        _discard(sys.stdout.fileno())


def _discard(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
