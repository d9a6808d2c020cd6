"""Names of windows, in titles and in sentences about empty results."""

from datetime import date, timedelta, tzinfo

from tasktimer.core.interval import Window
from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, start_of_day
from tasktimer.output.messages import escape_for_terminal, format_day_title, format_skipped_day, format_time

_DAY = timedelta(days=1)


def format_window(window: Window, zone: tzinfo) -> str:
    """Return the name of a window, and the zone of its days.

    >>> from datetime import UTC, datetime
    >>> first, last = datetime(2023, 7, 10, tzinfo=UTC), datetime(2023, 7, 16, tzinfo=UTC)
    >>> format_window(Window(first, last), UTC)
    '2023-07-10 to 2023-07-15, UTC'
    >>> format_window(Window(first, last - timedelta(hours=1)), UTC)
    '2023-07-10 00:00 to 2023-07-15 23:00, UTC'
    """
    start, end = _ends(window, zone)
    return escape_for_terminal(f"{_between(start, end) or 'all time'}, {zone}")


def format_nothing_found(none: str, window: Window | None, zone: tzinfo) -> str:
    """Return a sentence that starts with `none`, and names the window; `window=None` means all time."""
    if window is None:
        return f"{none}.\n"
    day = window.start.astimezone(zone).date()
    if not window.duration:
        return format_skipped_day(day - _DAY, zone)  # its empty window is at the start of the next day
    start, end = _ends(window, zone)
    if start == end == day.isoformat():
        return f"{none} on {escape_for_terminal(format_day_title(day, zone, window.duration))}.\n"
    between = _between(start, end)
    from_ = "from " if start and end else ""
    return f"{none} {from_}{escape_for_terminal(f'{between}, {zone}')}.\n" if between else f"{none}.\n"


def _between(start: str | None, end: str | None) -> str:
    if start is None:
        return "" if end is None else f"up to {end}"
    if end is None:
        return f"from {start} on"
    return start if start == end else f"{start} to {end}"


def _ends(window: Window, zone: tzinfo) -> tuple[str | None, str | None]:
    """Return the first and the last day of a window, or its ends if it is not made of days; None for an open end."""
    first = window.start.astimezone(zone).date()
    last = max(window.start, window.end - timedelta(microseconds=1)).astimezone(zone).date()
    has_start, has_end = first > FIRST_DAY, last < LAST_DAY
    begins = not has_start or window.start == start_of_day(first, zone)
    if begins and (not has_end or window.end == start_of_day(last + _DAY, zone)):
        start, end = first.isoformat(), last.isoformat()
    else:
        start, end = (
            format_time(window.start, zone, date.min),
            format_time(window.end, zone, first if has_start else date.min),
        )
    return start if has_start else None, end if has_end else None
