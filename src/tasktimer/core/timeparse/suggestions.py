"""Hints for text that has several meanings as a time or a date, such as 8, midnight or 08/09."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta

from tasktimer.core.timeparse.months import MONTHS

PAST_HINT = "use a time up to now: tasks cannot start or end in the future"

_HOUR = "[01]?[0-9]|2[0-3]"
_DAY_AND_MONTH = r"([0-9]{1,2})[/.]([0-9]{1,2})(?:[/.]([0-9]{4}|[0-9]{2})?)?"
_WITH_DASHES = r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})"
_YEAR_FIRST = r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_YEAR = r"(?:,? (?P<year>[0-9]{4}))?"
_NAMED_MONTHS = (f"{_DAY} ?{_MONTH}{_YEAR}", f"{_MONTH} ?{_DAY}{_YEAR}")
_HALF_A_YEAR = timedelta(days=183)
_MONTHS_SEARCHED = 8 * 12 + 1  # at most eight years between two leap days


def suggest_times(normal: str, is_past: Callable[[str], bool] = lambda _: True) -> str | None:
    """Return a hint for an hour, `midnight`, or a time with a wrong or missing separator, with or without a day.

    Leave out the meanings that are not in the past, unless no meaning is.

    >>> suggest_times("8"), suggest_times("yesterday 930"), suggest_times("midnight")
    ('use 8:00, 8am or 8pm', "use 'yesterday 9:30'", "use 'today 0:00' or 'yesterday 0:00'")
    """
    day, _, clock = normal.rpartition(" ")
    days = ["today", "yesterday"] if normal == "midnight" else [day]
    texts = [f"{each} {meant}".strip() for each in days for meant in _read_clocks(clock)]
    return _hint([text for text in texts if is_past(text)] or texts)


def suggest_clocks(normal: str) -> str | None:
    """Return a hint for an hour, `midnight`, or a time with a wrong or missing separator, without a day.

    >>> suggest_clocks("930"), suggest_clocks("midnight")
    ('use 9:30', 'use 0:00')
    """
    return _hint(_read_clocks(normal))


def suggest_dates(normal: str, today: date, as_text: Callable[[date], str | None] = str) -> str | None:
    """Return a hint for a day of a month, or for a date with a wrong separator or order.

    If the year or the month is missing, suggest the most recent such date. `as_text` returns the text to suggest for a
    date, or None if that text would be a time in the future.

    >>> suggest_dates("08/09", date(2026, 11, 27)), suggest_dates("8", date(2026, 11, 27))
    ('use 2026-08-09 or 2026-09-08', 'use 2026-11-08')
    >>> suggest_dates("23 nov", date(2026, 11, 27)), suggest_dates("31.11.2026", date(2026, 11, 27))
    ('use 2026-11-23', 'did you mean 2026-11-30, the last day of the month?')
    >>> suggest_dates("nov 31", date(2026, 12, 27))
    'did you mean 2026-11-30, the last day of the month?'
    """
    readings = _read(normal)
    if found := {day for reading in readings if (day := _latest(*reading, today))}:
        hint = _hint([text for day in sorted(found) if (text := as_text(day))]) or PAST_HINT
        coming = {day for reading in readings if (day := _coming(*reading, today))}
        return _future(sorted(coming), hint) if coming else hint
    for year, month, number in readings:
        if month is None or (year is None and not 1 <= month <= len(MONTHS)):
            continue
        begun = today.year - (month > today.month)  # the most recent such month
        if existing := suggest_existing(begun if year is None else year, month, number, as_text):
            return existing
    return None


def suggest_existing(year: int, month: int, day: int, as_text: Callable[[date], str | None] = str) -> str | None:
    """Return a hint for a date that does not exist: one with the month and the day swapped, or the end of the month.

    See `suggest_dates` for `as_text`.

    >>> suggest_existing(2026, 13, 1), suggest_existing(2026, 2, 30)
    ('did you mean 2026-01-13?', 'did you mean 2026-02-28, the last day of the month?')
    """
    with suppress(ValueError):
        if text := as_text(date(year, day, month)):
            return f"did you mean {_quote(text)}?"
    with suppress(ValueError, OverflowError):
        last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        text = as_text(last) if day else None
        return (
            f"did you mean {_quote(text)}, the last day of the month?" if text else f"use a day from 01 to {last.day}"
        )
    return None if 1 <= month <= 12 else "use a month from 01 to 12"


def _read_clocks(clock: str) -> list[str]:
    """Return the times of day that a text can mean."""
    if clock == "midnight":
        return ["0:00"]
    if re.fullmatch(_HOUR, clock):
        hour = int(clock)
        return [f"{hour}:00", *([f"{hour}am", f"{hour}pm"] if 1 <= hour <= 12 else [])]
    match = re.fullmatch(rf"({_HOUR})[.h]?([0-5][0-9])", clock)
    return [f"{match[1]}:{match[2]}"] if match else []


def _read(normal: str) -> list[tuple[int | None, int | None, int]]:
    """Return what a text can mean as a year, a month and a day; None for a year or a month that is not given."""
    if match := re.fullmatch(_YEAR_FIRST, normal):
        year, month, day = map(int, filter(None, match.groups()))
        return [(year, month, day)]
    if match := re.fullmatch(_DAY_AND_MONTH, normal) or re.fullmatch(_WITH_DASHES, normal):
        given = int(match[3].rjust(4, "0")) + 2000 * (len(match[3]) == 2) if match[3] else None
        orders = [(int(match[2]), int(match[1]))] + [(int(match[1]), int(match[2]))] * ("." not in normal)
        return [(given, *order) for order in orders]
    for pattern in _NAMED_MONTHS:
        if match := re.fullmatch(pattern, normal):
            given = int(match["year"]) if match["year"] else None
            named = [number for number, name in enumerate(MONTHS, 1) if name.startswith(match["month"])]
            return [(given, number, int(match["day"])) for number in named]
    return [(None, None, int(normal))] if re.fullmatch("[0-9]{1,2}", normal) else []


def _latest(year: int | None, month: int | None, day: int, today: date) -> date | None:
    """Return the date or, if `year` or `month` is None, the latest such date up to today, if one exists."""
    if year is not None and month is not None:
        months = [(year, month)]
    else:
        this = today.year * 12 + today.month - 1
        months = [(number // 12, number % 12 + 1) for number in range(this, this - _MONTHS_SEARCHED, -1)]
    for one_year, one_month in months:
        with suppress(ValueError):  # the month does not have this day
            found = date(one_year, one_month, day)
            if month in (None, one_month) and (year is not None or found <= today):
                return found
    return None


def _coming(year: int | None, month: int | None, day: int, today: date) -> date | None:
    """Return the next date with this month and day if it is nearer than the last one, or else None."""
    if year is not None or month is None:
        return None
    with suppress(ValueError):  # 29 February
        coming = date(today.year + ((month, day) <= (today.month, today.day)), month, day)
        return coming if coming - today < _HALF_A_YEAR else None
    return None


def _future(days: Sequence[date], hint: str) -> str:
    """Return a sentence about dates in the future, followed by a hint to use earlier ones."""
    are, ones = ("are", "ones") if days[1:] else ("is", "one")
    return f"{' and '.join(map(str, days))} {are} in the future; for the {ones} before, {hint}"


def _hint(texts: Sequence[str]) -> str | None:
    """Return a hint to use one of the texts, quoted for a shell, or None for an empty list."""
    *others, last = map(_quote, texts) if texts else [""]
    return f"use {', '.join(others)}{' or ' if others else ''}{last}" if texts else None


def _quote(text: str) -> str:
    """Return a date or a time as it is typed in a shell."""
    return f"'{text}'" if " " in text else text
