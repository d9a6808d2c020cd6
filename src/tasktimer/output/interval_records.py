"""Gaps, and the parts of tasks on each day, in JSON, CSV and TSV."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from tasktimer.core.gaps import DayGaps
from tasktimer.core.interval import Interval
from tasktimer.core.local_time import format_instant, format_seconds_decimal
from tasktimer.core.text import escape_control_chars
from tasktimer.core.timesheet import Timesheet, TimesheetEntry
from tasktimer.output.json_tsv import to_json
from tasktimer.output.records import format_rows

GAP_COLUMNS = ("start_time", "end_time", "seconds")
PART_COLUMNS = ("day", *GAP_COLUMNS, "project", "description", "tags")


def format_gaps(days: Iterable[DayGaps], now: datetime, format_name: str) -> str:
    """Format gaps for programs, with times in the time zone of `now`."""
    gaps = [gap for day in days for gap in day.gaps]
    if format_name == "json":
        return to_json([_interval_to_dict(gap, now) for gap in gaps])
    return format_rows(GAP_COLUMNS, (_interval_fields(gap, now) for gap in gaps), format_name)


def format_parts(days: Iterable[tuple[date, Timesheet]], now: datetime, format_name: str) -> str:
    """Format the part of each task on each day for programs, with times in the time zone of `now`."""
    parts = [(day, entry) for day, sheet in days for entry in sheet.entries]
    if format_name == "json":
        return to_json([_part_to_dict(day, entry, now) for day, entry in parts])
    return format_rows(PART_COLUMNS, (_part_fields(day, entry, now) for day, entry in parts), format_name)


def _interval_to_dict(interval: Interval, now: datetime) -> dict[str, Any]:
    zone = now.tzinfo or UTC
    return {
        "start_time": format_instant(interval.start, zone),
        "end_time": format_instant(interval.end, zone),
        "seconds": interval.duration.total_seconds(),
    }


def _interval_fields(interval: Interval, now: datetime) -> Sequence[str]:
    zone = now.tzinfo or UTC
    ends = (format_instant(instant, zone) for instant in (interval.start, interval.end))
    return (*ends, format_seconds_decimal(interval.duration))


def _part_to_dict(day: date, entry: TimesheetEntry, now: datetime) -> dict[str, Any]:
    task = entry.task
    return {
        "day": day.isoformat(),
        **_interval_to_dict(entry.part, now),
        "project": None if task.project is None else escape_control_chars(task.project),
        "description": escape_control_chars(task.description),
        "tags": [escape_control_chars(tag) for tag in task.tags],
    }


def _part_fields(day: date, entry: TimesheetEntry, now: datetime) -> Sequence[str | None]:
    task = entry.task
    return (day.isoformat(), *_interval_fields(entry.part, now), task.project, task.description, ",".join(task.tags))
