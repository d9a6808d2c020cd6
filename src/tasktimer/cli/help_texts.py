"""Help texts, with paragraphs and examples wrapped to the width of the terminal."""

import re
from shutil import get_terminal_size
from typing import Any

_MARGINS = 2  # columns, left and right together


def rewrap_epilog(command: Any) -> None:
    """Rewrap the epilog of a command's help to the width of the terminal."""
    if not command.epilog:
        return
    width = get_terminal_size().columns - _MARGINS
    paragraphs = command.epilog.strip("\n").split("\n\n")
    command.epilog = "\n\n".join(_rewrap(paragraph, width) for paragraph in paragraphs) + "\n"


def _rewrap(paragraph: str, width: int) -> str:
    first, *lines = paragraph.split("\n")
    if not any(line.startswith("  ") for line in lines):
        return " ".join([first, *lines])  # Rich wraps it
    return "\n".join([first, *(line if len(line) <= width else _break(line) for line in lines)])


def _break(example: str) -> str:
    """Put the comment of an example below its command.

    >>> print(_break("  tasktimer stop 7      stop a task"))
      tasktimer stop 7
          stop a task
    """
    return re.sub(r"(?<=\S) {2,}", "\n" + " " * 6, example)
