"""Find a time among the words of a description."""

import re
from collections.abc import Sequence
from contextlib import suppress

from tasktimer.core.timeparse.clocks import CLOCK, normalize, read_clock
from tasktimer.errors import InvalidValue

_TIMES = rf"(?:(?:at|from) )?((?:(?:to|yester)day )?)({CLOCK})(?:(?: ?- ?| to | )({CLOCK}))?"
_MOST_WORDS = 7  # from yesterday 9:30 am - 10:00 am


def split_times(words: list[str]) -> tuple[list[str], list[str], str]:
    """Return the words of the text, the time typed before or after it, and this time as a value of --start."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        for typed, text in ((words[:count], words[count:]), (words[-count:], words[:-count])):
            if times := _find_times(typed):
                return text, [" ".join(typed)], times
    return words, [], ""


def _find_times(words: Sequence[str]) -> str | None:
    """Return a time or a range of times as a value of --start; return None for other text, such as numbers."""
    normal = normalize(" ".join(words))
    match = re.fullmatch(_TIMES, normal) if re.search("[:m]", normal) and not any(map(_is_quoted, words)) else None
    with suppress(InvalidValue):  # not a time of day
        if match and all(map(read_clock, filter(None, match.groups()[1:]))):
            return match[1] + "-".join(filter(None, match.groups()[1:]))
    return None


def _is_quoted(word: str) -> bool:
    return " " in word
