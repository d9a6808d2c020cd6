"""Selection of tasks by date or by ID, imported only by the commands that need it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from tasktimer.cli.context import Context
from tasktimer.cli.hints import MESSAGES, QUOTE_VALUE
from tasktimer.cli.options import argument, flag, option
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.core.timeparse.date_ranges import ALL_DAYS, parse_date_range, parse_range_bounds
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.services.queries import get_tasks


def _date_range(default: str) -> Any:
    text = f"Date range to show.  (default: {default})"
    return argument("[RANGE]", text, "range")


DateRangeOrToday = Annotated[list[str] | None, _date_range("today")]
DateRangeOrWeek = Annotated[list[str] | None, _date_range("week")]
DateRangeOrAll = Annotated[list[str] | None, _date_range("all")]
From = Annotated[str | None, option("--from", "WHEN|RANGE", "Only tasks from this time on.", "range")]
To = Annotated[str | None, option("--to", "WHEN|RANGE", "Only tasks up to this time.", "range")]
DryRun = Annotated[bool, flag("--dry-run", "Show the changes without making them.")]


def parse_window(words: Sequence[str] | None, start: str | None, end: str | None, now: datetime) -> Window | None:
    """Parse a date range, or the values of --from and --to, in the time zone of `now`; return None for all time."""
    text = " ".join(words or ())
    if start is not None or end is not None:
        if words:
            message = f"date range {quote_value(text)} cannot be used with --from or --to"
            raise InvalidValue("range-and-bounds", message, _quoting_hint(text, start, end, now))
        return parse_range_bounds(start, end, now)
    if not words:
        return None
    days = parse_date_range(text, now)
    return None if days == ALL_DAYS else days.window(now.tzinfo or UTC)


def _quoting_hint(rest: str, start: str | None, end: str | None, now: datetime) -> str:
    """Return a hint to quote the value of --from or --to if `rest` belongs to the value, or else a general hint."""
    for name, text in (("--from", start), ("--to", end)):
        with suppress(InvalidValue):
            if text is not None:
                parse_range_bounds(f"{text} {rest}", None, now)
                return f"put quotes around the value: {name} '{text} {rest}'"
    return QUOTE_VALUE if ":" in rest else "omit one of them"


def validate_selection(
    ids: Sequence[int], task_filter: TaskFilter | None, window: Window | None, hint: str | None = None
) -> None:
    """Raise InvalidValue if no tasks are selected, or if IDs are combined with a filter or a window.

    `hint` replaces the general hint on how to select tasks.
    """
    is_filtered = task_filter is not None or window is not None
    if ids and is_filtered:
        raise InvalidValue("ids-and-filter", MESSAGES["ids-and-filter"], "use one or the other")
    if not ids and not is_filtered:
        hint = hint or "add IDs, or options that select tasks, such as --search TEXT"
        raise InvalidValue("no-selection", "no tasks selected", hint)


def tasks_by_id(context: Context, ids: Sequence[int], user: str | None) -> list[Task]:
    """Return the tasks with these IDs, without duplicates."""
    return get_tasks(context.store, context.resolve_user(user).actor_for_ids, ids)
