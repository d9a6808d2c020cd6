"""The colours of the output, as numbers of the 256 colours of terminals; all are readable on white and on black."""

from collections.abc import Mapping
from zlib import crc32

RUNNING = 28  # green
ERROR = 160  # red
NOTE = 136  # dark yellow

# Variants of the colours of Okabe and Ito, which can be distinguished with any kind of colour blindness.
PROJECTS = (94, 202, 29, 61, 69, 169)  # brown, vermilion, bluish green, blue, sky blue, reddish purple


def project_color(project: str) -> int:
    """Return the colour of a project, which depends only on the name of its top level.

    >>> project_color("acme/website") == project_color("acme")
    True
    """
    return PROJECTS[crc32(project.partition("/")[0].encode()) % len(PROJECTS)]


def has_color(environment: Mapping[str, str]) -> bool:
    """Return whether a terminal should get colours; the rules are those of Rich.

    >>> [has_color(environment) for environment in ({"TERM": "xterm"}, {"TERM": "dumb"}, {"NO_COLOR": "1"})]
    [True, False, False]
    """
    return not environment.get("NO_COLOR") and environment.get("TERM", "").lower() not in ("dumb", "unknown")


def colored(text: str, color: int) -> str:
    """Return text in a colour, for a terminal."""
    return f"\x1b[38;5;{color}m{text}\x1b[0m"
