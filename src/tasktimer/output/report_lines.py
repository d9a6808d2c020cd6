"""Reports as one line of words per row, for screen readers."""

from collections.abc import Iterable, Iterator

from tasktimer.output.report_sheet import Line, Sheet

_MEASURES = ("Worked", "Elapsed", "Rounded")


def report_lines(sheet: Sheet) -> str:
    """Format a report as lines in which each value follows its heading."""
    rows = _lines(sheet.headings, sheet.rows)
    lines = [sheet.title, "", *rows, "", *_totals(sheet), *sheet.notes]
    return "".join(f"{line}\n" for line in lines)


def _totals(sheet: Sheet) -> Iterator[str]:
    for line in sheet.totals:
        is_measure = line.name in _MEASURES
        headings = ["total" if is_measure and name in _MEASURES else name for name in sheet.headings]
        yield from _lines(headings, [line])


def _lines(headings: Iterable[str], lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        cells = zip(headings, line.cells, strict=True)
        yield f"{line.name}: {', '.join(f'{heading} {cell}' for heading, cell in cells if cell)}"
