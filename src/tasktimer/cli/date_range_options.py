"""The date range of `list`, `projects` and `tags`."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from shlex import quote
from typing import Annotated, Any

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.hints import QUOTE_VALUE
from tasktimer.core.interval import Window
from tasktimer.core.timeparse.date_ranges import ALL_DAYS, parse_date_range, parse_range_bounds
from tasktimer.errors import InvalidValue, quote_value


def _argument(default: str) -> Any:
    text = f"Days to include.  (default: {default})"
    return typer.Argument(metavar="[SPAN]", help=text, show_default=False, autocompletion=complete("span"))


DateRangeOrToday = Annotated[list[str] | None, _argument("today")]
DateRangeOrAll = Annotated[list[str] | None, _argument("all")]


def parse_date_range_args(
    words: Sequence[str] | None, start: str | None, end: str | None, now: datetime
) -> Window | None:
    """Parse a date range, or --from and --to, in the zone of `now`; None for all time.

    Raises:
        InvalidValue: if both are given, or one cannot be parsed.
    """
    text = " ".join(words or ())
    if start is not None or end is not None:
        if words:
            message = f"{quote_value(text)} and --from or --to are both given"
            raise InvalidValue("span-and-bounds", message, _quoting_hint(text, start, end, now))
        return parse_range_bounds(start, end, now)
    if not words:
        return None
    _reject_tags(words)
    days = parse_date_range(text, now.date())
    return None if days == ALL_DAYS else days.window(now.tzinfo or UTC)


def _quoting_hint(rest: str, start: str | None, end: str | None, now: datetime) -> str:
    """Return the hint for the words after --from or --to, which can be the rest of its value."""
    for flag, text in (("--from", start), ("--to", end)):
        with suppress(InvalidValue):
            if text is not None:
                parse_range_bounds(f"{text} {rest}", None, now)
                return f"put quotes around the value: {flag} '{text} {rest}'"
    return QUOTE_VALUE if ":" in rest else "use one or the other"


def _reject_tags(words: Sequence[str]) -> None:
    """Reject tags among the words of a date range.

    Raises:
        InvalidValue: if a word is a tag, such as +docs.
    """
    if tags := [word[1:] for word in words if len(word) > 1 and word.startswith("+")]:
        message = f"invalid date range {quote_value(' '.join(words))}"
        raise InvalidValue("invalid-span", message, f"use {' '.join(f'--tag {quote(tag)}' for tag in tags)}")
