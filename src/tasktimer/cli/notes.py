"""Notes about possible mistakes in a new task."""

from contextlib import suppress
from datetime import timedelta

from tasktimer.cli.context import Context
from tasktimer.cli.results import undo_hint
from tasktimer.cli.streams import print_message
from tasktimer.core.labels import is_tag_word
from tasktimer.core.local_time import format_whole_seconds
from tasktimer.core.task import Actor, Task
from tasktimer.core.timeparse.datetimes import find_time_of_day
from tasktimer.errors import InvalidValue, TasktimerError, quote_value
from tasktimer.output import formatting
from tasktimer.services.queries import overlapping_at_start, running_tasks

_MOST_IDS = 3
_NIGHT = timedelta(hours=4)  # a shorter gap across midnight is usual for people who work late


def warn_gap(context: Context, task: Task, user: str | None) -> None:
    """Print a note if --no-gap made a running task start on an earlier day, more than four hours ago."""
    gap = task.interval(context.now).duration
    if task.running and gap > _NIGHT and task.start_time.astimezone(context.zone).date() != context.now.date():
        message = f"the last task ended on another day, {format_whole_seconds(gap)} ago"
        print_message(message, undo_hint(context, user, task), label="note")


def warn_description(first: str) -> None:
    """Print a note if the first word of a description looks like a time or a tag."""
    hint = "put a tag after the first word, or use -t" if is_tag_word(first) else None
    with suppress(InvalidValue):  # not a time of day
        hint = "use --at for the start time" if find_time_of_day(first) else hint
    if hint is not None:
        print_message(f"{quote_value(first)} is part of the description", hint, label="note")


def warn_overlaps(context: Context, task: Task) -> None:
    """Print a note if other tasks are running, or were running at the start of the new task."""
    with suppress(TasktimerError):  # the task has already been stored, and its ID printed
        if task.start_time != context.now and (others := overlapping_at_start(context.store, task, now=context.now)):
            print_message(formatting.format_overlaps(task, others, context.now), label="note")
        elif task.running and context.is_terminal:
            _print_running(context, task)


def _print_running(context: Context, task: Task) -> None:
    actor = Actor(task.user_id, task.user_id)
    if others := [other for other in running_tasks(context.store, actor) if other.id != task.id]:
        ids = " ".join(str(other.id) for other in others)
        named = ids if len(others) <= _MOST_IDS else "ID"
        hint = f"to stop {'them' if others[1:] else 'it'}, run: tasktimer stop {named} (or use switch next time)"
        print_message(formatting.format_also_running(others, context.now), hint, label="note")
