"""Select tasks by their IDs, or by a filter and a date range."""

from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.hints import QUOTE_VALUE
from tasktimer.core.interval import Window
from tasktimer.core.task import Task, parse_id
from tasktimer.errors import InvalidValue

if TYPE_CHECKING:  # lazy: filters and labels
    from tasktimer.core.task_filter import TaskFilter

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes without making them.", show_default=False)]


def parse_ids(context: Context, words: Sequence[str]) -> list[int]:
    """Parse the IDs of tasks.

    Raises:
        InvalidValue: if a word is not an ID; if the words are a date or a time, the hint names the option for it.
    """
    try:
        return [parse_id(word) for word in words]
    except InvalidValue as error:
        hint = _date_hint(context, words) or error.hint
        raise InvalidValue(error.code, error.message, hint) from None


def _date_hint(context: Context, words: Sequence[str]) -> str | None:
    from tasktimer.core.timeparse.date_ranges import find_date_range  # lazy: errors

    text = " ".join(words)
    if find_date_range(text, context.now.date()) is not None:
        return f"select tasks by date: --from {quote(text)} --to {quote(text)}"
    return QUOTE_VALUE if ":" in text else None


def tasks_by_id(context: Context, ids: Sequence[int], user: str | None) -> list[Task]:
    """Return the tasks with these IDs, each once.

    Raises:
        TaskNotFound: if a task does not exist.
        TaskOfOtherUser: if it belongs to another user than `user`.
    """
    from tasktimer.services.queries import get_tasks  # lazy: typed times

    return get_tasks(context.store, context.resolve_user(user).actor_for_ids, ids)


def parse_window(context: Context, start: str | None, end: str | None) -> Window | None:
    """Parse --from and --to; None if neither is given.

    Raises:
        InvalidValue: if one cannot be parsed, or the end is not after the start.
    """
    if start is None and end is None:
        return None
    from tasktimer.core.timeparse.date_ranges import parse_range_bounds  # lazy: filters and labels

    return parse_range_bounds(start, end, context.now)


def validate_selection(ids: Sequence[int], task_filter: "TaskFilter | None", window: Window | None, hint: str) -> None:
    """Reject IDs combined with a filter or a window, and a command without any of them, which would mean all tasks.

    Raises:
        InvalidValue: if the selection is ambiguous or missing.
    """
    is_filtered = task_filter is not None or window is not None
    if ids and is_filtered:
        raise InvalidValue("ids-and-filter", "IDs and options that select tasks are both given", hint)
    if not ids and not is_filtered:
        hint = "add IDs, or options that select tasks, such as --search TEXT"
        raise InvalidValue("no-ids", "no tasks selected", hint)
