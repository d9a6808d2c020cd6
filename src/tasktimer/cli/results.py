"""Functions that print a command's result: as JSON, as text on a terminal, or as plain lines when piped."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.streams import HISTORY_HINT, output_lost_message, terminal_width, write_result
from tasktimer.config.settings import parse_format
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, InvalidValue, TasktimerError, Unavailable

_LENGTH = 65_536  # characters per write


def write_record(
    context: Context,
    *,
    as_json: bool,
    record: Callable[[], object],
    text: Callable[[], str],
    lines: Callable[[], str],
    command: str | None = None,
    done: str | None = None,
    utf8: bool = True,
) -> None:
    """Print a record as JSON, as text on a terminal, or as lines when piped.

    On a terminal, print `command` below the text, on a line that is not wrapped, so that it can be copied.
    If the output cannot be written, the error includes `done`, a description of the completed change. If `utf8` is
    true, the lines are encoded as UTF-8 in every locale.
    """
    if as_json:
        write_result(output.json_tsv.to_json(record()), done=done, utf8=True)
    elif context.is_terminal:
        below = "" if command is None else f"  {command}\n"
        write_result(_wrapped(text()) + below, done=done)
    else:
        write_result(lines(), done=done, utf8=utf8)


def _wrapped(text: str) -> str:
    return output.wrapping.wrap_words(text, terminal_width(sys.stdout))


def write_task(context: Context, task: Task, text: Callable[[], str], *, done: str, as_json: bool) -> None:
    """Print a changed task as JSON, as text on a terminal, or only its ID when piped."""

    def record() -> object:
        return output.json_tsv.task_to_dict(task, context.zone)

    write_record(context, as_json=as_json, record=record, text=text, lines=lambda: f"{task.id}\n", done=done)


def write_tasks(context: Context, tasks: Sequence[Task], text: Callable[[], str], *, done: str, as_json: bool) -> None:
    """Print changed tasks as `write_task` does; `done` is a past participle, such as "stopped", for error messages."""

    def records() -> object:
        return [output.json_tsv.task_to_dict(task, context.zone) for task in tasks]

    ids = [str(task.id) for task in tasks]
    message = f"{done} {' '.join(ids)}" if ids else None
    lines = "".join(f"{task_id}\n" for task_id in ids)
    write_record(context, as_json=as_json, record=records, text=text, lines=lambda: lines, done=message)


def write_pieces(pieces: Iterable[str], *, done: str | None, utf8: bool = False) -> None:
    """Write a result as `write_result` does, but in pieces, while the rest is still being read from the store."""
    write_result(_gathered(_explained(pieces, done)), done=done, utf8=utf8)


def _explained(pieces: Iterable[str], done: str | None) -> Iterator[str]:
    """Yield the pieces; if reading one fails after a change was made, raise an error that includes `done`."""
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
            gc.enable()  # disabled at start-up for short commands
            yield "".join(gathered)
            gathered, length = [], 0
    yield "".join(gathered)


def resolve_format(context: Context, name: str | None, *, as_json: bool) -> str:
    """Return the output format from the options or the settings; by default, table on a terminal and tsv otherwise."""
    if as_json and name not in (None, "json"):
        raise InvalidValue("format-and-json", f"--json and --format {name} cannot be used together", "omit one of them")
    if as_json:
        return "json"
    chosen = context.settings.format if name is None else parse_format(name)
    return chosen or ("table" if context.is_terminal else "tsv")


def ambiguous_task_error(
    error: TasktimerError, tasks: Sequence[Task], command: str, now: datetime, otherwise: str = ""
) -> Conflict:
    """Return an error that lists the running tasks and asks for an ID; `otherwise` is appended to its hint."""
    lines = [output.formatting.format_running(task, now) for task in tasks]
    hint = f"to {command} one, give its ID, as in tasktimer {command} {tasks[0].id}{otherwise}"
    return Conflict(error.code, f"an ID is required because {error.message}:", hint, details=lines)


def write_entries(entries: Sequence[tuple[Task, timedelta]], format_name: str, zone: tzinfo) -> None:
    """Print tasks, with the time spent on each, as JSON, CSV or TSV."""
    formats = {
        "json": output.json_tsv.entries_json,
        "csv": output.json_tsv.entries_csv,
        "tsv": output.json_tsv.entries_tsv,
    }
    write_result(formats[format_name](entries, zone), utf8=True)


def write_nothing_found(window: Window | None, zone: tzinfo, *, is_filtered: bool) -> None:
    """Print that no tasks were found within a window, or none that match a filter."""
    none = "No task matches" if is_filtered else "Nothing tracked"
    write_result(output.formatting.format_nothing_found(none, window, zone))
