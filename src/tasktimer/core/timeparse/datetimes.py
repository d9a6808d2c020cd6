"""Parsers for times typed by users."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from tasktimer.core.local_time import (
    RANGE_HINT,
    current_date,
    is_future,
    local_date,
    time_within_day,
    to_instant,
    validate_date,
)
from tasktimer.core.timeparse.clocks import CLOCK, normalize, read_clock
from tasktimer.core.timeparse.dates import DATE, WEEKDAYS, find_date, find_weekday
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.core.timeparse.iso import NonexistentDate, find_instant
from tasktimer.core.timeparse.suggestions import PAST_HINT, suggest_dates, suggest_existing, suggest_times
from tasktimer.errors import InvalidValue, TimeInFuture, find_closest_match, quote_value

_DEFAULT_HINT = (
    "use a format like 09:14, 5:30pm, '2023-07-16 09:14', 'yesterday 17:30', 'monday 9:00', '15m ago' or now"
)

_DAYS = ("today", "yesterday", *WEEKDAYS)
_CLOCKS = ("9:00", "0:00")  # to suggest for a date without a time of day

# Patterns are compiled on first use, and cached by re: most commands need few of them.
_AGO = r"-(?P<minus>[^-].*)|(?P<ago>.+) ago"
_MOMENT = rf"(?:(?P<named>(?:last )?[^\s:]+?)(?: |(?<=[0-9])t))?(?P<clock>{CLOCK})"
_RANGE = rf"(?P<start>(?:[^:]+ )?{CLOCK}|{_MOMENT}) ?- ?(?P<end>{CLOCK})"
_RANGE_OR_OFFSET = rf"(?P<date>{DATE}) (?P<time>[0-9]{{1,2}}:[0-9]{{2}}) ?(?P<offset>-[0-9]{{2}}:?[0-9]{{2}})"
_WITH_OFFSET = rf"{_MOMENT} ?(?:z|[+-][0-9:]{{2,8}})"


def parse_datetime(text: str, now: datetime) -> datetime:
    """Parse a time and return it in UTC; a time without an offset is a local time in the time zone of `now`.

    A time with a date, such as 2023-07-16 2:00, is what the clock shows on that date. A time without a date, or with a
    word for a day, such as yesterday 2:00, is within that day, even if it is after midnight.

    Raises:
        InvalidValue: if the text cannot be parsed, the date or time of day is invalid, the local clock skips the time
            or shows it twice, or the instant is out of range.

    >>> now = datetime(2023, 7, 17, 8, 0, tzinfo=UTC)
    >>> for text in ("15m ago", "yesterday 5:30pm", "last monday 0830", "2023-07-16T09:14+02:00"):
    ...     print(parse_datetime(text, now))
    2023-07-17 07:45:00+00:00
    2023-07-16 17:30:00+00:00
    2023-07-10 08:30:00+00:00
    2023-07-16 07:14:00+00:00
    """
    try:
        return _parse(text, now)
    except NonexistentDate as error:
        raise NonexistentDate(error.parts, _suggest_existing(error.parts, text, now)) from None


def _parse(text: str, now: datetime) -> datetime:
    normal = normalize(text)
    if normal == "now":
        return now.astimezone(UTC)
    if match := re.fullmatch(_MOMENT, normal):
        return _moment(text, match, now)
    if match := re.fullmatch(_AGO, normal):
        return _ago(text, match["minus"] or match["ago"], now)
    instant = None if re.fullmatch(_RANGE_OR_OFFSET, normal) else find_instant(text)
    if instant is None:
        raise _unreadable(text, normal, now)
    return instant


def parse_start_or_end(text: str, now: datetime, word: str) -> datetime:
    """Parse a task's start or end (`word` is "start" or "end"); raise TimeInFuture if the time is later today."""
    return reject_later_today(parse_datetime(text, now), now, word)


def reject_later_today(instant: datetime, now: datetime, word: str) -> datetime:
    """Return the instant or, if it is later today, raise TimeInFuture with a hint that suggests yesterday."""
    if is_future(instant, now) and local_date(instant, now.tzinfo or UTC) == current_date(now):
        clock = instant.astimezone(now.tzinfo)
        raise TimeInFuture(word, instant, now, f"did you mean 'yesterday {clock:%H:%M}'?")
    return instant


def is_day(text: str, now: datetime) -> bool:
    """Return whether the text is a date without a time of day, such as yesterday, but not a number, such as -7.

    >>> now = datetime(2023, 7, 17, 8, tzinfo=UTC)
    >>> [is_day(text, now) for text in ("2023-07-16", "last monday", "monday 9:00", "-7")]
    [True, True, False, False]
    """
    normal = normalize(text)
    return not normal.startswith("-") and find_date(normal, current_date(now)) is not None


def at_time_of_day(text: str, clock: time, now: datetime) -> datetime:
    """Return, in UTC, the instant within a day at which the clock shows a time of day; `text` is a valid date.

    If the text is a weekday, and the time is later today, return the instant a week ago.
    """
    day = normalize(text)
    found = find_date(day, current_date(now))
    assert found is not None
    validate_date(found)
    return _to_instant(time_within_day(found, clock, now.tzinfo or UTC), day, now)


def missing_clock_error(text: str, now: datetime, *clocks: str) -> InvalidValue:
    """Return the error for a date without a time of day.

    The hint suggests adding the first of `clocks`, 9:00 and 0:00 that is in the past on that date.

    >>> missing_clock_error("today", datetime(2023, 7, 17, 8, tzinfo=UTC), "10:15").hint
    "add a time of day: 'today 0:00'"
    """
    day = normalize(text)
    found = _find_past((f"{day} {clock}" for clock in (*clocks, *_CLOCKS)), now)
    hint = "use a time in the past" if found is None else f"add a time of day: {quote_value(found)}"
    return InvalidValue("invalid-time", f"invalid time {quote_value(text)}", hint)


def split_time_range(text: str) -> tuple[str, str] | None:
    """Split a range of times into its start and its end, which is a bare time of day; return None for other text.

    After a date and a space, a later time is the end of a range, and an earlier one may be an offset.

    >>> split_time_range("yesterday 9:00-10:00"), split_time_range("2023-07-16 09:00-10:00")
    (('yesterday 9:00', '10:00'), ('2023-07-16 09:00', '10:00'))
    >>> split_time_range("2023-07-16T09:00-10:00"), split_time_range("2023-07-16 09:00-05:00")
    (None, None)
    """
    normal = normalize(text)
    match = re.fullmatch(_RANGE, normal)
    if match is None or _find_ambiguous(normal):
        return None
    if not re.fullmatch(_RANGE_OR_OFFSET, normal) and find_instant(text) is not None:
        return None
    return match["start"], match["end"]


def _find_ambiguous(normal: str) -> re.Match[str] | None:
    """Return a match for text that is either a range past midnight or a time with an offset from UTC."""
    match = re.fullmatch(_RANGE_OR_OFFSET, normal)
    start, end = (int(re.sub("[-:]", "", match[part])) for part in ("time", "offset")) if match else (0, 1)
    return match if end <= start else None


def _moment(text: str, match: re.Match[str], now: datetime) -> datetime:
    clock, named = read_clock(match["clock"]), match["named"]
    if named is None:
        named = "today"
    elif (day := find_date(named, current_date(now))) is None:
        raise _unreadable(text, normalize(text), now)
    elif re.fullmatch(DATE, named):
        return _to_instant(datetime.combine(day, clock), named, now)
    return at_time_of_day(named, clock, now)


def _to_instant(local: datetime, day: str, now: datetime) -> datetime:
    if find_weekday(day) is not None and local > now.replace(tzinfo=None):
        local -= timedelta(days=7)  # later today: use the time a week ago
    instant = to_instant(local, now.tzinfo or UTC)
    validate_date(instant.date())
    return instant


def _ago(text: str, duration: str, now: datetime) -> datetime:
    try:
        instant = now.astimezone(UTC) - parse_duration(duration)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {quote_value(text)} is out of range", RANGE_HINT) from None
    validate_date(instant.date())
    return instant


def _suggest_existing(parts: Sequence[str], text: str, now: datetime) -> str | None:
    """Return a hint to use another date in a text that contains a nonexistent date, given as its parts."""
    typed = " ".join(text.split())

    def as_text(day: date) -> str | None:
        changed = typed.replace("-".join(parts), str(day), 1)
        return _find_past((changed, *(f"{changed} {clock}" for clock in _CLOCKS)), now)

    year, month, day = map(int, parts)
    return suggest_existing(year, month, day, as_text)


def _find_past(texts: Iterable[str], now: datetime) -> str | None:
    """Return the first of these texts that is a time up to now, or None."""
    for text in texts:
        with suppress(InvalidValue):  # for example, the local clock skips the time or shows it twice
            if not is_future(_parse(text, now), now):
                return text
    return None


def _unreadable(text: str, normal: str, now: datetime) -> InvalidValue:
    if is_day(text, now):
        return missing_clock_error(text, now)
    reason, hint = "", None
    if match := _find_ambiguous(normal):
        find_date(match["date"], current_date(now))  # raises an error if there is no such date
        reason = ": it is either a range or a time with an offset"
        offset = f"{match['date']}T{match['time']}{match['offset']}"
        hint = f"for an offset, use {offset}; for a range, give the start and the end separately"
    elif match := re.fullmatch(_RANGE, normal):
        reason, hint = ": it is a range", f"use one time, such as {quote_value(match['start'])}"
    elif (match := re.fullmatch(_WITH_OFFSET, normal)) and not re.fullmatch(DATE, match["named"] or ""):
        reason, hint = ": an offset requires a date", "use a format like 2023-07-16T09:14+02:00"
    return InvalidValue("invalid-time", f"invalid time {quote_value(text)}{reason}", hint or _hint(normal, now))


def _hint(normal: str, now: datetime) -> str:
    if re.match("tomm?orr?ow( |$)", normal):
        return PAST_HINT
    today = current_date(now)
    day, _, clock = normal.rpartition(" ")

    def suggest(text: str, *clocks: str) -> str | None:
        return suggest_dates(text, today, lambda meant: _find_past((f"{meant} {each}" for each in clocks), now))

    def is_past(meant: str) -> bool:
        return _find_past([meant], now) is not None

    if not day:
        return suggest_times(clock, is_past) or suggest(clock, *_CLOCKS) or _DEFAULT_HINT
    if (match := re.fullmatch(rf"({CLOCK}) (.+)", normal)) and find_date(match[2], today) is not None:
        return f"use {quote_value(f'{match[2]} {match[1]}')}"
    if find_date(day, today) is not None:
        return suggest_times(normal, is_past) or _DEFAULT_HINT
    if match := re.fullmatch(rf"(.+?) ({CLOCK})", normal):
        return suggest(match[1], match[2]) or _closest_hint(match[1], match[2], now)
    return suggest(normal, *_CLOCKS) or _DEFAULT_HINT


def _closest_hint(day: str, clock: str, now: datetime) -> str:
    meant = find_closest_match(day, [*_DAYS, *(f"last {weekday}" for weekday in WEEKDAYS)], cutoff=0.75)
    found = _find_past([f"{meant} {clock}"] if meant else (), now)
    return f"did you mean {quote_value(found)}?" if found else _DEFAULT_HINT
