"""A report by two keys as text, with a column for each value of the second key."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from tasktimer.core.buckets import DATE_KEYS
from tasktimer.core.report import Report
from tasktimer.output.report_labels import format_labels, format_title
from tasktimer.output.report_sheet import Line, Sheet, overlap_notes
from tasktimer.output.report_times import ReportTimes


def matrix_sheet(report: Report, zone: tzinfo, hours: str, *, average: bool) -> Sheet:
    """Return a report by two keys as text; `hours` is a key of UNITS."""
    times = ReportTimes(report, hours)
    key, across = report.query.by
    labels = format_labels(key, list(report.rows))
    columns = format_labels(across, list(report.columns), short=True)
    averages_rows = average and across in DATE_KEYS
    rows = [
        Line(
            labels[name],
            [
                *(times.cell((name, column)) for column in report.columns),
                *times.row(name),
                *([times.average(times.measure(amount), len(columns))] if averages_rows else []),
            ],
            name,
        )
        for name, amount in report.rows.items()
    ]
    headings = [*columns.values(), *times.headings, *([f"Per {across}"] if averages_rows else [])]
    totals = [
        Line(name, [*cells, *margin, *[""] * (len(headings) - len(cells) - len(margin))])
        for name, cells, margin in _totals(report, times, average=average)
    ]
    notes = list(overlap_notes(report, times))
    return Sheet(format_title(report, zone, times.title), key, headings, rows, totals, notes)


def _totals(report: Report, times: ReportTimes, *, average: bool) -> Iterator[tuple[str, list[str], Sequence[str]]]:
    """Yield the names of the lines of totals, their cells below the columns, and those to the right of the columns."""
    key, across = report.query.by
    total, *rounded = times.total()
    blanks = [""] * len(rounded)
    mean = [times.average(times.measure(report.total), len(report.columns))] if average and across in DATE_KEYS else []
    yield times.headings[0], list(map(times.write, times.sums.columns.values())), [total, *blanks, *mean]
    if times.rounded:
        yield "Rounded", list(map(times.write_rounded, times.rounded.columns.values())), ["", *rounded]
    if other := times.other_total():
        yield other[0], other[2] or [""] * len(report.columns), [other[1]]
    if average and key in DATE_KEYS:
        means = [times.average(times.measure(amount), len(report.rows)) for amount in report.columns.values()]
        yield f"Per {key}", means, [times.average(times.measure(report.total), len(report.rows))]
