"""Help texts, with paragraphs and examples wrapped to the width of the terminal."""

import re
from shutil import get_terminal_size

_MARGINS = 2  # columns, left and right together


def rewrap(text: str) -> str:
    """Return the paragraphs of a text, rewrapped to the width of the terminal."""
    width = get_terminal_size().columns - _MARGINS
    paragraphs = text.strip("\n").split("\n\n")
    return "\n\n".join(_rewrap_paragraph(paragraph, width) for paragraph in paragraphs) + "\n"


def _rewrap_paragraph(paragraph: str, width: int) -> str:
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
