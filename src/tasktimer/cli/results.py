"""Print the tasks that a command changed."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from tasktimer.cli.context import Context
from tasktimer.cli.streams import print_message, write_result
from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue, quote_value

_LONG = timedelta(hours=16)  # a mistyped time of day makes a task of nearly a day


def write_tasks(
    context: Context, tasks: Sequence[Task], sentences: Callable[[], str], *, done: str | None, as_json: bool
) -> None:
    """Print tasks as a JSON list, as sentences on a terminal, or as IDs.

    `done` is the participle that reports the change if the result is lost.
    """
    message = f"{done} {' '.join(str(task.id) for task in tasks)}" if tasks and done else None
    if as_json:
        write_result(_to_json(context, tasks), done=message, utf8=True)
    else:
        write_result(sentences() if context.is_terminal else _ids(tasks), done=message)


def write_task(context: Context, task: Task, sentences: Callable[[], str], *, done: str, as_json: bool) -> None:
    """Print one task: like `write_tasks`, but as a JSON object. `done` is a clause, such as "task 7 is stored"."""
    if as_json:
        write_result(_to_json(context, task), done=done, utf8=True)
    else:
        write_result(sentences() if context.is_terminal else _ids([task]), done=done)


def _to_json(context: Context, tasks: Task | Sequence[Task]) -> str:
    from tasktimer.output import json_tsv  # lazy: machine formats

    if isinstance(tasks, Task):
        return json_tsv.to_json(json_tsv.task_to_dict(tasks, context.zone))
    return json_tsv.to_json([json_tsv.task_to_dict(task, context.zone) for task in tasks])


def warn_long_tasks(context: Context, changes: Iterable[tuple[Task | None, Task]], user: str | None) -> None:
    """Print a note if tasks became longer than a working day, which can be a missing date.

    `changes` has each task before and after; before is None for a running or a new task.
    """
    long = [after for before, after in changes if is_long(before, after)]
    print_long_tasks_note(context, long, len(long), user)


def is_long(before: Task | None, after: Task) -> bool:
    """Return whether a task became longer than a working day."""
    return _length(after) > max(_LONG, _length(before))


def print_long_tasks_note(context: Context, tasks: Sequence[Task], count: int, user: str | None) -> None:
    """Print a note that `count` tasks became long; `tasks` are the first of them."""
    if count:
        from tasktimer.output.messages import format_long_tasks  # lazy: what people see

        print_message(
            format_long_tasks(tasks, count, _LONG, context.now), f"to undo this, run {undo_command(user)}", label="note"
        )


def warn_description_looks_like_time_or_tag(first: str) -> None:
    """Print a note if the first word of a description looks like a time or a tag."""
    if not first.startswith(("+", *"0123456789")):
        return
    from tasktimer.core.labels import is_tag_word  # lazy: filters and labels
    from tasktimer.core.timeparse.datetimes import find_time_of_day  # lazy: typed times

    hint = "put a tag after the first word, or use -t" if is_tag_word(first) else None
    with suppress(InvalidValue):  # not a time of day
        hint = "use --at for the start time" if find_time_of_day(first) else hint
    if hint is not None:
        print_message(f"{quote_value(first)} is part of the description", hint, label="note")


def undo_command(user: str | None) -> str:
    """Return the command that undoes a change made with this --user option."""
    # A command for all users belongs to the caller.
    return "tasktimer undo" if user is None or user == "all" else f"tasktimer undo --user {user}"


def _length(task: Task | None) -> timedelta:
    return timedelta() if task is None or task.end_time is None else task.end_time - task.start_time


def _ids(tasks: Sequence[Task]) -> str:
    return "".join(f"{task.id}\n" for task in tasks)
