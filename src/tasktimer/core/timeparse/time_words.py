"""Find times and durations among the words of a description."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from tasktimer.core.timeparse.clocks import CLOCK, normalize, read_clock
from tasktimer.core.timeparse.dates import DATE, WEEKDAYS
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import InvalidValue

_DATE = re.sub("[?]P<[a-z]+>", "?:", DATE)
_DAY = rf"(?:today|yesterday|tomm?orr?ow|(?:last )?(?:{'|'.join(WEEKDAYS)})|{_DATE}) "
_TIMES = rf"(?:(?:at|from) )?((?:{_DAY})?)({CLOCK})(?:(?: ?- ?| to | )((?:{_DAY})?)({CLOCK}))?"
_LENGTH = (
    r"(?:for )?([0-9]{1,2}(?:[.,][0-9]{1,2})?h|(?:[0-9]{1,2}h)?[0-9]{1,3}m(?:in)?)"  # other units are more often text
)
_MOST_WORDS = 8  # from yesterday 9:30 am - yesterday 10:00 am


class TypedTimes(NamedTuple):
    """A start, an end and a duration, each None if not typed, as values of --start, --end and --for."""

    start: str | None = None
    end: str | None = None
    duration: str | None = None

    @property
    def options(self) -> list[str]:
        """The options that set these times."""
        length = [] if self.duration is None else ["--for", self.duration]
        if self.start is None:
            return length
        if self.end is None:
            return ["--start", self.start, *length]
        if "-" in self.start or re.match(_DAY, self.end):  # a range cannot contain such a date
            return ["--start", self.start, "--end", self.end]
        return ["--start", f"{self.start}-{self.end}"]


def split_times(words: list[str]) -> tuple[list[str], list[str], TypedTimes | None]:
    """Return the words of the text, the time and the duration typed before or after it, if any, and their meaning.

    >>> split_times("call yesterday 9:30 to 10:00".split())
    (['call'], ['yesterday 9:30 to 10:00'], TypedTimes(start='yesterday 9:30', end='10:00', duration=None))
    >>> split_times("30min ago call".split())
    (['call'], ['30min ago'], TypedTimes(start='30min ago', end=None, duration=None))
    >>> split_times("call 9:30 10m".split())
    (['call'], ['9:30', '10m'], TypedTimes(start='9:30', end=None, duration='10m'))
    """
    rest, typed, times = _split_clocks(words)
    if times is not None and times.end is not None:
        return rest, typed, times
    text, length, duration = split_duration(rest)
    if times is None and duration is not None:  # the time may be next to the duration
        text, typed, times = _split_clocks(text)
        if times is not None and times.end is not None:
            return text, typed, times
    if times is None and duration is None:
        return words, [], None
    return text, [*typed, *length], TypedTimes(times and times.start, None, duration)


def split_duration(words: list[str]) -> tuple[list[str], list[str], str | None]:
    """Return the words of the text, the duration in hours and minutes typed before or after it, if any, and its value.

    >>> split_duration("1h30m call".split()), split_duration("call for 10min".split())
    ((['call'], ['1h30m'], '1h30m'), (['call'], ['for 10min'], '10min'))
    >>> split_duration("5k run".split())
    (['5k', 'run'], [], None)
    """
    for count in (2, 1):
        for typed, text in ((words[:count], words[count:]), (words[-count:], words[:-count])):
            if match := re.fullmatch(_LENGTH, normalize(" ".join(typed))):
                return text, [" ".join(typed)], match[1]
    return words, [], None


def _split_clocks(words: list[str]) -> tuple[list[str], list[str], TypedTimes | None]:
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        for typed, text in ((words[:count], words[count:]), (words[-count:], words[:-count])):
            if times := _find_times(typed):
                return text, [" ".join(typed)], times
    return words, [], None


def _find_times(words: Sequence[str]) -> TypedTimes | None:
    """Return a time or a range of times; return None for other text, such as numbers."""
    if any(" " in word and not re.fullmatch(_DAY + CLOCK, word.lower()) for word in words):  # quoted text
        return None
    normal = normalize(" ".join(words))
    with suppress(InvalidValue):  # not a duration
        if normal.endswith(" ago") and parse_duration(normal.removesuffix(" ago")):
            return TypedTimes(normal)
    match = re.fullmatch(_TIMES, normal) if re.search("[:m]", normal) else None
    with suppress(InvalidValue):  # not a time of day
        if match and all(map(read_clock, filter(None, (match[2], match[4])))):
            return TypedTimes(match[1] + match[2], match[4] and match[3] + match[4])
    return None
