"""Parsing of the times typed for a task: its start and end, or the instant of a split or a move."""

import re
from collections.abc import Sequence
from datetime import datetime
from shlex import join

from tasktimer.cli.options import parse_time_option
from tasktimer.core.timeparse.clocks import CLOCK, normalize
from tasktimer.core.timeparse.datetimes import split_time_range
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.services.task_times import parse_end

_MOST_WORDS = 3  # as in: - 10:00 am
_REST = rf"(?:(?:-|to) |(?=.*[:m]))({CLOCK})"


def parse_start_and_end(start: str | None, end: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Parse the values of --start and --end of a new task, each None if not given."""
    start, end = split_start(start, end)
    start_time = parse_time_option(start, now, "start")
    return start_time, None if end is None else parse_end(end, start_time, now)


def reject_split_range(arguments: Sequence[str], description: Sequence[str], start: str) -> None:
    """Raise InvalidValue if the words after the value of --start or --at are the rest of a range of times."""
    option = next(place for place, word in enumerate(arguments) if word.startswith(("--start", "--at")))
    place = option + (1 if "=" in arguments[option] else 2)
    for count in range(_MOST_WORDS, 0, -1):
        words = arguments[place : place + count]
        end = None if any(" " in word for word in words) else re.fullmatch(_REST, normalize(" ".join(words)))
        if end and split_time_range(times := f"{start}-{end[1]}"):
            line = [*arguments[:option], "--start", times, *arguments[place + len(words) :]]
            raise _split_range_error(" ".join(words), line, is_complete=len(description) > len(words))


def _split_range_error(words: str, line: Sequence[str], *, is_complete: bool) -> InvalidValue:
    if is_complete:
        corrected = ["track" if word == "switch" else word for word in line]  # only track accepts ranges
        hint = f"to record a finished task, run: {join(['tasktimer', *corrected])}"
    else:
        hint = "use --start with a range, such as 9:00-10:00, and add a description"
    return InvalidValue("split-range", f"{quote_value(words)} is not part of the start time", hint)


def split_start(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Return the values of --start and --end; the value of --start can contain both, as in 9:00-10:00."""
    bounds = None if start is None else split_time_range(start)
    if bounds is None:
        return start, end
    if end is not None:
        message = f"--end cannot be used with the range {quote_value(start or '')}"
        raise InvalidValue("range-and-end", message, "omit one of them")
    return bounds


def join_time(words: Sequence[str] | None, at: str | None, command: str, example: str) -> str:
    """Return the time given as an argument or with --at; if both are given, the argument follows the value of --at."""
    text = " ".join([*([] if at is None else [at]), *(words or ())])
    if not text.strip():
        raise InvalidValue(
            "missing-time", "no time given", f"add a time, such as {example}; see tasktimer {command} --help"
        )
    return text
