"""`tasktimer track`: start a task, or record a finished one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.exits import write_result
from tasktimer.cli.options import Json, Note, OneUser, Project, Tags, read_when
from tasktimer.core.calendar import check_day
from tasktimer.core.timespec import parse_duration
from tasktimer.errors import InvalidValue, quoted
from tasktimer.output import data, text
from tasktimer.tracker import tracking

EPILOG = """\
Examples:
  tasktimer track write docs                        starts now
  tasktimer track review --at 09:14                 started earlier
  tasktimer track standup --at 9:30 --until 9:45    is over
  tasktimer track phone call --for 20m              ended just now
  tasktimer track fix login +bug -p acme/website    with a tag and a project
  tasktimer track --user 42 -- --help               a description of dashes

WHEN is 09:14, '2023-07-16 09:14', an ISO 8601 time with its offset,
'yesterday 17:30', 'monday 9:00' (the last one), '15m ago', -15m or now.
A word of its own after the first that begins with + is a tag; a + within
quotes is text: track "C++ +1".

DURATION is 90m, 1h30m, 1.5h, 1:30 (hours and minutes), 1:30:05 or PT1H30M.

Prints a line on a terminal, the bare id on a pipe, the task with --json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def track(
    ctx: typer.Context,
    description: Annotated[
        list[str], typer.Argument(metavar="DESCRIPTION...", help="What it is; several words need no quotes.")
    ],
    project: Project = None,
    tags: Tags = None,
    note: Note = None,
    user: OneUser = None,
    at: Annotated[str | None, typer.Option("--at", metavar="WHEN", help="When it started.  (default: now)")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="WHEN", help="When it ended: record a finished task.")
    ] = None,
    length: Annotated[
        str | None,
        typer.Option("--for", metavar="DURATION", help="How long it took: record a task that ends now, or with --at."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Start a task, or with --until or --for record a finished one.

    Other running tasks go on running.
    """
    context: Context = ctx.obj
    owner = context.owner(user)
    start_time, end_time = _ends(at, until, length, context.now)
    words, marked = _split(description)
    task = tracking.track(
        context.store,
        user_id=owner,
        description=words,
        start_time=start_time,
        end_time=end_time,
        project=project,
        tags=[*marked, *(tags or ())],
        note=note,
        now=context.now,
    )
    done = f"task {task.id} is stored"
    if as_json:
        write_result(data.to_json(data.task_object(task, context.zone)), done=done, utf8=True)
    else:
        write_result(text.tracking(task, context.now) if context.is_terminal else f"{task.id}\n", done=done)


def _split(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    if not any(word.startswith("+") for word in words[1:]):
        return " ".join(words), ()
    from tasktimer.core.labels import split_tags  # most tasks have none

    return split_tags(words)


def _ends(at: str | None, until: str | None, length: str | None, now: datetime) -> tuple[datetime, datetime | None]:
    if until is not None and length is not None:
        raise InvalidValue("until-and-for", "--until and --for are both given", "give one of them")
    if until is not None and at is None:
        raise InvalidValue("until-without-at", "--until needs --at", "say when it started, or how long it took: --for")
    start_time = None if at is None else read_when(at, now, "start")
    if length is None:
        return start_time or now, None if until is None else read_when(until, now, "end")
    return _ends_of_length(start_time, parse_duration(length), now, length)


def _ends_of_length(
    start_time: datetime | None, duration: timedelta, now: datetime, length: str
) -> tuple[datetime, datetime]:
    try:
        end_time = now.astimezone(UTC)  # arithmetic on a local datetime is on its wall clock
        ends = (end_time - duration, end_time) if start_time is None else (start_time, start_time + duration)
    except OverflowError:
        raise InvalidValue("invalid-duration", f"the duration {quoted(length)} is too long") from None
    for end in ends:
        check_day(end.date())
    return ends
