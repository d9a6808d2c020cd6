"""The labels and the title of a report, formatted for people."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta, tzinfo

from tasktimer.core.report import Key, Report
from tasktimer.core.rounding import Rounding
from tasktimer.output.formatting import escape_for_terminal, format_window, pluralize

NONE = "(none)"

_MINUTE = timedelta(minutes=1)


def format_labels(key: str, names: Sequence[Key], *, short: bool = False) -> dict[Key, str]:
    """Return the text of each value of a report's key; with `short`, for the heading of a column.

    >>> format_labels("day", ["2026-11-23", "2026-11-24"])
    {'2026-11-23': 'Mon 23', '2026-11-24': 'Tue 24'}
    >>> format_labels("week", ["2026-W48"]) | format_labels("quarter", ["2026-Q4"])
    {'2026-W48': 'W48', '2026-Q4': 'Q4 2026'}
    """
    texts = [name for name in names if name is not None]
    write = _writer(key, texts, short=short)
    return {name: NONE if name is None else write(name) for name in names}


def format_title(report: Report, zone: tzinfo, unit: str) -> str:
    """Return the title of a report: its window, the time zone, the unit of times, and the rounding."""
    rounding = "" if report.query.rounding is None else f"\n{_sentence(report.query.rounding)}"
    return f"{format_window(report.window, zone)}{unit}{rounding}"


def _sentence(rounding: Rounding) -> str:
    what = "the daily time of each task" if rounding.each else "daily project totals"
    how = {"up": "up to", "down": "down to", "nearest": "to the nearest"}[rounding.direction]
    minutes = rounding.unit // _MINUTE
    unit = pluralize(minutes, "minute") if minutes % 60 else pluralize(minutes // 60, "hour")
    return f"{what} rounded {how} {unit}"


def _writer(key: str, texts: Sequence[str], *, short: bool) -> Callable[[str], str]:
    if key == "day" or (key == "week" and "-W" not in "".join(texts[:1])):
        return _day_writer([date.fromisoformat(text) for text in texts], short=short)
    if key == "week":
        are_unique = len({text[4:] for text in texts}) == len(texts)
        return lambda text: text[5:] if are_unique else text
    has_year = not short or len({text[:4] for text in texts}) > 1
    writers: dict[str, Callable[[str], str]] = {
        "month": lambda text: f"{date.fromisoformat(f'{text}-01'):%b}{f' {text[:4]}' if has_year else ''}",
        "quarter": lambda text: f"{text[5:]} {text[:4]}",
        "weekday": lambda text: text[:3] if short else text,
    }
    return writers.get(key, escape_for_terminal)


def _day_writer(days: Sequence[date], *, short: bool) -> Callable[[str], str]:
    """Return a function that formats a day as briefly as the other days allow; a heading then omits the weekday."""
    if len({day.day for day in days}) == len(days):
        return lambda text: f"{date.fromisoformat(text):%a} {int(text[8:])}"
    if not short:
        return lambda text: f"{date.fromisoformat(text):%a} {text}"
    is_one_year = len({day.year for day in days}) == 1
    return lambda text: f"{date.fromisoformat(text):%b} {int(text[8:])}" if is_one_year else text
