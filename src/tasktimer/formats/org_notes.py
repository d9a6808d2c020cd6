"""Notes of tasks in Org files: list items below CLOCK lines, as Org writes them when a clock stops.

Lines that Org would take for its own syntax start with a zero-width space, which is removed when they are read.
"""

import re

from tasktimer.core.task import MAX_DESCRIPTION_LENGTH
from tasktimer.formats.org_headlines import ESCAPE

_ITEM = re.compile(r"([ \t]*)- ?(.*)", re.DOTALL)
_DATE = re.compile(r"\[[0-9]{4}-[0-9]{2}-[0-9]{2}")
_END = re.compile(r"\s*(?::END:|CLOCK:)", re.IGNORECASE)
_SYNTAX = re.compile(r"\u200b|\s*(?:$|:|#|CLOCK:)", re.IGNORECASE)


class NoteReader:
    """The note of a CLOCK line, from the lines that follow it; if not `enabled`, there is no note."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._indentation: int | None = None
        self._lines: list[str] = []
        self._length = 0

    @property
    def text(self) -> str | None:
        """The note, without blank lines at its end; None if it is empty."""
        lines = list(self._lines)
        while lines and not lines[-1].strip():
            lines.pop()
        return "\n".join(line.removeprefix(ESCAPE) for line in lines) or None

    def take(self, line: str) -> bool:
        """Add a line to the note, and return whether it is a part of it."""
        if not self._enabled:
            return False
        line = line.rstrip("\r\n")
        if self._indentation is None:
            return self._take_first(line)
        if line.strip() and (line[: self._indentation].strip() or _END.match(line)):
            return False
        self._add(line[self._indentation :])
        return True

    def _take_first(self, line: str) -> bool:
        item = _ITEM.fullmatch(line)
        if item is None or _is_log_entry(item[2]):
            return False
        self._indentation = len(item[1]) + 2
        self._add(item[2])
        return True

    def _add(self, line: str) -> None:
        if self._length <= MAX_DESCRIPTION_LENGTH:  # a longer note is rejected anyway
            self._lines.append(line)
            self._length += len(line) + 1


def format_note(note: str) -> str:
    """Return a note as a list item."""
    lines = [ESCAPE + line if _needs_escape(line) else line for line in note.split("\n")]
    return "- " + "\n  ".join(lines) + "\n"


def _needs_escape(line: str) -> bool:
    return _SYNTAX.match(line) is not None or _is_log_entry(line)


def _is_log_entry(line: str) -> bool:
    """Return whether a line ends with a time in brackets, and perhaps a backslash pair.

    Org also writes such items below CLOCK lines: changes of the state, and notes that are not about the clock.
    """
    text = line[:-2].rstrip(" ") if line.endswith("\\\\") else line
    if line.startswith(ESCAPE) or not text.endswith("]"):
        return False
    return _DATE.search(text, text.rfind("]", 0, -1) + 1) is not None
