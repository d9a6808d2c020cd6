"""The times of a report as text, in a unit in which they add up."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from tasktimer.core import printed_sums
from tasktimer.core.local_time import format_duration
from tasktimer.core.printed_sums import HUNDREDTH, MINUTE, UNITS, PrintedSums, add_up
from tasktimer.core.report import Key, Report


class _Format(NamedTuple):
    title: str
    write: Callable[[timedelta], str]


def _minutes(time: timedelta) -> str:
    return f"{time // MINUTE // 60}:{time // MINUTE % 60:02}"


def _decimal(time: timedelta) -> str:
    return f"{time // HUNDREDTH // 100}.{time // HUNDREDTH % 100:02}"


_FORMATS = {
    "seconds": _Format("", format_duration),
    "minutes": _Format(", in hours and minutes", _minutes),
    "decimal": _Format(", in decimal hours", _decimal),
}


class ReportTimes:
    """The times of a report, rounded to seconds, minutes or hundredths of an hour, and their format."""

    def __init__(self, report: Report, hours: str) -> None:
        self._report = report
        self._unit = UNITS[hours]
        self.title, self.write = _FORMATS[hours]
        is_elapsed, rounding = report.query.elapsed, report.query.rounding
        self.measure = printed_sums.elapsed if is_elapsed else printed_sums.worked
        heading, self._other = ("Elapsed", "Worked") if is_elapsed else ("Worked", "Elapsed")
        self.headings = [heading] if rounding is None else [heading, "Rounded"]
        self.sums = add_up(report, self.measure, self._unit)
        self.rounded = None if rounding is None else add_up(report, printed_sums.rounded, self._unit)
        self.write_rounded = _decimal if self.write is _decimal else _minutes  # it is a multiple of a minute

    def row(self, name: Key) -> list[str]:
        """Return the time of a row and, if the report is rounded, its rounded time."""
        return self._both(lambda sums: sums.rows[name])

    def total(self) -> list[str]:
        """Return the total and, if the report is rounded, the rounded total."""
        return self._both(lambda sums: sums.total)

    def cell(self, names: tuple[Key, ...]) -> str:
        """Return the rounded time of a cell, or its time if the report is not rounded; an empty text for no time."""
        sums, write = (self.sums, self.write) if self.rounded is None else (self.rounded, self.write_rounded)
        cell = self._report.cells.get(names)
        return write(sums.cells[names]) if cell and self.measure(cell) else ""

    def average(self, total: timedelta, count: int) -> str:
        """Return a total divided by a number of rows or columns."""
        return self.write(self._unit.round(total / count))

    def other_total(self) -> tuple[str, str, list[str]] | None:
        """Return the name, the total and the column totals of the elapsed time, or of the time worked beside it.

        Return None if it does not differ, or was not computed. Only columns of times have totals of the elapsed time.
        """
        total, columns = self.sums.elapsed, self.sums.column_elapsed
        if self._report.query.elapsed:
            total, columns = self._unit.round(self._report.total.worked), {}
        if self._report.total.elapsed is None or total == self.sums.total:
            return None
        return self._other, self.write(total), list(map(self.write, columns.values()))

    def _both(self, select: Callable[[PrintedSums], timedelta]) -> list[str]:
        rounded = [] if self.rounded is None else [self.write_rounded(select(self.rounded))]
        return [self.write(select(self.sums)), *rounded]
