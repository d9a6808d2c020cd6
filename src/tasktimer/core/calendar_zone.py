"""Time zones with days that do not start at midnight, or weeks that do not start on Monday."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache


class CalendarZone(tzinfo):
    """A time zone in which a day starts `day_starts_at` after midnight, and a week on the weekday `week_starts_on`.

    The clock is that of `zone`. If the time is negative, the day starts the evening before; weekday 0 is Monday.
    """

    def __init__(self, zone: tzinfo, day_starts_at: timedelta = timedelta(), week_starts_on: int = 0) -> None:
        self.zone = zone
        self.day_starts_at = day_starts_at
        self.week_starts_on = week_starts_on

    def utcoffset(self, local: datetime | None, /) -> timedelta | None:
        """Return the offset from UTC at a local time."""
        return self.zone.utcoffset(local)

    def dst(self, local: datetime | None, /) -> timedelta | None:
        """Return the adjustment for daylight saving time at a local time."""
        return self.zone.dst(local)

    def tzname(self, local: datetime | None, /) -> str | None:
        """Return the abbreviation of the time zone at a local time."""
        return self.zone.tzname(local)

    def fromutc(self, instant: datetime, /) -> datetime:
        """Convert a time in UTC, with this object as its time zone, to local time."""
        return self.zone.fromutc(instant.replace(tzinfo=self.zone)).replace(tzinfo=self)

    def __str__(self) -> str:
        return str(self.zone)

    def __repr__(self) -> str:
        return f"CalendarZone({self.zone!r}, {self.day_starts_at!r}, {self.week_starts_on})"

    def __reduce__(self) -> tuple[object, ...]:
        return apply_calendar, (self.zone, self.day_starts_at, self.week_starts_on)


# Like ZoneInfo, return the same object for the same arguments: datetime compares time zones by identity.
@lru_cache(maxsize=1024)
def apply_calendar(zone: tzinfo, day_starts_at: timedelta, week_starts_on: int) -> tzinfo:
    """Return a time zone with these days and weeks: `zone` itself if they start at midnight and on Monday."""
    return CalendarZone(zone, day_starts_at, week_starts_on) if day_starts_at or week_starts_on else zone
