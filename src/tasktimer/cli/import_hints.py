"""Hints for files that cannot be imported, and for rows of several files that are rejected."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import join, quote
from typing import Any

from tasktimer.errors import InvalidValue, TasktimerError

# By error code.
HINTS = {
    "import-date-order": "add --day-first or --month-first",
    "import-encoding": "use --encoding with the encoding of the file, such as latin-1 or utf-16-le",
    "import-file-invalid": "check that the file is complete; to read it in another format, use --from",
    "import-format-unknown": "use --from with its format, as in --from klog",
}


def find_import_hint(error: TasktimerError, arguments: Sequence[str]) -> str | None:
    """Return a hint for a file that is in another format than --from, or that is usually in another folder; or None."""
    if error.code == "import-file-unreadable":
        folder = _find_moved_folder(str(error.context.get("file", "")))
        if folder is not None:
            return f"instead, run: tasktimer import {quote(folder)}"
    chosen, source = _find_value("--from", arguments), error.context.get("source")
    if chosen is None or source is None:
        return None
    from tasktimer.formats.registry import find_format  # lazy: most errors are not about imports

    try:
        name = find_format(source)
    except InvalidValue:
        return None  # a copy of standard input, which is deleted
    return f"omit --from: the format of {source.name} is {name}" if name not in {None, chosen.lower()} else None


def rows_rejected_hint(context: Mapping[str, Any]) -> str:
    """Return a hint with the command that saves rejected rows, or for klog's breaks, those that cut a task."""
    if context["only_breaks"]:
        return "to take a break out of a task, run: tasktimer split ID 12:30, then: tasktimer edit ID --end 12:00"
    rejects = ["--rejects", context["rejects"]]
    if context["is_stream"]:  # which cannot be read again
        return f"to save the rejected rows in a new file, add {join(rejects)} to the command"
    words = [word for word in context["arguments"] if word != "--json" and word not in context["other_files"]]
    saved = "those of one file" if context["other_files"] else "the rejected rows in a new file"
    return f"to save {saved}, run: {join(['tasktimer', *words, *rejects])}"


def _find_value(option: str, arguments: Sequence[str]) -> str | None:
    """Return the last value of an option in a command line, or None."""
    value = None
    for place, word in enumerate(arguments):
        if word == option and place + 1 < len(arguments):
            value = arguments[place + 1]
        elif word.startswith(f"{option}="):
            value = word.removeprefix(f"{option}=")
    return value


def _find_moved_folder(name: str) -> str | None:
    """Return the folder of a time tracker that exists instead of a missing one, or None."""
    with suppress(OSError, RuntimeError):  # the name is too long, or there is no home directory
        if not name or Path(name).exists():
            return None
        return next((str(path) for path in _usual_folders(Path(name).name) if path.is_dir()), None)
    return None


def _usual_folders(name: str) -> Iterator[Path]:
    """Yield the folders in which a time tracker may keep its data, by the name of one of them."""
    home = Path.home()
    if name in {"timewarrior", ".timewarrior"}:
        variable, folders = "TIMEWARRIORDB", [home / ".timewarrior", _data_folder(home) / "timewarrior"]
    elif name == "watson":
        variable, folders = "WATSON_DIR", [home / ".config/watson", home / "Library/Application Support/watson"]
    else:
        return
    if folder := os.environ.get(variable):
        yield Path(folder)
    yield from folders


def _data_folder(home: Path) -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
