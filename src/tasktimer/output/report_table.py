"""Reports as tables: with a bar in each row, or in several blocks of columns if one table would be too wide."""

from collections.abc import Iterator, Sequence
from shutil import get_terminal_size

from rich.cells import cell_len, chop_cells
from rich.text import Text

from tasktimer.output.levels import Levels
from tasktimer.output.palette import project_color
from tasktimer.output.quick_table import BLANK_LINE, GAP, MARGIN, Heading, QuickTable
from tasktimer.output.report_sheet import Line, Sheet
from tasktimer.output.tables import render_table
from tasktimer.output.wrapping import wrap_words

_LEAST_WIDTH_WITH_BARS = 60
_SHORTEST_BAR, _LONGEST_BAR = 8, 40
_LONGEST_NAME = 20  # columns; longer names are wrapped if necessary
_LONGEST_HEADING = 12  # columns; longer headings are always wrapped
_EIGHTHS = " ▏▎▍▌▋▊▉"


def report_table(sheet: Sheet, *, bars: bool) -> str:
    """Render a report; with `bars`, draw a bar in each row that has a length, if there is room."""
    headings = list(map(_wrapped, sheet.headings))
    columns = zip(headings, *(line.cells for line in (*sheet.rows, *sheet.totals)), strict=True)
    widths = [max(cell_len(part) for cell in column for part in cell.split("\n")) + GAP for column in columns]
    width = get_terminal_size().columns
    names = [sheet.key, *(line.name for line in (*sheet.rows, *sheet.totals))]
    room = width - MARGIN - min(_LONGEST_NAME, max(map(cell_len, names))) - GAP
    bar_width = min(room - sum(widths) - GAP, _LONGEST_BAR)
    has_bars = bars and width >= _LEAST_WIDTH_WITH_BARS and bar_width >= _SHORTEST_BAR
    tables = [_table(sheet, headings, block, bar_width if has_bars else 0) for block in _blocks(widths, room)]
    for note in sheet.notes:
        tables[-1].add_heading(Heading(note, style="dim"))
    titles = [wrap_words(sheet.title, width), *[None] * len(tables)]
    return "\n".join(render_table(table, title) for table, title in zip(tables, titles, strict=False))


def _blocks(widths: Sequence[int], room: int) -> Iterator[slice]:
    """Yield slices of columns, each of which fits into the room or consists of one column."""
    start, used = 0, 0
    for number, width in enumerate(widths):
        if used + width > room and number > start:
            yield slice(start, number)
            start, used = number, 0
        used += width
    yield slice(start, len(widths))


def _table(sheet: Sheet, headings: Sequence[str], block: slice, bar_width: int) -> QuickTable:
    table = QuickTable()
    table.add_column(sheet.key.capitalize(), overflow="fold", min_width=8)
    for heading in headings[block]:
        table.add_column(heading, justify="right", no_wrap=True)
    if bar_width:
        table.add_column("", no_wrap=True)
    bars = bar_width > 0
    for line in sheet.rows:
        style = _style(sheet, line)
        bar = [Text(_bar(line.length, bar_width), style)] * bars
        table.add_row(_name(line.name, style), *line.cells[block], *bar, style="dim" if line.value is None else "")
    table.add_heading(BLANK_LINE)
    for line in filter(lambda line: any(line.cells[block]), sheet.totals):
        table.add_row(line.name, *line.cells[block], *[""] * bars, style="bold")
    return table


def _style(sheet: Sheet, line: Line) -> str:
    return f"color({project_color(line.value)})" if sheet.key == "project" and line.value else ""


def _name(name: str, style: str) -> Text:
    """Return a name that is wrapped after its levels, or anywhere if a level is too long."""
    levels = Levels(name, style)
    return levels if max(map(cell_len, levels.parts), default=0) <= _LONGEST_NAME else Text(name, style)


def _bar(length: float, width: int) -> str:
    """Return a bar of blocks; a length of 1 fills the width."""
    whole, eighths = divmod(round(length * width * 8), 8)
    return ("█" * whole + _EIGHTHS[eighths]).rstrip()


def _wrapped(heading: str) -> str:
    """Break a heading into lines, after slashes and spaces if possible."""
    lines = [""]
    for part in Levels(heading).parts:
        for piece in chop_cells(part, _LONGEST_HEADING):
            if cell_len((lines[-1] + piece).rstrip()) > _LONGEST_HEADING:
                lines.append("")
            lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)
