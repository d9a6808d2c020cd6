"""Find a time among the words of a description."""

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
_MOST_WORDS = 8  # from yesterday 9:30 am - yesterday 10:00 am


class TypedTimes(NamedTuple):
    """A start, and an end or None, as values of --start and --end."""

    start: str
    end: str | None = None

    @property
    def options(self) -> list[str]:
        """The options that set these times."""
        if self.end is None:
            return ["--start", self.start]
        if "-" in self.start or re.match(_DAY, self.end):  # a range cannot contain such a date
            return ["--start", self.start, "--end", self.end]
        return ["--start", f"{self.start}-{self.end}"]


def split_times(words: list[str]) -> tuple[list[str], list[str], TypedTimes | None]:
    """Return the words of the text, the time typed before or after it, if any, and its meaning.

    >>> split_times("call yesterday 9:30 to 10:00".split())
    (['call'], ['yesterday 9:30 to 10:00'], TypedTimes(start='yesterday 9:30', end='10:00'))
    >>> split_times("30min ago call".split())
    (['call'], ['30min ago'], TypedTimes(start='30min ago', end=None))
    """
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
