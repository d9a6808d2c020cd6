"""Functions that print a command's result: as JSON, as text on a terminal, or as lines for programs when piped."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.streams import HISTORY_HINT, output_lost_message, print_message, write_result
from tasktimer.config.settings import parse_format
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, InvalidValue, TasktimerError, Unavailable

_LONG = timedelta(hours=16)  # a mistyped time of day results in a task of nearly 24 hours
_WORKING_DAY = timedelta(hours=8)
_LENGTH = 65_536  # characters per write


def write_record(
    context: Context,
    *,
    as_json: bool,
    record: Callable[[], object],
    text: Callable[[], str],
    lines: Callable[[], str],
    done: str | None = None,
    utf8: bool = True,
) -> None:
    """Print a record as JSON, as text on a terminal, or as lines when piped.

    If the output is lost, the error reports the change that `done` describes. If `utf8` is true, the lines are UTF-8 in
    every locale.
    """
    if as_json:
        write_result(output.json_tsv.to_json(record()), done=done, utf8=True)
    elif context.is_terminal:
        write_result(text(), done=done)
    else:
        write_result(lines(), done=done, utf8=utf8)


def write_task(context: Context, task: Task, text: Callable[[], str], *, done: str, as_json: bool) -> None:
    """Print a changed task as JSON, as text on a terminal, or as its ID when piped."""

    def record() -> object:
        return output.json_tsv.task_to_dict(task, context.zone)

    write_record(context, as_json=as_json, record=record, text=text, lines=lambda: f"{task.id}\n", done=done)


def write_new_task(
    context: Context, task: Task, stopped: Sequence[Task] = (), *, as_json: bool, state: str = "was stored"
) -> None:
    """Print a new task like `write_task`; on a terminal, print first the tasks that were stopped with it.

    If the output is lost, the error reports the `state` of the task.
    """

    def text() -> str:
        lines = [output.formatting.format_stopped(ended, context.now) for ended in stopped]
        return "".join([*lines, output.formatting.format_started(task, context.now)])

    write_task(context, task, text, done=f"task {task.id} {state}", as_json=as_json)


def write_tasks(context: Context, tasks: Sequence[Task], text: Callable[[], str], *, done: str, as_json: bool) -> None:
    """Print changed tasks like `write_task`; in an error message, the IDs follow the participle `done`."""

    def records() -> object:
        return [output.json_tsv.task_to_dict(task, context.zone) for task in tasks]

    ids = [str(task.id) for task in tasks]
    message = f"{done} {' '.join(ids)}" if ids else None
    lines = "".join(f"{task_id}\n" for task_id in ids)
    write_record(context, as_json=as_json, record=records, text=text, lines=lambda: lines, done=message)


def write_pieces(pieces: Iterable[str], *, done: str | None, utf8: bool = False) -> None:
    """Write a result like `write_result`, in pieces that may be read from the store while they are written."""
    write_result(_gathered(_explained(pieces, done)), done=done, utf8=utf8)


def _explained(pieces: Iterable[str], done: str | None) -> Iterator[str]:
    """Yield the pieces; if that fails after a change, report the change in the error."""
    try:
        yield from pieces
    except TasktimerError as error:
        if done is None:
            raise
        raise Unavailable("output-failed", output_lost_message(done, error.message), HISTORY_HINT) from error


def _gathered(pieces: Iterable[str]) -> Iterator[str]:
    gathered: list[str] = []
    length = 0
    for piece in pieces:
        gathered.append(piece)
        length += len(piece)
        if length > _LENGTH:
            gc.enable()  # disabled for short commands
            yield "".join(gathered)
            gathered, length = [], 0
    yield "".join(gathered)


def resolve_format(context: Context, name: str | None, *, as_json: bool) -> str:
    """Return the format from the options or the settings; by default, table on a terminal and tsv when piped."""
    if as_json and name not in (None, "json"):
        raise InvalidValue("format-and-json", f"--json and --format {name} cannot be used together", "omit one of them")
    if as_json:
        return "json"
    chosen = context.settings.format if name is None else parse_format(name)
    return chosen or ("table" if context.is_terminal else "tsv")


def ambiguous_task_error(
    error: TasktimerError, tasks: Sequence[Task], command: str, now: datetime, otherwise: str = ""
) -> Conflict:
    """Return the error for a command that omits the ID while several tasks are running, with a line for each task."""
    lines = [output.formatting.format_running(task, now) for task in tasks]
    hint = f"to {command} one, give its ID, as in tasktimer {command} {tasks[0].id}{otherwise}"
    return Conflict(error.code, f"an ID is required: {error.message}:", hint, details=lines)


def warn_long_tasks(context: Context, changes: Iterable[tuple[Task | None, Task]], user: str | None) -> None:
    """Print a note if tasks became longer than a working day, which may mean that a date is missing.

    `changes` contains each task before and after the change; a task that was running or is new has None before.
    """
    long = [after for before, after in changes if is_long(before, after, context.now)]
    print_long_tasks_note(context, long, len(long), user)


def is_long(before: Task | None, after: Task, now: datetime) -> bool:
    """Return whether a task became longer than a working day; a running task has lasted until now."""
    is_kept = before is not None and (before.start_time, before.end_time) == (after.start_time, after.end_time)
    shortest = _LONG if before is None or before.running else max(_LONG, _length(before, now))
    return not is_kept and _length(after, now) > shortest


def _length(task: Task, now: datetime) -> timedelta:
    return (task.end_time or now) - task.start_time


def print_long_tasks_note(context: Context, tasks: Sequence[Task], count: int, user: str | None) -> None:
    """Print a note that tasks became long; `tasks` contains the first of these, and `count` is their total number."""
    if count:
        message = output.notes.format_long_tasks(tasks, count, _LONG, context.now)
        print_message(message, undo_hint(user), label="note")


def warn_forgotten_tasks(context: Context, tasks: Iterable[Task]) -> None:
    """Print a note about tasks that have been running for longer than a working day."""
    long = [task for task in tasks if task.running and _length(task, context.now) > _LONG]
    if long:
        example = output.formatting.format_with_date(long[0].start_time + _WORKING_DAY, context.zone)
        hint = f"to set an earlier end, run, for example: tasktimer stop {long[0].id} --at '{example}'"
        print_message(output.notes.format_long_running(long, _LONG, context.now), hint, label="note")


def undo_hint(user: str | None) -> str:
    """Return a hint with the command that undoes a change made with this --user option."""
    return f"to undo this, run: {undo_command(user)}"


def undo_command(user: str | None) -> str:
    """Return the command that undoes a change made with this --user option."""
    # A change for all users is recorded as the caller's.
    return "tasktimer undo" if user is None or user == "all" else f"tasktimer undo --user {user}"


def write_entries(entries: Sequence[tuple[Task, timedelta]], format_name: str, zone: tzinfo) -> None:
    """Print tasks, with the time spent on each, in a format for programs."""
    formats = {
        "json": output.json_tsv.entries_json,
        "csv": output.json_tsv.entries_csv,
        "tsv": output.json_tsv.entries_tsv,
    }
    write_result(formats[format_name](entries, zone), utf8=True)
