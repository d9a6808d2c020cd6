"""Typed times of a task: its start and end, or the instant of a split or a move."""

from collections.abc import Sequence
from datetime import datetime

from tasktimer.cli.options import parse_time_option
from tasktimer.core.timeparse.datetimes import split_time_range
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.services.task_times import parse_end


def parse_start_and_end(start: str | None, end: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Parse the values of --start and --end of a new task, each None if not given."""
    start, end = split_start(start, end)
    start_time = parse_time_option(start, now, "start")
    return start_time, None if end is None else parse_end(end, start_time, now)


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
    """Return a time given as an argument or with --at; the words after the value of --at belong to it."""
    text = " ".join([*([] if at is None else [at]), *(words or ())])
    if not text.strip():
        raise InvalidValue(
            "missing-time", "no time given", f"add a time, such as {example}; see tasktimer {command} --help"
        )
    return text
