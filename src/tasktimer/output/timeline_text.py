"""Timelines in words, for screen readers and narrow terminals."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Window
from tasktimer.core.local_time import current_date, day_window, format_duration
from tasktimer.core.timesheet import Timesheet, TimesheetEntry
from tasktimer.output.formatting import (
    escape_for_terminal,
    format_precision,
    format_time,
    format_totals,
    format_window,
)
from tasktimer.output.task_table import format_day


def timeline_text(days: Sequence[tuple[date, Timesheet]], now: datetime, *, window: Window | None = None) -> str:
    """Return a line for the part of each task on each day, with times in the time zone of `now`.

    `window=None` means all time.
    """
    zone = now.tzinfo or UTC
    whole = window or Window(day_window(days[0][0], zone).start, day_window(days[-1][0], zone).end)
    lines = [format_window(whole, zone)]
    for day, exact in days:
        sheet = exact.in_whole_seconds
        name = format_day(day, current_date(now), day_window(day, zone).duration)
        lines += ["", f"{name}: {format_total([sheet])}", *_part_lines(sheet, zone)]
    if days[1:]:
        lines += ["", f"Total: {format_total(sheet for _, sheet in days)}"]
    return "\n".join(lines) + "\n"


def format_total(sheets: Iterable[Timesheet]) -> str:
    """Return the time worked on the days of timesheets, followed by the time elapsed if it is different."""
    whole = [sheet.in_whole_seconds for sheet in sheets]
    worked = sum((sheet.worked for sheet in whole), timedelta())
    elapsed = sum((sheet.elapsed for sheet in whole), timedelta())
    text, *different = format_totals(worked, elapsed)
    return f"{text} worked, {different[0]} elapsed" if different else text


def _part_lines(sheet: Timesheet, zone: tzinfo) -> Iterator[str]:
    ends = [instant for entry in sheet.entries for instant in (entry.part.start, entry.part.end)]
    precision = format_precision(*ends, zone=zone)
    for entry in sheet.entries:
        task = entry.task
        start, end = _format_ends(entry, sheet.window, zone, precision)
        labels = [task.project or "no project", task.description, *(f"+{tag}" for tag in task.tags)]
        fields = [f"{start} to {end}", format_duration(entry.time_spent), *map(escape_for_terminal, labels)]
        yield ", ".join(fields)


def _format_ends(entry: TimesheetEntry, window: Window, zone: tzinfo, precision: str) -> tuple[str, str]:
    start, end = (
        format_time(instant, zone, instant.astimezone(zone).date(), precision)
        for instant in (entry.part.start, entry.part.end)
    )
    if entry.task.running and entry.part.end < window.end:
        return start, "now"
    is_midnight = entry.part.end == window.end and end.startswith("00:00")
    return start, end.replace("00:", "24:", 1) if is_midnight else end
