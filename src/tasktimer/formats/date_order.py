"""Dates such as 03/04/2024, whose order of day and month depends on the settings of the program that wrote the file."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from tasktimer.core.timeparse.months import MONTHS
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.formats.rows import Rejection
from tasktimer.formats.source import Source

_LONGEST = len("2024-03-04")
_YEAR_FIRST = r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"
_YEAR_LAST = r"(?P<first>[0-9]{1,2})([-/.])(?P<second>[0-9]{1,2})\2(?P<year>[0-9]{4})"


class PlacedDate(NamedTuple):
    """A date in a file, with its place, such as `row 7`."""

    place: str
    text: str


class _Readings(NamedTuple):
    """The dates that a text may stand for; None for an order in which there is no such date."""

    day_first: datetime | None
    month_first: datetime | None
    is_year_first: bool = False


class _Evidence(NamedTuple):
    """The first dates of a file that exist in one order only, by whether the day comes first, and in both orders."""

    decisive: dict[bool, PlacedDate]
    unclear: PlacedDate | None


def find_day_first(source: Source, dates: Iterable[PlacedDate], *, day_first: bool | None) -> bool | None:
    """Return whether the day comes first in the dates of a file; None if they start with the year.

    A date that exists in one order only decides. Without such a date, the order is that of `day_first` or, if this is
    None, the day comes first in dates with dots, because no program writes them with the month first.

    Raises:
        InvalidValue: if the order is not clear, if it differs within the file, or if it contradicts `day_first`.
    """
    evidence = _find_evidence(dates)
    if evidence is None:
        return day_first
    decisive, unclear = evidence
    if len(decisive) > 1:
        raise _contradiction(source, decisive[True], decisive[False])
    if day_first is not None:
        if (not day_first) in decisive:
            raise _unexpected(source, decisive[not day_first], day_first=day_first)
        return day_first
    if unclear and not decisive and "." not in unclear.text:
        raise _undecided(source, unclear)
    return False not in decisive


def _find_evidence(dates: Iterable[PlacedDate]) -> _Evidence | None:
    """Return None if the first date starts with the year."""
    decisive: dict[bool, PlacedDate] = {}
    unclear: PlacedDate | None = None
    for date in dates:
        readings = _readings(date.text)
        if readings.is_year_first and not unclear and not decisive:
            return None
        if readings.day_first == readings.month_first:
            continue
        if readings.day_first and readings.month_first:
            unclear = unclear or date
        else:
            decisive.setdefault(readings.day_first is not None, date)
    return _Evidence(decisive, unclear)


def parse_day(text: str, *, day_first: bool | None) -> datetime:
    """Return the midnight at which a date starts; with `day_first=None`, it must start with the year.

    Raises:
        Rejection: if there is no such date.
    """
    readings = _readings(text)
    if day_first is None and not readings.is_year_first and readings != _INVALID:
        raise Rejection(f"the date {quote_value(text)} does not start with the year, but the first one does")
    day = readings.day_first if day_first else readings.month_first
    if day is None:
        raise Rejection(f"the date {quote_value(text)} does not exist")
    return day


def _readings(text: str) -> _Readings:
    # Dates repeat in most files. The length is limited because the cache keeps the texts.
    return _cached_readings(text) if len(text) <= _LONGEST else _INVALID


@lru_cache(maxsize=8192)
def _cached_readings(text: str) -> _Readings:
    if match := re.fullmatch(_YEAR_FIRST, text):
        day = _date(match["year"], match["month"], match["day"])
        return _Readings(day, day, day is not None)
    if match := re.fullmatch(_YEAR_LAST, text):
        year, first, second = match["year"], match["first"], match["second"]
        return _Readings(_date(year, second, first), _date(year, first, second))
    return _INVALID


_INVALID = _Readings(None, None)


def _date(year: str, month: str, day: str) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day))  # noqa: DTZ001 (local times are naive until they are resolved)
    except ValueError:
        return None


def _undecided(source: Source, date: PlacedDate) -> InvalidValue:
    days = [f"{day.day} {MONTHS[day.month - 1].title()}" for day in _readings(date.text)[:2] if day]
    problem = f"{date.text} is {' or '.join(days)} ({date.place})"
    return source.error(f"the order of day and month is not clear: {problem}", code="import-date-order")


def _contradiction(source: Source, day_first: PlacedDate, month_first: PlacedDate) -> InvalidValue:
    one, other = (f"{date.text} ({date.place})" for date in (day_first, month_first))
    return source.error(f"the order of day and month differs: {one} starts with the day, {other} with the month")


def _unexpected(source: Source, date: PlacedDate, *, day_first: bool) -> InvalidValue:
    first, second = ("month", "day") if day_first else ("day", "month")
    problem = f"{date.text} starts with the {first}, not with the {second} ({date.place})"
    return source.error(problem, code="import-date-order-differs")
