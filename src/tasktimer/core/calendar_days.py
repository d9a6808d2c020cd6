"""The days of a calendar, with the time spent on each, in blocks of weeks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from tasktimer.core.local_time import day_window, local_date, start_of_week
from tasktimer.core.report import Report, ReportQuery

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
LEVELS = 4

Week = list[date | None]  # the days of a week; None stands for a day that is not shown


class CalendarDays(NamedTuple):
    """The time spent on each day with tasks, from the first to the last day of a calendar.

    Days are divided into LEVELS by their time; the limits of the levels are multiples of `step`.
    """

    first: date
    last: date
    spent: Mapping[date, timedelta]
    step: timedelta

    def level(self, day: date) -> int:
        """Return the number of the first level whose limit a day does not exceed, or 0 for a day without time."""
        return -(-self.spent.get(day, timedelta()) // self.step)

    def blocks(self, months: int) -> Iterator[tuple[date, date]]:
        """Yield the first and the last day of each block of this number of months, a divisor of 12."""
        first = self.first
        while first <= self.last:
            number = (first.year * 12 + first.month - 1) // months * months + months
            following = date(number // 12, number % 12 + 1, 1)
            yield first, min(self.last, following - _DAY)
            first = following


def calendar_query(*, elapsed: bool = False) -> ReportQuery:
    """Return the query of the report that a calendar shows."""
    return ReportQuery(by=("day",), elapsed=elapsed, totals=False)


def calendar_days(report: Report, now: datetime) -> CalendarDays:
    """Return the days of a report by day, in the time zone of `now`."""
    zone = now.tzinfo or UTC
    first, last = (local_date(instant, zone) for instant in (report.window.start, report.window.end - _DAY.resolution))
    times = {
        date.fromisoformat(day or ""): (amount.elapsed if report.query.elapsed else amount.worked) or timedelta()
        for day, amount in report.rows.items()
    }
    spent = {day: time for day, time in times.items() if time}
    # Steps of whole minutes, so that the limits are shown exactly.
    longest = max(spent.values(), default=_MINUTE)
    return CalendarDays(first, last, spent, -(-longest // (LEVELS * _MINUTE)) * _MINUTE)


def weeks(first: date, last: date, now: datetime) -> list[Week]:
    """Return the weeks from the first to the last day, each with its seven days in the time zone of `now`.

    None stands for a day outside this range or in the future, or a day that the time zone skipped.
    """
    zone = now.tzinfo or UTC
    start, end = start_of_week(first, zone), min(last, local_date(now, zone))

    def shown(day: date) -> date | None:
        return day if first <= day <= end and day_window(day, zone).duration else None

    count = (start_of_week(last, zone) - start).days // 7 + 1
    return [[shown(start + timedelta(days=7 * week + day)) for day in range(7)] for week in range(count)]
