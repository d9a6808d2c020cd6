"""Text of instants and durations, which parses back to the same values."""

from datetime import UTC, datetime, timedelta, tzinfo


def format_instant(instant: datetime, zone: tzinfo) -> str:
    """Format an instant in ISO 8601 with its offset in the zone, or in UTC if that offset is not in whole minutes.

    >>> from datetime import timezone
    >>> format_instant(datetime(1880, 1, 1, tzinfo=UTC), timezone(timedelta(minutes=53, seconds=28)))
    '1880-01-01T00:00:00+00:00'
    """
    text = instant.astimezone(zone).isoformat()
    # Local mean time, in use before time zones, has such offsets; RFC 3339 cannot express them.
    return instant.astimezone(UTC).isoformat() if text[-3:-2] == ":" and text[-9] in "+-" else text


def format_duration(duration: timedelta) -> str:
    """Format a duration as hours, minutes and seconds.

    >>> format_duration(timedelta(days=1, minutes=5, seconds=3))
    '24:05:03'
    """
    seconds, microseconds = divmod(duration // timedelta(microseconds=1), 1_000_000)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{microseconds:06}".rstrip("0") if microseconds else text


def format_whole_seconds(duration: timedelta) -> str:
    """Format a duration for people, without fractions of a second.

    >>> format_whole_seconds(timedelta(hours=1, milliseconds=999))
    '1:00:00'
    """
    return format_duration(duration - duration % timedelta(seconds=1))


def format_nonzero_duration(duration: timedelta) -> str:
    """Format a duration without fractions of a second, unless it is shorter than a second.

    >>> [format_nonzero_duration(timedelta(hours=hours, milliseconds=250)) for hours in (1, 0)]
    ['1:00:00', '0:00:00.25']
    """
    return format_whole_seconds(duration) if duration >= timedelta(seconds=1) else format_duration(duration)
