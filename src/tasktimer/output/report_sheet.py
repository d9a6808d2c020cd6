"""A report as text: its title, headings, rows, totals and notes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.report import Key, Report
from tasktimer.output.report_labels import format_labels, format_title
from tasktimer.output.report_times import ReportTimes

_PREPOSITIONS = {"tag": "with", "day": "on", "weekday": "on"}


class Line(NamedTuple):
    """A row: its name, its cells, the value of its key, and the length of its bar, from 0 to 1."""

    name: str
    cells: list[str]
    value: Key = ""
    length: float = 0


@dataclass(frozen=True)
class Sheet:
    """A report as text; each line has a cell for each heading."""

    title: str
    key: str
    headings: list[str]
    rows: list[Line]
    totals: list[Line]
    notes: list[str]


def list_sheet(report: Report, zone: tzinfo, hours: str, *, average: bool) -> Sheet:
    """Return a report by one key as text; `hours` is a key of UNITS."""
    (key,) = report.query.by
    times = ReportTimes(report, hours)
    labels, shares = format_labels(key, list(report.rows)), _shares(report, times)
    longest = max(times.sums.rows.values()) or timedelta.resolution
    rows = [
        Line(
            labels[name],
            [f"{report.cells[name,].tasks:,}", *times.row(name), f"{shares[name]}%"],
            name,
            times.sums.rows[name] / longest,
        )
        for name in report.rows
    ]
    totals = list(_list_totals(report, times, average=average))
    notes = [*overlap_notes(report, times), *_task_notes(report)]
    headings = ["Tasks", *times.headings, "Share"]
    return Sheet(format_title(report, zone, times.title), key, headings, rows, totals, notes)


def _shares(report: Report, times: ReportTimes) -> dict[Key, int]:
    """Return the share of each row in percent; the shares add up to 100 if the rows add up to the total.

    They are rounded by the largest remainder method, so that of two rows, the longer one never has a smaller share.
    """
    total = times.measure(report.total) // timedelta.resolution or 1
    exact = {name: divmod(times.measure(row) // timedelta.resolution * 100, total) for name, row in report.rows.items()}
    missing = (sum(whole * total + rest for whole, rest in exact.values()) + total // 2) // total
    missing -= sum(whole for whole, _ in exact.values())
    risen = sorted(exact, key=lambda name: exact[name][1], reverse=True)[:missing]
    return {name: whole + (name in risen) for name, (whole, _) in exact.items()}


def _list_totals(report: Report, times: ReportTimes, *, average: bool) -> Iterator[Line]:
    blanks = [""] * len(times.headings)
    yield Line("Total" if times.rounded else times.headings[0], [f"{report.total.tasks:,}", *times.total(), ""])
    if other := times.other_total():
        yield Line(other[0], ["", other[1], *blanks])
    if average:
        yield Line(
            f"Per {report.query.by[0]}",
            ["", times.average(times.measure(report.total), len(report.rows)), *blanks],
        )


def overlap_notes(report: Report, times: ReportTimes) -> Iterator[str]:
    """Yield a sentence if the rows do not add up to the total, and one if the columns do not."""
    sums = zip(report.query.by, ("rows", "columns"), (times.sums.rows, times.sums.columns), strict=False)
    for key, noun, parts in sums:
        whole = sum(parts.values(), timedelta())
        if whole != times.sums.total:
            yield f"{'Tags' if key == 'tag' else 'Tasks'} overlap: the {noun} add up to {times.write(whole)}."


def _task_notes(report: Report) -> Iterator[str]:
    (key,) = report.query.by
    if sum(cell.tasks for cell in report.cells.values()) > report.total.tasks:
        yield f"The total counts a task {_PREPOSITIONS.get(key, 'in')} several {key}s once."
