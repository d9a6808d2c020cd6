"""Timesheets of one or several days, as tables."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from tasktimer.core.interval import Window
from tasktimer.core.local_time import day_window
from tasktimer.core.timesheet import Timesheet, TimesheetEntry
from tasktimer.output.formatting import format_totals, format_window, pluralize
from tasktimer.output.quick_table import BLANK_LINE, Heading
from tasktimer.output.tables import render_table
from tasktimer.output.task_table import TaskTable

_SECOND = timedelta(seconds=1)


def timesheet_table(
    days: Sequence[tuple[date, Timesheet]],
    now: datetime,
    *,
    window: Window | None = None,
    newest_first: bool = False,
    last: int | None = None,
) -> str:
    """Render timesheets of days, each below its date and total; times are in the time zone of `now`.

    `window=None` means all time. `last` is the number of listed tasks, if a limit left out earlier tasks.
    """
    zone = now.tzinfo or UTC
    table = TaskTable([entry.task for _, sheet in days for entry in sheet.entries], zone, now.date())
    totals: list[tuple[timedelta, timedelta]] = []
    for day, sheet in reversed(days) if newest_first else days:
        totals.append((sheet.worked // _SECOND * _SECOND, sheet.elapsed // _SECOND * _SECOND))
        table.add_day(day, *_format_totals(*totals[-1]), is_empty=not sheet.entries)
        rows = list(_rounded(sheet))
        for entry, length in reversed(rows) if newest_first else rows:
            table.add_task(entry.task, sheet.window, day, length)
    worked, elapsed = (sum(durations, timedelta()) for durations in zip(*totals, strict=True))
    table.add_heading(BLANK_LINE)
    table.add_heading(Heading("Total", *_format_totals(worked, elapsed)))
    whole = window or Window(day_window(days[0][0], zone).start, day_window(days[-1][0], zone).end)
    # The totals cover only the listed tasks: other tasks of the first day may be left out.
    limit = "" if last is None else f", only the last {'task' if last == 1 else pluralize(last, 'task')}"
    return render_table(table, format_window(whole, zone) + limit)


def whole_seconds(durations: Iterable[timedelta]) -> Iterator[timedelta]:
    """Yield durations in whole seconds, each off by less than a second, that add up to the displayed total."""
    exact = shown = timedelta()
    for duration in durations:
        exact += duration
        whole = exact // _SECOND * _SECOND
        yield whole - shown
        shown = whole


def _rounded(sheet: Timesheet) -> Iterator[tuple[TimesheetEntry, timedelta]]:
    """Yield the entries of a timesheet, with times spent that add up to the displayed total."""
    return zip(sheet.entries, whole_seconds(entry.time_spent for entry in sheet.entries), strict=True)


def _format_totals(worked: timedelta, elapsed: timedelta) -> tuple[str, str]:
    """Return a total, and the words after it if the elapsed time is different."""
    text, *different = format_totals(worked, elapsed)
    return text, "".join(f"worked, {other} elapsed" for other in different)
