"""The building blocks of pictures: lines of characters, which depend on the encoding of the terminal."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_GAP = "  "


class Symbols(NamedTuple):
    """The blocks of a timeline, its marks, and the shades of a heat map, from no time to the most."""

    full: str
    left: str
    right: str
    touched: str
    hour: str
    now: str
    shades: str


_UNICODE = Symbols("█", "▌", "▐", "░", "·", "▼", "·░▒▓█")
_ASCII = Symbols("#", "+", "+", "-", ".", "v", ".-+*#")


def symbols_for(console: Console) -> Symbols:
    """Return the symbols that a console can show."""
    return _UNICODE if console.encoding.startswith("utf") else _ASCII


def join_cells(cells: Iterable[tuple[str, str]]) -> Text:
    """Return a line of characters, each with its style."""
    runs = ((style, "".join(cell for cell, _ in run)) for style, run in groupby(cells, lambda cell: cell[1]))
    return Text.assemble(*((text, style) for style, text in runs))


def title_with_legend(title: str, legend: str, edge: int, width: int) -> Text:
    """Return a title with a legend: at the right edge if there is room, otherwise on the next line."""
    length = cell_len(title) + cell_len(legend)
    gap = " " * max(len(_GAP), edge - length)
    return Text.assemble((title, "bold"), gap if length + len(gap) <= width else "\n", legend)
