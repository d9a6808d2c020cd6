"""A Rich table of tasks over several days; imported only when it is shown."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta, tzinfo

from tasktimer.core.interval import Window
from tasktimer.core.local_time import day_window
from tasktimer.core.timesheet import Day
from tasktimer.output.date_ranges import format_window
from tasktimer.output.messages import format_totals, pluralize
from tasktimer.output.timesheet_table import entry_rows, render_table, task_table

_SECOND = timedelta(seconds=1)


def render_day_table(
    days: Sequence[Day],
    zone: tzinfo,
    *,
    window: Window | None = None,
    newest_first: bool = False,
    last: int | None = None,
) -> str:
    """Render days, each below its date and total, to the width of the terminal.

    `window=None` means all time. `last` is the number of listed tasks if a limit left out earlier ones.
    """
    several = len({entry.task.user_id for day in days for entry in day.sheet.entries}) > 1
    table = task_table(several=several)
    blanks = [""] * (3 if several else 2)
    for day in reversed(days) if newest_first else days:
        for total in _totals(f"{day.date:%A} {day.date.isoformat()}", day.sheet.worked, day.sheet.elapsed):
            table.add_row(*blanks, *total, style="bold")
        rows = list(entry_rows(day.sheet, day.date, zone, several=several))
        for row in reversed(rows) if newest_first else rows:
            table.add_row(*row)
        table.add_section()
    if len(days) > 1:
        worked, elapsed = _sum(day.sheet.worked for day in days), _sum(day.sheet.elapsed for day in days)
        for total in _totals(f"{len(days)} days", worked, elapsed):
            table.add_row(*blanks, *total, style="bold")
    title = format_window(window or _whole(days, zone), zone)
    # The totals are those of the listed tasks: the first day may have others.
    return render_table(
        title if last is None else f"{title}, only the last {'task' if last == 1 else pluralize(last, 'task')}", table
    )


def _totals(name: str, worked: timedelta, elapsed: timedelta) -> Iterator[tuple[str, str, str]]:
    """Yield the cells End, Time spent and Description of a total; two rows if tasks overlap."""
    texts = format_totals(worked, elapsed)
    yield "Worked" if texts[1:] else "", texts[0], name
    for text in texts[1:]:
        yield "Elapsed", text, ""


def _sum(lengths: Iterable[timedelta]) -> timedelta:
    """Return the sum of durations as they are shown, in whole seconds."""
    return sum((length // _SECOND * _SECOND for length in lengths), timedelta())


def _whole(days: Sequence[Day], zone: tzinfo) -> Window:
    return Window(day_window(days[0].date, zone).start, day_window(days[-1].date, zone).end)
