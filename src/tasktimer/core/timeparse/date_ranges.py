"""Parsers for date ranges, such as yesterday, march, last week, last 7 days, 2026-W34, 2026-Q1 or 3 days ago."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.interval import Window
from tasktimer.core.local_time import (
    FIRST_DAY,
    LAST_DAY,
    RANGE_HINT,
    current_date,
    start_of_day,
    start_of_week,
    validate_date,
)
from tasktimer.core.timeparse.clocks import normalize
from tasktimer.core.timeparse.dates import WEEKDAYS, find_date
from tasktimer.core.timeparse.datetimes import parse_datetime
from tasktimer.core.timeparse.months import MONTHS, find_month
from tasktimer.core.timeparse.suggestions import suggest_dates
from tasktimer.errors import InvalidValue, find_closest_match, quote_value

_HINT = "use a format like today, monday, week, 'last month', 'last 7 days', 2026-W34, 2026-03, 2026-Q1 or '3 days ago'"

_UNITS = ("day", "week", "month", "quarter", "year")
_NAMED = rf"(?:(?P<which>this|last) )?(?P<unit>{'|'.join(_UNITS)})"
_AGO = rf"(?P<number>[0-9]{{1,6}}) (?P<unit>{'|'.join(_UNITS)})s? ago"
_LAST = rf"last (?P<number>[0-9]{{1,6}}) (?P<unit>{'|'.join(_UNITS)})s?"
_ISO = r"(?P<year>[0-9]{4})(?:-(?:w(?P<week>[0-9]{1,2})|q(?P<quarter>[1-4])|(?P<month>[0-9]{1,2})))?"
_YEAR_QUARTER = r"q(?P<before>[1-4])[ /-]?(?P<year>[0-9]{4})|(?P<first>[0-9]{4})[ /]?q(?P<after>[1-4])"
# Matches text that is more likely to be a misspelled time than a misspelled date range.
_LIKE_TIME = r":|now|ago|noon|midnight|[0-9] ?[ap]m|^-|[0-9]t[0-9]|^[0-9]{1,3}$"


class DateRange(NamedTuple):
    """A range of consecutive days, including both the first and the last day."""

    first: date
    last: date

    def window(self, zone: tzinfo) -> Window:
        """Return the window from the start of the first day to the end of the last day, in the time zone `zone`."""
        return Window(start_of_day(self.first, zone), start_of_day(self.last + timedelta(days=1), zone))


ALL_DAYS = DateRange(FIRST_DAY, LAST_DAY)


def parse_date_range(text: str, now: datetime) -> DateRange:
    """Parse a date range; days and weeks start when they do in the time zone of `now`, but 2023-W01 is an ISO week.

    "last 7 days" includes today. "last 2 weeks" means whole calendar weeks, including the current one; the same applies
    to months, quarters and years. The name of a month, or q1 to q4, means the most recent one that has begun.

    >>> sunday = datetime(2023, 7, 16, tzinfo=UTC)
    >>> for text in ("week", "last week", "last 2 weeks", "last 7 days", "2023-W01", "august", "2023-Q1"):
    ...     print(*parse_date_range(text, sunday))
    2023-07-10 2023-07-16
    2023-07-03 2023-07-09
    2023-07-03 2023-07-16
    2023-07-10 2023-07-16
    2023-01-02 2023-01-08
    2022-08-01 2022-08-31
    2023-01-01 2023-03-31
    """
    normal, today = normalize(text), current_date(now)
    if normal == "all":
        return ALL_DAYS
    try:
        span = _read_words(normal, today, now.tzinfo or UTC) or _read_iso(normal)
    except OverflowError:
        message = f"the date range {quote_value(text)} is out of range"
        raise InvalidValue("date-out-of-range", message, RANGE_HINT) from None
    except ValueError:
        raise InvalidValue("invalid-date-range", f"the date range {quote_value(text)} does not exist", _HINT) from None
    if span is None and (day := find_date(normal, today)) is not None:
        span = DateRange(day, day)
    if span is None:
        raise InvalidValue("invalid-date-range", f"invalid date range {quote_value(text)}", _hint(normal, today))
    for day in span:
        validate_date(day)
    return span


def find_date_range(text: str, now: datetime) -> DateRange | None:
    """Parse a date range; return None if the text is not a valid date range."""
    try:
        return parse_date_range(text, now)
    except InvalidValue:
        return None


def find_quarter(text: str) -> str | None:
    """Return the date range meant by a quarter with a year in another format, such as Q1 2026, or None.

    >>> find_quarter("Q1 2026"), find_quarter("2026q3"), find_quarter("2026-Q1")
    ('2026-Q1', '2026-Q3', None)
    """
    match = re.fullmatch(_YEAR_QUARTER, normalize(text))
    return match and f"{match['year'] or match['first']}-Q{match['before'] or match['after']}"


def parse_range_bounds(start: str | None, end: str | None, now: datetime) -> Window:
    """Parse the bounds of a window, each a time, a date range (included as a whole), or None for no bound."""
    zone = now.tzinfo or UTC
    first = ALL_DAYS.window(UTC).start if start is None else _read_bound(start, now, zone, is_end=False)
    last = ALL_DAYS.window(UTC).end if end is None else _read_bound(end, now, zone, is_end=True)
    # If start and end are the same day, and the time zone skipped that day, the window is empty.
    is_skipped = start is not None and start == end and last == first and find_date_range(start, now) is not None
    if last <= first and not is_skipped:
        message = f"the end {quote_value(end or '')} is not after the start {quote_value(start or '')}"
        raise InvalidValue("to-before-from", message, "use a later end; a date or range is included as a whole")
    return Window(first, last)


def _read_bound(text: str, now: datetime, zone: tzinfo, *, is_end: bool) -> datetime:
    try:
        span = parse_date_range(text, now)
    except InvalidValue as error:
        if error.code != "invalid-date-range" or re.fullmatch("[0-9]{4}", text.strip()):  # a year, such as 0000
            raise
        try:
            return parse_datetime(text, now)
        except InvalidValue:
            if re.search(_LIKE_TIME, normalize(text)):
                raise
            raise error from None
    window = span.window(zone)
    return window.end if is_end else window.start


def _read_words(normal: str, today: date, zone: tzinfo) -> DateRange | None:
    if match := re.fullmatch(_NAMED, normal):
        if match["unit"] == "day" and match["which"] != "last":
            return None if match["which"] is None else DateRange(today, today)
        return _period_containing(today, match["unit"], zone, back=1 if match["which"] == "last" else 0)
    if (month := find_month(normal) or _find_start_of_quarter(normal)) is not None:
        year = today.year if month <= today.month else today.year - 1
        return _period_containing(date(year, month, 1), "quarter" if normal[0] == "q" else "month")
    if match := re.fullmatch(_AGO, normal):
        return _period_containing(today, match["unit"], zone, back=int(match["number"]))
    if match := re.fullmatch(_LAST, normal):
        return _last(today, match["unit"], zone, int(match["number"]))
    return None


def _find_start_of_quarter(normal: str) -> int | None:
    match = re.fullmatch("q([1-4])", normal)
    return match and int(match[1]) * 3 - 2


def _read_iso(normal: str) -> DateRange | None:
    match = re.fullmatch(_ISO, normal)
    if match is None:
        return None
    year = int(match["year"])
    if match["week"]:
        return _period_containing(date.fromisocalendar(year, int(match["week"]), 1), "week")  # from Monday
    if match["quarter"]:
        return _period_containing(date(year, int(match["quarter"]) * 3, 1), "quarter")
    if match["month"]:
        return _period_containing(date(year, int(match["month"]), 1), "month")
    return _period_containing(date(year, 1, 1), "year")


def _hint(normal: str, today: date) -> str | None:
    """Return a hint for an invalid date range, or None for text like "A to B" (interfaces add their own hints)."""
    if re.fullmatch(rf"[0-9]{{1,6}} (?:{'|'.join(_UNITS)})s?", normal):
        return f"did you mean 'last {normal}', or '{normal} ago'?"
    if match := re.fullmatch(r"([0-9]{1,6}) ?([dw]) ago", normal):
        return f"did you mean '{match[1]} {'days' if match[2] == 'd' else 'weeks'} ago'?"
    if quarter := find_quarter(normal):
        return f"did you mean {quarter}?"
    if re.search(r"\.\.| (?:-|to|until) |^(?:since|from|until) ", normal):
        return None
    if find_month(normal.removeprefix("last ")) is not None:  # ambiguous: of this year or of the last one
        return f"did you mean {quote_value(normal.removeprefix('last '))}?"
    return suggest_dates(normal, today) or _closest_hint(normal)


def _closest_hint(normal: str) -> str:
    units = _UNITS[1:]
    spans = [
        *("all", "today", "yesterday"),
        *WEEKDAYS,
        *MONTHS,
        *units,
        *(f"{which} {unit}" for which in ("this", "last") for unit in units),
    ]
    if match := re.match(r"[0-9]{1,6}(?= )", normal):
        spans = [f"{match[0]} {unit}{'' if match[0] == '1' else 's'} ago" for unit in _UNITS]
    # "next week" is similar to "last week", but a future range has no tasks.
    meant = None if "next" in normal else find_closest_match(normal, spans, cutoff=0.75)
    return _HINT if meant is None else f"did you mean {quote_value(meant)}?"


def _period_containing(day: date, unit: str, zone: tzinfo = UTC, *, back: int = 0) -> DateRange:
    """Return the day, week, month, quarter or year that contains `day`, or the one `back` units before it."""
    if unit in ("day", "week"):
        first = start_of_week(day, zone) if unit == "week" else day
        length = timedelta(days=7 if unit == "week" else 1)
        return DateRange(first - back * length, first - back * length + length - timedelta(days=1))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    count = (day.year * 12 + day.month - 1) // months - back
    return DateRange(_month(count * months), _month((count + 1) * months) - timedelta(days=1))


def _last(today: date, unit: str, zone: tzinfo, count: int) -> DateRange:
    """Return the last `count` units, including the current one; raise ValueError if `count` is zero."""
    if not count:
        raise ValueError
    first = _period_containing(today, unit, zone, back=count - 1).first
    return DateRange(first, _period_containing(today, unit, zone).last)


def _month(number: int) -> date:
    """Return the first day of a month, given as the number of months since January of year 0."""
    if not 12 <= number < 120_000:
        raise OverflowError
    return date(number // 12, number % 12 + 1, 1)
