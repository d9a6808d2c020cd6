"""Where a refusal becomes an exit code and lines on standard error, and where a result reaches standard output."""

import errno
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import BinaryIO

from tasktimer.errors import Conflict, InvalidValue, NotFound, TasktimerError, Unavailable


class ExitCode(IntEnum):
    """What a script can rely on."""

    OK = 0
    FAILED = 1  # a valid request, refused by the state or the clock
    INVALID = 2  # a value or a flag that can never be valid
    UNAVAILABLE = 3  # the store or the output cannot be used
    INTERRUPTED = 130  # 128 + SIGINT, as shells count
    CLOSED_PIPE = 141  # 128 + SIGPIPE


EXIT_CODES: dict[type[TasktimerError], ExitCode] = {
    NotFound: ExitCode.FAILED,
    Conflict: ExitCode.FAILED,
    InvalidValue: ExitCode.INVALID,
    Unavailable: ExitCode.UNAVAILABLE,
}


NO_MEMORY = "there is not enough memory"
_CLOSED = "it is closed"
HISTORY_HINT = "show what was done: tasktimer history"


class _Interrupts:
    """Ctrl-C while a change is committed: it waits, and then the command can say what is stored."""

    def hold(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])

    def release(self) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


interrupts = _Interrupts()


def print_message(message: str, hint: str | None = None, *, details: Sequence[str] = (), label: str = "error") -> None:
    """Say on standard error what is wrong and what to do."""
    if sys.stderr is None:  # closed by the caller: `2>&-`
        return
    from tasktimer.output.messages import escape_for_terminal  # most commands have nothing to report: 1 ms

    lines = [f"{label}: {message}", *(f"  {line}" for line in details), *([f"hint: {hint}"] if hint else [])]
    try:
        print("\n".join(map(escape_for_terminal, lines)), file=sys.stderr, flush=True)
    except OSError:  # the exit code still tells
        _discard(sys.stderr.fileno())


def print_error(error: TasktimerError) -> ExitCode:
    """Say what was refused, and give the exit code for it."""
    from tasktimer.cli.hints import hint_for  # only refusals need it

    print_message(error.message, hint_for(error), details=error.details)
    return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))


def print_note(error: TasktimerError) -> None:
    """Say what was refused where the command goes on without it."""
    from tasktimer.cli.hints import hint_for

    print_message(error.message, hint_for(error), label="note")


def write_result(
    text: str | Iterable[str], *, done: str | None = None, hint: str | None = None, utf8: bool = False
) -> None:
    """Write a result to standard output, now, or piece by piece.

    `done` says what has been changed already, and `hint` what to do about it where the result is lost.

    Raises:
        BrokenPipeError: nobody reads it any more.
        Unavailable: it cannot be written.
        KeyboardInterrupt: Ctrl-C came; what has been changed is reported.
    """
    try:
        interrupts.release()
        _write((text,) if isinstance(text, str) else text, utf8=utf8)
    except KeyboardInterrupt:
        discard_output()
        if done:
            print_message(output_lost_message(done, "interrupted"), hint or HISTORY_HINT)
        raise
    except BrokenPipeError:  # no failure: who reads has had enough
        raise
    except OSError as error:
        discard_output()
        raise output_error(error.strerror, done, hint) from None
    except MemoryError:
        raise output_error(NO_MEMORY, done, hint) from None


def _write(pieces: Iterable[str], *, utf8: bool) -> None:
    if sys.stdout is None:  # closed by the caller: `>&-`
        raise OSError(errno.EBADF, _CLOSED)
    # Data is UTF-8 everywhere; for people, what their locale cannot show is escaped.
    encoding = "utf-8" if utf8 else sys.stdout.encoding
    sys.stdout.flush()  # what Typer left there comes first
    for piece in pieces:
        _write_all(sys.stdout.buffer, piece.encode(encoding, "backslashreplace"))


def _write_all(stream: BinaryIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:  # unbuffered, as PYTHONUNBUFFERED asks, a part may be written and the rest not
        written = stream.write(rest)
        if not written:  # a pipe that does not block, and is full
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        rest = rest[written:]
    stream.flush()


def output_error(reason: str | None, done: str | None = None, hint: str | None = None) -> Unavailable:
    """The error for a result that cannot be written; `done` says what has been changed already."""
    message = f"cannot write to standard output: {reason}"
    hint = hint or "redirect standard output to a file that can be written"
    return Unavailable("output-failed", output_lost_message(done, message) if done else message, hint)


def output_lost_message(done: str, reason: str) -> str:
    """Say that something is changed, and that its result cannot be shown."""
    return f"{done}, but its result is lost: {reason}"


def check_output() -> None:
    """Refuse to call it done when there was nowhere to print to.

    Raises:
        Unavailable: standard output is closed.
    """
    if sys.stdout is None:
        raise output_error(_CLOSED)


def discard_output() -> None:
    """Drop what could not be written, or Python would try again, and complain, when it ends."""
    if sys.stdout is not None:
        _discard(sys.stdout.fileno())


def _discard(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
