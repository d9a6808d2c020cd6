"""The user's text editor."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import split

from tasktimer.errors import Conflict, InvalidValue, quote_value

_HINT = "set EDITOR to a text editor, as in EDITOR=nano tasktimer config edit"


def run_editor(path: Path, environ: Mapping[str, str]) -> None:
    """Edit a file in the editor named by VISUAL or EDITOR, which can include options, and wait until it ends.

    Raises:
        InvalidValue: if the editor cannot be run.
        Conflict: if the editor fails.
    """
    editors = (environ.get(name, "").strip() for name in ("VISUAL", "EDITOR"))
    editor = next(filter(None, editors), "vi")
    try:
        with _ignored_interrupts():
            code = subprocess.call([*split(editor), str(path)])  # noqa: S603 (no shell)
    except (OSError, ValueError) as error:  # ValueError: unbalanced quotes
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidValue("invalid-editor", f"cannot run the editor {quote_value(editor)}: {reason}", _HINT) from None
    if code:
        raise Conflict("editor-failed", f"the editor {quote_value(editor)} failed with exit code {code}")


@contextmanager
def _ignored_interrupts() -> Iterator[None]:
    """Leave Ctrl-C to the editor, which belongs to the same process group."""
    previous = signal.signal(signal.SIGINT, lambda *_: None)  # unlike SIG_IGN, not inherited by the editor
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
