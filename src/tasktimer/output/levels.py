"""Texts with levels, such as the names of projects, that are folded between levels and not within words."""

import re
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.text import Text


class Levels(Text):
    """A text that is folded after slashes and spaces."""

    @property
    def parts(self) -> list[str]:
        """The parts that are not broken, if there is room for them."""
        return re.findall(r"[^/ ]*[/ ]+|[^/ ]+", self.plain)

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Return the text as lines."""
        return Text("\n".join(self._lines(width)), self.style).wrap(console, width, **options)

    def _lines(self, width: int) -> Iterator[str]:
        line = ""
        for part in self.parts:
            if line and cell_len((line + part).rstrip()) > width:
                yield line
                line = ""
            line += part
        yield line
