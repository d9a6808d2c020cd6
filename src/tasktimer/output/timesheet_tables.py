"""Timesheets of one or several days, as tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tasktimer.core.interval import Window
from tasktimer.core.local_time import current_date, day_window
from tasktimer.core.timesheet import Timesheet
from tasktimer.output.formatting import format_totals, format_window, pluralize
from tasktimer.output.quick_table import BLANK_LINE, Heading
from tasktimer.output.tables import render_table
from tasktimer.output.task_table import TaskTable


def timesheet_table(
    days: Sequence[tuple[date, Timesheet]],
    now: datetime,
    *,
    window: Window | None = None,
    newest_first: bool = False,
    last: int | None = None,
) -> str:
    """Render the timesheets of days as a table, each below its date and total; times are in the time zone of `now`.

    `window=None` means all time. `last` is the number of listed tasks if a limit excluded earlier tasks, else None.
    """
    zone = now.tzinfo or UTC
    table = TaskTable([entry.task for _, sheet in days for entry in sheet.entries], zone, current_date(now))
    worked = elapsed = timedelta()
    for day, exact in reversed(days) if newest_first else days:
        sheet = exact.in_whole_seconds
        table.add_day(day, *_format_totals(sheet.worked, sheet.elapsed), is_empty=not sheet.entries)
        for entry in reversed(sheet.entries) if newest_first else sheet.entries:
            table.add_task(entry.task, sheet.window, day, entry.time_spent)
        worked += sheet.worked
        elapsed += sheet.elapsed
    table.add_heading(BLANK_LINE)
    table.add_heading(Heading("Total", *_format_totals(worked, elapsed)))
    whole = window or Window(day_window(days[0][0], zone).start, day_window(days[-1][0], zone).end)
    # The totals cover only the listed tasks, because the limit may exclude other tasks of the first day.
    limit = "" if last is None else f", only the last {'task' if last == 1 else pluralize(last, 'task')}"
    return render_table(table, format_window(whole, zone) + limit)


def _format_totals(worked: timedelta, elapsed: timedelta) -> tuple[str, str]:
    """Return the total to show, and the text that follows it, which is empty if the elapsed time is the same."""
    text, *different = format_totals(worked, elapsed)
    return text, "".join(f"worked, {other} elapsed" for other in different)
