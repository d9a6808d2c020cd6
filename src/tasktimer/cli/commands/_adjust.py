"""Confirmation before tasks are removed to make room for another."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.streams import confirm, confirmation_error
from tasktimer.core.task import Task
from tasktimer.output.formatting import pluralize
from tasktimer.output.notes import list_ids
from tasktimer.services.adjust import Removable, RemovalNotConfirmed

_Result = TypeVar("_Result")


def confirm_removals(context: Context, adjust: Callable[..., _Result], *, yes: bool) -> _Result:
    """Call a service of `services.adjust`, repeating the call after each confirmation, and return its result.

    With `yes`, any task may be removed.
    """
    removable: Removable = None if yes else ()
    while True:  # a task may change while the user reads the question
        try:
            return adjust(removable=removable)
        except RemovalNotConfirmed as error:
            _confirm(context, error.tasks)
            removable = error.tasks


def _confirm(context: Context, tasks: Sequence[Task]) -> None:
    if not context.is_interactive:
        covered = f"the {'tasks' if tasks[1:] else 'task'} covered by the new time: {list_ids(tasks, len(tasks))}"
        raise confirmation_error(f"add --yes to remove {covered}")
    preview = output.previews.preview_table([(task, None) for task in tasks], len(tasks), context.now)
    confirm(f"{preview}\nRemove {pluralize(len(tasks), 'task')} covered by the new time?")
