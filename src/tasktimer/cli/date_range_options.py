"""What `list`, `projects` and `tags` share: the words that say which days are meant."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tasktimer.cli.completion import complete
from tasktimer.errors import InvalidValue, quote_value

if TYPE_CHECKING:  # a run without such words starts without it
    from tasktimer.core.interval import Window


def _argument(default: str) -> Any:
    text = f"Which days.  (default: {default})"
    return typer.Argument(metavar="[SPAN]", help=text, show_default=False, autocompletion=complete("span"))


DateRangeOrToday = Annotated[list[str] | None, _argument("today")]
DateRangeOrAll = Annotated[list[str] | None, _argument("all")]


def parse_date_range_args(
    words: Sequence[str] | None, start: str | None, end: str | None, now: datetime
) -> "Window | None":
    """Read a span of days, or --from and --to, in the zone of `now`; None where none is given, or all time.

    Raises:
        InvalidValue: they are both given, or one cannot be read.
    """
    if not words and start is None and end is None:
        return None
    from tasktimer.core.timeparse.date_ranges import ALL_DAYS, parse_date_range, parse_range_bounds

    span = " ".join(words or ())
    if start is not None or end is not None:
        if words:
            message = f"{quote_value(span)} and --from or --to are both given"
            raise InvalidValue("span-and-bounds", message, _quoting_hint(span, start, end, now) or "give one")
        return parse_range_bounds(start, end, now)
    days = parse_date_range(_without_tags(words or ()), now.date())
    return None if days == ALL_DAYS else days.window(now.tzinfo or UTC)


def _quoting_hint(rest: str, start: str | None, end: str | None, now: datetime) -> str | None:
    """What to do where the rest of a time of several words stands alone."""
    from tasktimer.core.timeparse.date_ranges import parse_range_bounds

    for flag, text in (("--from", start), ("--to", end)):
        with suppress(InvalidValue):
            if text is not None:
                parse_range_bounds(f"{text} {rest}", None, now)
                return f"write {flag} '{text} {rest}'"
    return "a time of several words needs quotes: 'monday 9:00'" if ":" in rest else None


def _without_tags(words: Sequence[str]) -> str:
    """The words as one.

    Raises:
        InvalidValue: one is a tag as other commands take it.
    """
    span = " ".join(words)
    tags = [word[1:] for word in words if len(word) > 1 and word.startswith("+")]
    if tags:
        from shlex import quote

        flags = " ".join(f"--tag {quote(tag)}" for tag in tags)
        hint = f"for the tasks with {'this tag' if len(tags) == 1 else 'these tags'} give {flags}"
        raise InvalidValue("invalid-span", f"invalid date range {quote_value(span)}", hint)
    return span
