"""Adjustment of the tasks that overlap a new or changed one, with a confirmation before any of them is removed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, TypeVar

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import flag
from tasktimer.cli.results import write_task
from tasktimer.cli.streams import confirm, confirmation_error
from tasktimer.core.task import Actor, Task
from tasktimer.errors import InvalidValue
from tasktimer.output.changes import format_adjusted
from tasktimer.output.formatting import format_started, pluralize
from tasktimer.output.notes import list_ids
from tasktimer.services import adjust
from tasktimer.services.start import NewTask, Tracked

Adjust = Annotated[bool, flag("--adjust", "Cut overlapping tasks to make room.")]

_Result = TypeVar("_Result")


def track_adjusting(
    context: Context, actor: Actor, new_task: NewTask, *, unless_running: bool, yes: bool, as_json: bool
) -> Tracked:
    """Store a task, adjust the tasks that overlap it, and print the changes."""
    store, now = context.store, context.now
    service = partial(adjust.track_adjusting, store, actor, new_task, unless_running=unless_running, now=now)
    task, is_new, others = confirm_removals(context, service, yes=yes)

    def text() -> str:
        return format_adjusted(others, now) + format_started(task, now)

    done = f"task {task.id} {'was stored' if is_new else 'is already running'}"
    write_task(context, task, text, done=done, as_json=as_json)
    return (), task, is_new


def adjust_error(*, dry_run: bool) -> InvalidValue:
    """Return the error for --adjust in an `edit` without IDs, or with --dry-run."""
    if dry_run:
        message = "--adjust and --dry-run cannot be used together"
        return InvalidValue(
            "adjust-and-dry-run", message, "omit one of them; to undo the changes afterwards, run: tasktimer undo"
        )
    hint = "give the ID of a task, as in tasktimer edit 7 --adjust"
    return InvalidValue("adjust-without-ids", "--adjust requires task IDs", hint)


def confirm_removals(context: Context, service: Callable[..., _Result], *, yes: bool) -> _Result:
    """Call a function of `services.adjust`, repeating the call after each confirmation, and return its result.

    With `yes`, remove tasks without confirmation.
    """
    removable: adjust.Removable = None if yes else ()
    while True:  # a task may change while the user reads the question
        try:
            return service(removable=removable)
        except adjust.RemovalNotConfirmed as error:
            _confirm(context, error.tasks)
            removable = error.tasks


def _confirm(context: Context, tasks: Sequence[Task]) -> None:
    if not context.is_interactive:
        covered = f"the {'tasks' if tasks[1:] else 'task'} covered by the new time: {list_ids(tasks, len(tasks))}"
        raise confirmation_error(f"add --yes to remove {covered}")
    preview = output.previews.preview_table([(task, None) for task in tasks], len(tasks), context.now)
    confirm(f"{preview}\nRemove {pluralize(len(tasks), 'task')} covered by the new time?")
