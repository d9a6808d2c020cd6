"""A table layout for narrow terminals, with the cells of the folding (wrapping) columns on lines of their own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.table import Column
from rich.text import Text

from tasktimer.output.quick_table import Heading, QuickTable, least_width

_INDENT = 4
_GAP = "  "

_Value = TypeVar("_Value")
Cells = Sequence[Text]


def render_stacked(console: Console, table: QuickTable) -> Iterator[Text]:
    """Yield the lines of a table without truncating any cells; only cells of folding columns are wrapped."""
    layout = _Layout(console, table)
    yield from layout.lines(layout.heads, "bold")
    yield Text("─" * layout.width)
    for number, (row, cells) in enumerate(zip(table.rows, layout.rows, strict=True)):
        yield from layout.headings(table.headings.get(number, ()))
        yield from layout.lines(cells, str(row.style or ""))
    yield from layout.headings(table.headings.get(table.row_count, ()))


class _Layout:
    """The layout of table rows: cells outside the folding columns are aligned if they fit, otherwise concatenated.

    With several folding columns, the first one is placed beside these cells if there is room.
    """

    def __init__(self, console: Console, table: QuickTable) -> None:
        self._console = console
        self.width = console.width
        self._folding = [column.no_wrap is False for column in table.columns]
        self.heads = [Text(str(column.header)) for column in table.columns]
        columns = [list(map(_text, column.cells)) for column in table.columns]
        self.rows: list[Cells] = list(zip(*columns, strict=True))
        self._widths = [max(cell.cell_len for cell in cells) for cells in zip(self.heads, *self.rows, strict=True)]
        self._from_right = [column.justify == "right" for column in table.columns]
        self._room = self.width - (_INDENT if self._folding[0] else 0)  # for the cells outside the folding columns
        self._gap = self._find_gap()
        self._edge = self._right_edge(table.total_column)
        self._side = self._find_side(table.columns)

    def headings(self, headings: Sequence[Heading]) -> Iterator[Text]:
        """Yield the lines of headings."""
        for heading in headings:
            yield from heading.lines(self._console, self._edge)

    def lines(self, cells: Cells, style: str) -> Iterator[Text]:
        """Yield the lines of a row, rendered in a Rich style."""
        first, *others = (cell for cell, is_folding in zip(cells, self._folding, strict=True) if is_folding)
        beside = self._beside(cells)
        if self._side:
            lines = [*self._with_side(beside, first), *self._fold(others, _INDENT)]
        elif self._folding[0]:
            lines = [*self._fold([first, *others], 0), *beside]
        else:
            # Without the dash, the second folding cell could be mistaken for the first.
            lines = [*beside, *self._fold([first if first.plain or not others else Text("-"), *others], _INDENT)]
        yield from (Text.assemble(line, style=style) for line in lines) if style else lines

    def _find_gap(self) -> str | None:
        """Return the widest gap with which the cells outside the folding columns fit on one line, or None."""
        widths = self._not_folding(self._widths)
        return next((gap for gap in (_GAP, " ") if sum(widths) + len(gap) * (len(widths) - 1) <= self._room), None)

    def _find_side(self, columns: Sequence[Column]) -> int:
        """Return the width of the first of several folding columns if it fits beside the other cells, otherwise 0."""
        first, *others = (number for number, is_folding in enumerate(self._folding) if is_folding)
        if first == 0 or not others or self._gap is None:
            return 0
        room = self.width - self._right_edge(first - 1) - len(_GAP)
        return room if least_width(columns[first], self._widths[first]) <= room else 0

    def _with_side(self, lines: Sequence[Text], cell: Text) -> list[Text]:
        """Return lines with the folded cell to the right of the cells outside the folding columns."""
        (line,) = lines
        folded = self._wrap(cell, self._side)
        starts = [line, *(Text(" " * line.cell_len) for _ in folded[1:])]
        return [Text.assemble(start, _GAP, part) for start, part in zip(starts, folded, strict=True)]

    def _right_edge(self, number: int) -> int:
        """Return the position at which a column ends; no folding column may precede it."""
        return sum(self._widths[: number + 1]) + len(self._gap) * number if self._gap else 0

    def _beside(self, cells: Cells) -> list[Text]:
        """Return the cells outside the folding columns as lines."""
        if self._gap:
            numbers = self._not_folding(range(len(cells)))
            lines = [Text(self._gap).join(self._placed(cells[number], number) for number in numbers)]
        else:
            lines = self._in_sequence([cell for cell in self._not_folding(cells) if cell.plain])
        return [_pad(line, self.width - self._room) for line in lines]

    def _in_sequence(self, cells: Cells) -> list[Text]:
        lines: list[Text] = []
        for cell in cells:
            if lines and lines[-1].cell_len + len(_GAP) + cell.cell_len <= self._room:
                lines[-1] = Text.assemble(lines[-1], _GAP, cell)
            else:
                lines.append(cell.copy())
        return lines

    def _not_folding(self, values: Iterable[_Value]) -> list[_Value]:
        return [value for value, is_folding in zip(values, self._folding, strict=True) if not is_folding]

    def _placed(self, cell: Text, number: int) -> Text:
        blanks = " " * (self._widths[number] - cell.cell_len)
        return Text.assemble(blanks, cell) if self._from_right[number] else Text.assemble(cell, blanks)

    def _fold(self, cells: Iterable[Text], indent: int) -> list[Text]:
        text = Text(_GAP).join(cell for cell in cells if cell.plain)
        return [_pad(line, indent) for line in self._wrap(text, self.width - indent)] if text.plain else []

    def _wrap(self, text: Text, width: int) -> list[Text]:
        fits = text.plain.isprintable() and text.cell_len <= width
        return [text] if fits else list(text.wrap(self._console, width, overflow="fold"))


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def _pad(line: Text, count: int) -> Text:
    return Text.assemble(" " * count, line) if count else line
