"""The files that an import reads: those of the command line, and copies of standard input and of pipes."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from tasktimer.cli.context import Context
from tasktimer.errors import InvalidValue
from tasktimer.formats.registry import READABLE
from tasktimer.formats.source import Source
from tasktimer.services.export_files import translate_temporary_errors
from tasktimer.services.imports import open_source

_PIECE = 1 << 16  # bytes


def find_source(context: Context, name: str, encoding: str | None, stack: ExitStack) -> Source:
    """Return a file or a folder to import, or a copy of standard input (`-`) or of a pipe; `stack` deletes the copy.

    Raises:
        InvalidValue: if it cannot be read.
        Unavailable: if the copy cannot be written.
    """
    if not name:
        raise InvalidValue("invalid-path", "the path of a file to import is blank", "use the path of a file or folder")
    if name.lower() in READABLE and not Path(name).exists():
        message = f"{name} is a format, but there is no file or folder of this name"
        raise InvalidValue("import-file-unreadable", message, "add the path of a file or folder")
    if name == "-":
        return open_source(_copy(_standard_input(context), stack), "standard input", encoding)
    path = Path(name)
    if path.is_fifo():  # also what a shell passes for <(command)
        try:
            file = stack.enter_context(path.open("rb", buffering=0))
        except OSError as error:
            message = f"cannot read {name}: {error.strerror}"
            raise InvalidValue("import-file-unreadable", message, "use a file that can be read") from None
        return open_source(_copy(partial(file.read, _PIECE), stack), name, encoding)
    return open_source(path, name, encoding)


def _standard_input(context: Context) -> Callable[[], bytes]:
    """Return a function that reads the next piece of standard input."""
    if sys.stdin is None:  # closed by the caller: `<&-`
        raise InvalidValue("import-file-unreadable", "cannot read standard input: it is closed", "use a file instead")
    if sys.stdin.isatty():
        context.print_note("reading from the terminal; to end the input, press Ctrl-D")
    # Unlike read, read1 does not wait for a second Ctrl-D.
    return partial(sys.stdin.buffer.read1, _PIECE)  # type: ignore[union-attr]


def _copy(read: Callable[[], bytes], stack: ExitStack) -> Path:
    """Copy a stream to a temporary file, because most formats are read twice, and return its path."""
    with translate_temporary_errors(), ExitStack() as opened:
        copy = opened.enter_context(NamedTemporaryFile())
        copy.writelines(iter(read, b""))
        copy.flush()
        stack.push(opened.pop_all())  # without an error, the file is deleted at the end of the command
    return Path(copy.name)
