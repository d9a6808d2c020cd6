"""Hints for text that has several meanings as a time or a date, such as 8, midnight or 08/09."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from shlex import quote

_HOUR = "[01]?[0-9]|2[0-3]"
_DAY_AND_MONTH = r"([0-9]{1,2})[/.]([0-9]{1,2})(?:[/.]([0-9]{4}|[0-9]{2})?)?"
_YEAR_FIRST = r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})"
_MONTHS_SEARCHED = 8 * 12 + 1  # leap days are at most eight years apart


def suggest_times(normal: str) -> str | None:
    """Return a hint for an hour, `midnight`, or a time with a wrong or missing separator, with or without a day.

    >>> suggest_times("8"), suggest_times("yesterday 930"), suggest_times("midnight")
    ('use 8:00, 8am or 8pm', "use 'yesterday 9:30'", "use 'today 0:00' or 'yesterday 0:00'")
    """
    day, _, clock = normal.rpartition(" ")
    if clock == "midnight":
        return _hint([f"{day} 0:00"] if day else ["today 0:00", "yesterday 0:00"])
    if re.fullmatch(_HOUR, clock):
        hour = int(clock)
        clocks = [f"{hour}:00", *([f"{hour}am", f"{hour}pm"] if 1 <= hour <= 12 else [])]
    else:
        match = re.fullmatch(rf"({_HOUR})[.h]?([0-5][0-9])", clock)
        clocks = [f"{match[1]}:{match[2]}"] if match else []
    return _hint([f"{day} {clock}".strip() for clock in clocks])


def suggest_dates(normal: str, today: date, clock: str = "") -> str | None:
    """Return a hint for a day of a month, or for a date with a wrong separator or order; append `clock` to each date.

    If the year or the month is missing, suggest the most recent such date.

    >>> suggest_dates("08/09", date(2026, 11, 27)), suggest_dates("8", date(2026, 11, 27))
    ('use 2026-08-09 or 2026-09-08', 'use 2026-11-08')
    """
    readings: list[tuple[int | None, int | None, int]] = []
    if match := re.fullmatch(_YEAR_FIRST, normal):
        readings = [(int(match[1]), int(match[2]), int(match[3]))]
    elif match := re.fullmatch(_DAY_AND_MONTH, normal):
        year = match[3] and int(match[3].rjust(4, "0")) + 2000 * (len(match[3]) == 2)
        orders = [(int(match[2]), int(match[1]))] + [(int(match[1]), int(match[2]))] * ("/" in normal)
        readings = [(year or None, *order) for order in orders]
    elif re.fullmatch("[0-9]{1,2}", normal):
        readings = [(None, None, int(normal))]
    found = {day for reading in readings if (day := _latest(*reading, today))}
    return _hint([f"{day} {clock}".rstrip() for day in sorted(found)])


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


def _hint(texts: Sequence[str]) -> str | None:
    """Return a hint to use one of the texts, quoted for a shell, or None for an empty list."""
    *others, last = map(quote, texts) if texts else [""]
    return f"use {', '.join(others)}{' or ' if others else ''}{last}" if texts else None
