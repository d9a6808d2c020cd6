"""What commands share that take ids, or a filter or a span instead: the flags, and the refusals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.core.interval import Window
from tasktimer.core.task import Task, parse_id
from tasktimer.errors import InvalidValue

if TYPE_CHECKING:  # a run with ids starts without it
    from tasktimer.core.task_filter import TaskFilter

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes without making them.", show_default=False)]


def parse_ids(context: Context, words: Sequence[str]) -> list[int]:
    """Read the ids of tasks.

    Raises:
        InvalidValue: a word is none; where the words are days or a time, the hint says how these are given.
    """
    try:
        return [parse_id(word) for word in words]
    except InvalidValue as error:
        span = _find_span(context, " ".join(words))
        if span is not None:
            error.hint = f"for the tasks of these days give --from {span} --to {span}"
        elif any(":" in word for word in words):
            error.hint = "a time of several words needs quotes: 'monday 9:00'"
        raise


def _find_span(context: Context, text: str) -> str | None:
    """The text as a shell takes it, if it names days."""
    from shlex import quote

    from tasktimer.core.timeparse.date_ranges import find_date_range

    return None if find_date_range(text, context.now.date()) is None else quote(text)


def tasks_by_id(context: Context, ids: Sequence[int], user: str | None) -> list[Task]:
    """The tasks of these ids, none twice.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not that of the user of the flag.
    """
    from tasktimer.services.queries import get_tasks  # seldom

    return get_tasks(context.store, context.resolve_user(user).actor_for_ids, ids)


def parse_window(context: Context, start: str | None, end: str | None) -> Window | None:
    """Read --from and --to; None where neither is given.

    Raises:
        InvalidValue: one cannot be read, or the end does not lie after the start.
    """
    if start is None and end is None:
        return None
    from tasktimer.core.timeparse.date_ranges import parse_range_bounds

    return parse_range_bounds(start, end, context.now)


def validate_selection(ids: Sequence[int], task_filter: "TaskFilter | None", window: Window | None, hint: str) -> None:
    """Refuse ids and a filter or a window together, and none of them: that would be all that was ever tracked.

    Raises:
        InvalidValue: it is so.
    """
    is_filtered = task_filter is not None or window is not None
    if ids and is_filtered:
        raise InvalidValue("ids-and-filter", "ids and flags that choose tasks are both given", hint)
    if not ids and not is_filtered:
        message = "it is not said which tasks are meant"
        raise InvalidValue("no-ids", message, "give their ids, or flags that choose tasks, such as --search TEXT")
