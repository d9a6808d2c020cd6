"""The colours of the output, as numbers in the 256-colour palette; all are readable on white and on black."""

from collections.abc import Mapping
from zlib import crc32

RUNNING = 28  # green
ERROR = 160  # red
NOTE = 136  # dark yellow

# Variants of the Okabe-Ito colours, which people with any kind of colour blindness can distinguish.
PROJECTS = (94, 202, 29, 61, 69, 169)  # brown, vermilion, bluish green, blue, sky blue, reddish purple

# For short to long times: dark yellow, green, bluish green, violet.
SHADES = (136, 64, 30, 61)


def project_color(project: str) -> int:
    """Return the colour of a project, which depends only on the name of its top level.

    >>> project_color("acme/website") == project_color("acme")
    True
    """
    return PROJECTS[crc32(project.partition("/")[0].encode()) % len(PROJECTS)]


def color_label(label: str, environment: Mapping[str, str]) -> str:
    r"""Return a message's label for a terminal, in colour unless the environment disables colours, as it does for Rich.

    >>> [color_label("note:", environment) for environment in ({"TERM": "xterm"}, {"TERM": "dumb"}, {"NO_COLOR": "1"})]
    ['\x1b[38;5;136mnote:\x1b[0m', 'note:', 'note:']
    """
    if environment.get("NO_COLOR") or environment.get("TERM", "dumb").lower() in ("dumb", "unknown"):
        return label
    return f"\x1b[38;5;{ERROR if label == 'error:' else NOTE}m{label}\x1b[0m"
