"""Messages about several running tasks, and about tasks that overlap."""

from contextlib import suppress
from datetime import datetime

from tasktimer.cli.context import Context
from tasktimer.cli.streams import print_message
from tasktimer.core.actor import Actor
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, TasktimerError
from tasktimer.output import messages
from tasktimer.services.queries import overlapping_at_start, running_tasks
from tasktimer.services.stop import AmbiguousRunningTask

_MOST_IDS = 3


def ambiguous_task_error(error: AmbiguousRunningTask, command: str, now: datetime, otherwise: str = "") -> Conflict:
    """Return the error with a line for each running task; times are in the zone of `now`."""
    ids = " ".join(str(task.id) for task in error.tasks)
    lines = [messages.format_running(task, now) for task in error.tasks]
    hint = f"name the tasks: tasktimer {command} {ids}{otherwise}"
    return Conflict(error.code, f"{error.message}:", hint, details=lines)


def warn_overlaps(context: Context, task: Task) -> None:
    """Print a note if other tasks are running at the start of a new one, which can be a mistake."""
    with suppress(TasktimerError):  # the task is stored, and its ID is printed
        if task.start_time != context.now and (others := overlapping_at_start(context.store, task, now=context.now)):
            print_message(messages.format_overlaps(task, others, context.now), label="note")
        elif task.running and context.is_terminal:
            _print_running(context, task)


def _print_running(context: Context, task: Task) -> None:
    if others := [
        other for other in running_tasks(context.store, Actor(task.user_id, task.user_id)) if other.id != task.id
    ]:
        ids = " ".join(str(other.id) for other in others)
        named = ids if len(others) <= _MOST_IDS else "ID"
        hint = f"to stop {'them' if others[1:] else 'it'}, run tasktimer stop {named}, or use switch next time"
        print_message(messages.format_also_running(others, context.now), hint, label="note")
