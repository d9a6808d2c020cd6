"""Tasks over several days as a Rich table; imported only when one is shown."""

from collections.abc import Sequence
from datetime import date, timedelta, tzinfo

from rich.text import Text

from tasktimer.core.days import Day
from tasktimer.core.interval import Window
from tasktimer.core.timespec import format_seconds
from tasktimer.output.table import draw, entry_rows, task_table
from tasktimer.output.text import counted, printable, skipped_day

_SECOND = timedelta(seconds=1)


def days_table(days: Sequence[Day], zone: tzinfo, *, newest_first: bool = False, last: int | None = None) -> str:
    """Draw days one below the other, each under its date and its total, for the terminal that standard output is.

    `last` is how many tasks are listed, where there are more.
    """
    several = len({entry.task.user_id for day in days for entry in day.sheet.entries}) > 1
    table = task_table(several=several)
    blanks = [""] * (4 if several else 3)
    for day in reversed(days) if newest_first else days:
        table.add_row(*blanks, *_heading(day), style="bold")
        rows = list(entry_rows(day.sheet, day.date, zone, several=several))
        for row in reversed(rows) if newest_first else rows:
            table.add_row(*row)
        table.add_section()
    if len(days) > 1:
        total = sum((_shown(day.sheet.worked) for day in days), timedelta())
        table.add_row(*blanks, format_seconds(total), f"{len(days)} days", style="bold")
    title = _title(days[0].date, days[-1].date, zone)
    # The totals are of what is listed: the first day may have more than that.
    return draw(
        title if last is None else f"{title}, only the last {'task' if last == 1 else counted(last, 'task')}", table
    )


def nothing_found(window: Window | None, zone: tzinfo) -> str:
    """Say that there is no task in such a time, or (None) at all."""
    if window is None:
        return "No task is like that.\n"
    if not window.duration:
        return skipped_day(window.start.astimezone(zone).date() - timedelta(days=1), zone)
    last = max(window.start, window.end - timedelta(microseconds=1))
    return (
        f"No task is like that on {_title(window.start.astimezone(zone).date(), last.astimezone(zone).date(), zone)}.\n"
    )


def _heading(day: Day) -> tuple[str, Text]:
    total, elapsed = (format_seconds(length) for length in (day.sheet.worked, day.sheet.elapsed))
    name = f"{day.date:%A} {day.date.isoformat()}"
    return total, Text(name if elapsed == total else f"{name}, {elapsed} elapsed")


def _shown(length: timedelta) -> timedelta:
    return length // _SECOND * _SECOND


def _title(first: date, last: date, zone: tzinfo) -> str:
    days = first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"
    return printable(f"{days}, {zone}")
