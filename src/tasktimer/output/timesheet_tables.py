"""Timesheets of one or several days, as Rich tables."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from rich.table import Table
from rich.text import Text

from tasktimer.core.interval import Window
from tasktimer.core.local_time import day_window, format_whole_seconds
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet
from tasktimer.output.formatting import (
    escape_for_terminal,
    format_day_title,
    format_labels,
    format_skipped_day,
    format_time,
    format_totals,
    format_window,
    pluralize,
)
from tasktimer.output.tables import new_table, render_table

_SECOND = timedelta(seconds=1)


def timesheet_table(sheet: Timesheet, day: date, zone: tzinfo, *, is_filtered: bool) -> str:
    """Render a day's timesheet as a table; `is_filtered` means that a filter may have excluded tasks."""
    title = escape_for_terminal(format_day_title(day, zone, sheet.window.duration))
    if not sheet.window.duration:
        return format_skipped_day(day, zone)
    if not sheet.entries:
        return f"{'No task matches' if is_filtered else 'Nothing tracked'} on {title}.\n"
    several = _has_several_users([sheet])
    table = _task_table(several=several)
    for row in _entry_rows(sheet, day, zone, several=several):
        table.add_row(*row)
    table.add_section()
    texts = format_totals(sheet.worked, sheet.elapsed)
    for name, total in zip(("Worked", "Elapsed") if texts[1:] else ("Total",), texts, strict=True):
        table.add_row(*_blanks(several=several), name, total, style="bold")
    return render_table(title, table)


def days_table(
    days: Sequence[tuple[date, Timesheet]],
    zone: tzinfo,
    *,
    window: Window | None = None,
    newest_first: bool = False,
    last: int | None = None,
) -> str:
    """Render the timesheets of several days as a table, each below its date and total.

    `window=None` means all time. `last` is the number of listed tasks if a limit excluded earlier tasks, else None.
    """
    several = _has_several_users([sheet for _, sheet in days])
    table = _task_table(several=several)
    for day, sheet in reversed(days) if newest_first else days:
        _add_totals(table, f"{day:%A} {day.isoformat()}", sheet.worked, sheet.elapsed, several=several)
        rows = list(_entry_rows(sheet, day, zone, several=several))
        for row in reversed(rows) if newest_first else rows:
            table.add_row(*row)
        table.add_section()
    if len(days) > 1:
        worked, elapsed = _sum(sheet.worked for _, sheet in days), _sum(sheet.elapsed for _, sheet in days)
        _add_totals(table, f"{len(days)} days", worked, elapsed, several=several)
    whole = window or Window(day_window(days[0][0], zone).start, day_window(days[-1][0], zone).end)
    # The totals cover only the listed tasks, because the limit may exclude other tasks of the first day.
    limit = "" if last is None else f", only the last {'task' if last == 1 else pluralize(last, 'task')}"
    return render_table(format_window(whole, zone) + limit, table)


def whole_seconds(durations: Iterable[timedelta]) -> Iterator[timedelta]:
    """Yield durations rounded to whole seconds, up or down, so that they add up to the displayed total."""
    exact = shown = timedelta()
    for duration in durations:
        exact += duration
        whole = exact // _SECOND * _SECOND
        yield whole - shown
        shown = whole


def _has_several_users(sheets: Iterable[Timesheet]) -> bool:
    return len({entry.task.user_id for sheet in sheets for entry in sheet.entries}) > 1


def _task_table(*, several: bool) -> Table:
    table = new_table(["ID", *(["User"] if several else []), "Start"], ["End"])
    table.add_column("Time spent", justify="right", no_wrap=True)
    table.add_column("Description", overflow="fold", min_width=12)
    return table


def _entry_rows(sheet: Timesheet, day: date, zone: tzinfo, *, several: bool) -> Iterator[list[str | Text]]:
    """Yield the rows for a day's tasks, with durations that add up to the displayed total."""
    spent = whole_seconds(entry.time_spent for entry in sheet.entries)
    for entry, duration in zip(sheet.entries, spent, strict=True):
        task = entry.task
        user = [str(task.user_id)] if several else []
        description = Text(escape_for_terminal(task.description)).append(format_labels(task), style="dim")
        ends = _ends(task, sheet.window, day, zone)
        yield [str(task.id), *user, *ends, format_whole_seconds(duration), description]


def _ends(task: Task, window: Window, day: date, zone: tzinfo) -> tuple[Text, Text]:
    """Return the start and end of a task, each with an arrow if it is outside the window."""

    def show(instant: datetime) -> str:
        return format_time(instant, zone, day).removeprefix(f"{day.year:04}-")  # the year is in the title

    start = show(task.start_time)
    first = Text(f"← {start}", style="dim") if task.start_time < window.start else Text(start)
    if task.end_time is None:
        return first, Text("running", style="green")
    end = "24:00" if task.end_time == window.end else show(task.end_time)
    return first, Text(f"{end} →", style="dim") if task.end_time > window.end else Text(end)


def _add_totals(table: Table, name: str, worked: timedelta, elapsed: timedelta, *, several: bool) -> None:
    """Add a row with the total time, or two rows (worked and elapsed) if tasks overlap."""
    blanks = _blanks(several=several)
    texts = format_totals(worked, elapsed)
    table.add_row(*blanks, "Worked" if texts[1:] else "", texts[0], name, style="bold")
    for text in texts[1:]:
        table.add_row(*blanks, "Elapsed", text, "", style="bold")


def _blanks(*, several: bool) -> list[str]:
    return [""] * (3 if several else 2)


def _sum(durations: Iterable[timedelta]) -> timedelta:
    """Return the sum of durations, each rounded down to whole seconds as displayed."""
    return sum((duration // _SECOND * _SECOND for duration in durations), timedelta())
