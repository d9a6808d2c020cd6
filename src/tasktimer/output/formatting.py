"""Formatting of sentences for people, and escaping of user text for terminals."""

import re
from datetime import date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Window
from tasktimer.core.local_time import (
    FIRST_DAY,
    LAST_DAY,
    day_starts_at,
    format_duration,
    format_whole_seconds,
    is_ambiguous,
    local_date,
    start_of_day,
)
from tasktimer.core.task import Task
from tasktimer.errors import MAX_QUOTE_LENGTH

# Includes characters that change the direction of text, so that a confirmation prompt cannot mislead the user.
_CONTROL = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
_DAY = timedelta(days=1)
_ENDS_IN_Y = re.compile("[^aeiou]y$")
MOST_IDS = 20


def escape_for_terminal(text: str) -> str:
    r"""Escape control characters, so that text cannot control the terminal.

    >>> escape_for_terminal("two\nlines \x1b[31m")
    'two\\nlines \\x1b[31m'
    """
    if text.isprintable():
        return text
    return re.sub(_CONTROL, lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def truncate(text: str) -> str:
    """Escape a description for the terminal, and truncate it to fit into a sentence."""
    shown = escape_for_terminal(text)
    return shown if len(shown) <= MAX_QUOTE_LENGTH else f"{shown[: MAX_QUOTE_LENGTH - 1]}…"


def format_started(task: Task, now: datetime) -> str:
    """Return a line that describes a new task, including its labels; times are in the time zone of `now`."""
    return f"{'Tracking' if task.running else 'Tracked'} {format_summary(task, now)}{format_labels(task)}\n"


def format_stopped(task: Task, now: datetime) -> str:
    """Return a line that describes a stopped task; times are in the time zone of `now`."""
    return f"Stopped {format_summary(task, now)}\n"


def format_running(task: Task, now: datetime) -> str:
    """Return the ID, description and start of a running task, in the time zone of `now`."""
    return f"{task.id}: {truncate(task.description)}, {format_span(task, now)}"


def format_summary(task: Task, now: datetime) -> str:
    """Return the ID, description and times of a task, in the time zone of `now`."""
    if task.running:
        return format_running(task, now)
    duration = format_length(task, now)
    return f"{task.id}: {truncate(task.description)}, {format_span(task, now)} ({duration})"


def format_span(task: Task, now: datetime) -> str:
    """Return the start of a running task, or the start and end of a finished task, in the time zone of `now`.

    Seconds are shown if the task has ended and its start or its end is not on a whole minute.
    """
    if task.end_time is None:
        return f"since {_format_local(task.start_time, now)}"
    precision = format_precision(task.start_time, task.end_time, zone=now.tzinfo)
    start = format_time(task.start_time, now.tzinfo, now.date(), precision)
    end = format_time(task.end_time, now.tzinfo, task.start_time.astimezone(now.tzinfo).date(), precision)
    return f"{start} to {end}"


def format_precision(*instants: datetime, zone: tzinfo | None) -> str:
    """Return the precision for `format_time`: minutes if every local time is on a whole minute, otherwise seconds."""
    return "seconds" if any(instant.astimezone(zone).second for instant in instants) else "minutes"


def format_length(task: Task, now: datetime) -> str:
    """Return the time spent on a task, computed from its start and end as displayed."""
    return format_duration(task.interval(now).in_whole_seconds.duration)


def format_task_details(task: Task, now: datetime) -> str:
    """Return all fields of a task, one per line; times are in the time zone of `now` and include the date."""
    ends = [task.start_time] if task.end_time is None else [task.start_time, task.end_time]
    precision = format_precision(*ends, zone=now.tzinfo)
    start, *end = (format_time(instant, now.tzinfo, date.min, precision) for instant in ends)
    lines = {
        "Task": str(task.id),
        "Description": escape_for_terminal(task.description),
        "Project": escape_for_terminal(task.project or ""),
        "Tags": escape_for_terminal(" ".join(f"+{tag}" for tag in task.tags)),
        "Note": "\n             ".join(map(escape_for_terminal, (task.note or "").split("\n"))),
        "Start": start,
        "End": end[0] if end else "running",
        "Time spent": format_length(task, now),
        "User": str(task.user_id),
    }
    return "".join(f"{name:<11}  {value}\n" for name, value in lines.items() if value)


def format_labels(task: Task) -> str:
    """Return a task's project and tags as text to append to its description."""
    labels = [*([task.project] if task.project else []), *(f"+{tag}" for tag in task.tags)]
    return "".join(f"  {escape_for_terminal(label)}" for label in labels)


def format_totals(worked: timedelta, elapsed: timedelta) -> tuple[str, ...]:
    """Format the total worked and elapsed time; return only one string if both are formatted alike.

    >>> format_totals(timedelta(hours=2, milliseconds=300), timedelta(hours=2))
    ('2:00:00',)
    """
    texts = format_whole_seconds(worked), format_whole_seconds(elapsed)
    return texts[:1] if texts[0] == texts[1] else texts


def format_time(instant: datetime, zone: tzinfo | None, day: date, precision: str = "minutes") -> str:
    """Format an instant as local time, with the date unless it is `day`, and with the UTC offset if ambiguous."""
    local = instant.astimezone(zone)
    time = local.time().isoformat(precision)
    text = time if local.date() == day else f"{local.date().isoformat()} {time}"
    return text + (local.isoformat()[-6:] if is_ambiguous(local) else "")


def format_day_start(start: timedelta) -> str:
    """Format the time after midnight at which days start; it is negative if they start the evening before.

    >>> format_day_start(timedelta(hours=4)), format_day_start(timedelta(minutes=-90))
    ('04:00', '-01:30')
    """
    minutes = abs(start) // timedelta(minutes=1)
    return f"{'-' if start < timedelta() else ''}{minutes // 60:02}:{minutes % 60:02}"


def format_with_date(instant: datetime, zone: tzinfo) -> str:
    """Format an instant as a local date and time."""
    return format_time(instant, zone, date.min)


def format_day_title(day: date, zone: tzinfo, length: timedelta) -> str:
    """Return a day's date, the time zone, and the length of the day unless it is 24 hours.

    >>> from zoneinfo import ZoneInfo
    >>> format_day_title(date(2024, 10, 27), ZoneInfo("Europe/Berlin"), timedelta(hours=25))
    'Sunday 2024-10-27, Europe/Berlin, 25 hours long'
    """
    hours = length / timedelta(hours=1)
    return f"{day:%A} {day.isoformat()}, {format_zone(zone)}" + ("" if hours == 24 else f", {hours:g} hours long")


def format_zone(zone: tzinfo) -> str:
    """Return the name of a time zone and, unless it is midnight, the time of day at which days start.

    >>> from datetime import UTC
    >>> from tasktimer.core.calendar_zone import apply_calendar
    >>> [format_zone(apply_calendar(UTC, timedelta(hours=hours), 0)) for hours in (0, 4, -1)]
    ['UTC', 'UTC, days from 04:00', 'UTC, days from 23:00 the day before']
    """
    return f"{zone}{format_day_boundary(zone)}"


def format_day_boundary(zone: tzinfo) -> str:
    """Return the time of day at which days start, to append to a title, or an empty text if it is midnight."""
    start = day_starts_at(zone)
    if not start:
        return ""
    clock = format_day_start(start % _DAY)
    return f", days from {clock}{' the day before' if start < timedelta() else ''}"


def format_skipped_day(day: date, zone: tzinfo) -> str:
    """Return a sentence about a date that a time zone skipped."""
    return (
        escape_for_terminal(f"There was no {day:%A} {day.isoformat()} in {zone}: the clocks skipped that day.") + "\n"
    )


def pluralize(number: int, noun: str) -> str:
    """Return a number and a noun; the noun is in the plural unless the number is 1.

    >>> pluralize(1, "task"), pluralize(12_000, "task"), pluralize(2, "entry"), pluralize(2, "day")
    ('1 task', '12,000 tasks', '2 entries', '2 days')
    """
    if number != 1:
        noun = f"{noun[:-1]}ies" if _ENDS_IN_Y.search(noun) else f"{noun}s"
    return f"{number:,} {noun}"


def format_bytes(length: int) -> str:
    """Format a size in bytes, in a suitable unit.

    >>> format_bytes(900), format_bytes(57_344), format_bytes(115_343_360)
    ('900 bytes', '56 KiB', '110 MiB')
    """
    for unit, name in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if length >= unit:
            return f"{length / unit:.3g} {name}"
    return pluralize(length, "byte")


def _format_local(instant: datetime, now: datetime) -> str:
    return format_time(instant, now.tzinfo, now.date())


def format_window(window: Window, zone: tzinfo) -> str:
    """Return a window's first and last day, or its start and end if it contains partial days, and the time zone.

    >>> from datetime import UTC, datetime
    >>> first, last = datetime(2023, 7, 10, tzinfo=UTC), datetime(2023, 7, 16, tzinfo=UTC)
    >>> format_window(Window(first, last), UTC)
    '2023-07-10 to 2023-07-15, UTC'
    >>> format_window(Window(first, last - timedelta(hours=1)), UTC)
    '2023-07-10 00:00 to 2023-07-15 23:00, UTC'
    """
    start, end = _ends(window, zone)
    return escape_for_terminal(f"{_between(start, end) or 'all time'}, {format_zone(zone)}")


def format_nothing_found(none: str, window: Window | None, zone: tzinfo) -> str:
    """Return a sentence with the phrase passed as `none`, such as "Nothing tracked", and the window, if not None."""
    if window is None:
        return f"{none}.\n"
    day = local_date(window.start, zone)
    if not window.duration:
        return format_skipped_day(day - _DAY, zone)  # a skipped day's empty window is at the start of the next day
    start, end = _ends(window, zone)
    if start == end == day.isoformat():
        return f"{none} on {escape_for_terminal(format_day_title(day, zone, window.duration))}.\n"
    between = _between(start, end)
    from_ = "from " if start and end else ""
    return f"{none} {from_}{escape_for_terminal(f'{between}, {format_zone(zone)}')}.\n" if between else f"{none}.\n"


def _between(start: str | None, end: str | None) -> str:
    if start is None:
        return "" if end is None else f"up to {end}"
    if end is None:
        return f"from {start} on"
    return start if start == end else f"{start} to {end}"


def _ends(window: Window, zone: tzinfo) -> tuple[str | None, str | None]:
    """Return the first and last day of a window, or its start and end if it does not consist of whole days.

    None means that the window has no start or no end.
    """
    first = local_date(window.start, zone)
    last = local_date(max(window.start, window.end - timedelta(microseconds=1)), zone)
    has_start, has_end = first > FIRST_DAY, last < LAST_DAY
    begins = not has_start or window.start == start_of_day(first, zone)
    if begins and (not has_end or window.end == start_of_day(last + _DAY, zone)):
        start, end = first.isoformat(), last.isoformat()
    else:
        start, end = (
            format_time(window.start, zone, date.min),
            format_time(window.end, zone, window.start.astimezone(zone).date() if has_start else date.min),
        )
    return start if has_start else None, end if has_end else None
