"""A table layout for narrow terminals, with the cells of the folding (wrapping) column on lines of their own."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_INDENT = 4
_GAP = "  "

Cells = Sequence[Text]


def render_stacked(console: Console, table: Table) -> Iterator[Text]:
    """Yield the lines of a table without truncating any cells; only cells of the folding column are wrapped."""
    layout = _Layout(console, table)
    yield from layout.lines(layout.heads, "bold")
    yield Text("─" * layout.width)
    for row, cells in zip(table.rows, layout.rows, strict=True):
        yield from layout.lines(cells, str(row.style or ""))
        if row.end_section:
            yield Text()


class _Layout:
    """The layout of table rows: cells outside the folding column are aligned if they fit, otherwise concatenated."""

    def __init__(self, console: Console, table: Table) -> None:
        self._console = console
        self.width = console.width
        self._folding = next(number for number, column in enumerate(table.columns) if not column.no_wrap)
        self.heads = [Text(str(column.header)) for column in table.columns]
        columns = [[_text(cell) for cell in column.cells] for column in table.columns]
        self.rows: list[Cells] = list(zip(*columns, strict=True))
        self._widths = [max(cell.cell_len for cell in cells) for cells in zip(self.heads, *self.rows, strict=True)]
        self._from_right = [column.justify == "right" for column in table.columns]

    def lines(self, cells: Cells, style: str) -> Iterator[Text]:
        """Yield the lines of a row, rendered in a Rich style."""
        text = cells[self._folding]
        if self._folding == 0:
            lines = [*self._fold(text), *(_pad(line, _INDENT) for line in self._beside(cells, self.width - _INDENT))]
        elif cells[0].plain or not text.plain:
            lines = [*self._beside(cells, self.width), *self._fold(text, indent=_INDENT)]
        else:
            lines = self._total(text, cells)
        for line in lines:
            yield Text.assemble(line, style=style)

    def _total(self, name: Text, cells: Cells) -> list[Text]:
        """Return the lines of a totals row, with its name in place of the empty first cells if there is room."""
        first, *rest = self._beside(cells, self.width)
        room = len(first.plain) - len(first.plain.lstrip())
        if name.cell_len + len(_GAP) <= room:
            return [Text.assemble(name, first[name.cell_len :]), *rest]
        line = Text.assemble(name, _GAP, first[room:])
        # A single cell needs no alignment; several cells must be aligned with those of the row above.
        if sum(bool(cell.plain) for cell in cells) == 2 and line.cell_len <= self.width:
            return [line, *rest]
        return [*self._fold(name), first, *rest]

    def _beside(self, cells: Cells, width: int) -> list[Text]:
        """Return the cells outside the folding column as lines of at most `width` characters."""
        numbers = [number for number in range(len(cells)) if number != self._folding]
        for gap in (_GAP, " "):  # reduce the gaps before using several lines
            if sum(self._widths[number] for number in numbers) + len(gap) * (len(numbers) - 1) <= width:
                return [Text(gap).join(self._placed(cells[number], number) for number in numbers)]
        lines: list[Text] = []
        for cell in (cells[number] for number in numbers if cells[number].plain):
            if lines and lines[-1].cell_len + len(_GAP) + cell.cell_len <= width:
                lines[-1] = Text.assemble(lines[-1], _GAP, cell)
            else:
                lines.append(cell.copy())
        return lines

    def _placed(self, cell: Text, number: int) -> Text:
        blanks = " " * (self._widths[number] - cell.cell_len)
        return Text.assemble(blanks, cell) if self._from_right[number] else Text.assemble(cell, blanks)

    def _fold(self, text: Text, *, indent: int = 0) -> list[Text]:
        if not text.plain:
            return []
        lines = text.wrap(self._console, self.width - indent, overflow="fold")
        return [_pad(line, indent) for line in lines]


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def _pad(line: Text, count: int) -> Text:
    return Text.assemble(" " * count, line)
