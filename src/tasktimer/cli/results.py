"""How the tasks that a command changed are printed."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from tasktimer.cli.context import Context
from tasktimer.cli.streams import print_message, write_result
from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue, quote_value

_LONG = timedelta(hours=16)  # a time of day alone that was meant otherwise makes tasks of nearly a day


def write_tasks(
    context: Context, tasks: Sequence[Task], sentences: Callable[[], str], *, done: str | None, as_json: bool
) -> None:
    """Print a list of tasks as JSON, sentences on a terminal, or an id a line; `done` says what was done."""
    said = f"{done} {' '.join(str(task.id) for task in tasks)}" if tasks and done else None
    if as_json:
        from tasktimer.output import json_tsv  # lazy: machine formats

        write_result(
            json_tsv.to_json([json_tsv.task_to_dict(task, context.zone) for task in tasks]), done=said, utf8=True
        )
    else:
        write_result(sentences() if context.is_terminal else _ids(tasks), done=said)


def write_task(context: Context, task: Task, sentences: Callable[[], str], *, done: str, as_json: bool) -> None:
    """The same of the one task that there is: JSON has no list, and `done` is a whole clause."""
    if as_json:
        from tasktimer.output import json_tsv  # lazy: machine formats

        write_result(json_tsv.to_json(json_tsv.task_to_dict(task, context.zone)), done=done, utf8=True)
    else:
        write_result(sentences() if context.is_terminal else _ids([task]), done=done)


def warn_long_tasks(context: Context, changes: Iterable[tuple[Task | None, Task]], user: str | None) -> None:
    """Note which tasks, each as it was (None: it ran, or is new) and as it is, are longer than a working day now.

    They may be, and it may be a mistake: an end whose date was left out.
    """
    long = [after for before, after in changes if is_long(before, after)]
    print_long_tasks_note(context, long, len(long), user)


def is_long(before: Task | None, after: Task) -> bool:
    """Whether a task is longer than a working day now, and longer than it was."""
    return _length(after) > max(_LONG, _length(before))


def print_long_tasks_note(context: Context, tasks: Sequence[Task], count: int, user: str | None) -> None:
    """Note that so many tasks are long now; `tasks` are the first of them."""
    if count:
        from tasktimer.output.messages import format_long_tasks  # lazy: what people see

        print_message(
            format_long_tasks(tasks, count, _LONG, context.now), f"to undo this, run {undo_command(user)}", label="note"
        )


def warn_description_looks_like_time_or_tag(first: str) -> None:
    """Note that the first word of a description is text, where other trackers would take it as a time or a tag."""
    if not first.startswith(("+", *"0123456789")):
        return
    from tasktimer.core.labels import is_tag_word
    from tasktimer.core.timeparse.datetimes import find_time_of_day

    hint = "put a tag after the first word, or use -t" if is_tag_word(first) else None
    with suppress(InvalidValue):  # no time of day
        hint = "use --at for the start time" if find_time_of_day(first) else hint
    if hint is not None:
        print_message(f"{quote_value(first)} is part of the description", hint, label="note")


def undo_command(user: str | None) -> str:
    """The command that takes back what was done for the user of the flag."""
    # What was done for all is a command of one's own.
    return "tasktimer undo" if user is None or user == "all" else f"tasktimer undo --user {user}"


def _length(task: Task | None) -> timedelta:
    return timedelta() if task is None or task.end_time is None else task.end_time - task.start_time


def _ids(tasks: Sequence[Task]) -> str:
    return "".join(f"{task.id}\n" for task in tasks)
