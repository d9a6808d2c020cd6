"""Rich texts, such as project names, that wrap between levels rather than within words."""

import re
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.text import Text


class Levels(Text):
    """A Rich text that wraps after slashes and spaces."""

    @property
    def parts(self) -> list[str]:
        """The parts of the text, each of which is broken only if it is wider than a line."""
        return re.findall(r"[^/ ]*[/ ]+|[^/ ]+", self.plain)

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Wrap the text and return its lines."""
        return Text("\n".join(self._lines(width)), self.style).wrap(console, width, **options)

    def _lines(self, width: int) -> Iterator[str]:
        line = ""
        for part in self.parts:
            if line and cell_len((line + part).rstrip()) > width:
                yield line
                line = ""
            line += part
        yield line
