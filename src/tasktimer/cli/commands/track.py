"""`tasktimer track`: start a task, or record a finished one."""

from datetime import timedelta
from typing import Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import (
    Description,
    Json,
    Note,
    OneUser,
    Project,
    StartTime,
    Tags,
    parse_duration_option,
    parse_time_option,
    split_words,
)
from tasktimer.cli.results import undo_command, warn_description_looks_like_time_or_tag, warn_long_tasks, write_task
from tasktimer.cli.streams import print_message
from tasktimer.core.task import Task
from tasktimer.services.start import NewTask, start

EPILOG = """\
Examples:
  tasktimer track write docs                        starts now
  tasktimer track review --at 09:14                 started earlier
  tasktimer track standup --at 9:30 --until 9:45    finished
  tasktimer track phone call --for 20m              just finished
  tasktimer track lunch --until 13:00 --for 30m     finished earlier
  tasktimer track email --no-gap                    since the last task ended
  tasktimer track fix login +bug -p acme/website    with a tag and a project
  tasktimer track --user 42 -- --help               a description with dashes

WHEN is 09:14, '2023-07-16 09:14', an ISO 8601 time with its offset,
'yesterday 17:30', 'monday 9:00' (the last one), '15m ago', -15m or now.
Every word after the first that begins with + is a tag; a + within quotes is
text: track "C++ +1".

DURATION is 90m, 1h30m, 1.5h, 2d (48 hours), 1w, 1:30 (hours and minutes),
1:30:05 or PT1H30M.

Prints a line on a terminal, the ID on a pipe, the task with --json.
"""

_NIGHT = timedelta(hours=4)  # a shorter gap across midnight is ordinary late work

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def track(
    ctx: typer.Context,
    description: Description,
    project: Project = None,
    tags: Tags = None,
    note: Note = None,
    user: OneUser = None,
    at: StartTime = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="WHEN", help="End time; records a finished task.", autocompletion=complete("time")
        ),
    ] = None,
    length: Annotated[
        str | None,
        typer.Option("--for", metavar="DURATION", help="Duration; the task ended now unless --at or --until is given."),
    ] = None,
    no_gap: Annotated[
        bool, typer.Option("--no-gap", help="Start the task when your last one ended.", show_default=False)
    ] = False,
    as_json: Json = False,
) -> None:
    """Start a task, or record a finished one.

    Other running tasks keep running.
    """
    context: Context = ctx.obj
    actor = context.resolve_user(user).owner
    words, marked = split_words(description)
    new_task = NewTask(
        words,
        project,
        [*marked, *(tags or ())],
        note,
        start_time=parse_time_option(at, context.now, "start"),
        end_time=parse_time_option(until, context.now, "end"),
        duration=parse_duration_option(length),
        no_gap=no_gap,
    )
    task = start(context.store, actor, new_task, now=context.now)
    done = f"task {task.id} is stored"
    write_task(context, task, lambda: _sentence(context, task), done=done, as_json=as_json)
    _warn(context, task, description[0], user, no_gap=no_gap)


def _sentence(context: Context, task: Task) -> str:
    from tasktimer.output import messages  # lazy: what people see

    return messages.format_started(task, context.now)


def _warn(context: Context, task: Task, first: str, user: str | None, *, no_gap: bool) -> None:
    """Print notes about possible mistakes; the task is already stored."""
    warn_long_tasks(context, [(None, task)], user)
    gap = task.interval(context.now).duration
    if (
        no_gap
        and task.running
        and gap > _NIGHT
        and task.start_time.astimezone(context.zone).date() != context.now.date()
    ):
        from tasktimer.core.timeformat import format_whole_seconds  # lazy: what people see

        ago = format_whole_seconds(gap)
        hint = f"to undo this, run {undo_command(user)}"
        print_message(f"the last task ended on another day, {ago} ago", hint, label="note")
    warn_description_looks_like_time_or_tag(first)
    if task.start_time != context.now or context.is_terminal:
        from tasktimer.cli.overlap_warnings import warn_overlaps  # lazy: what people see

        warn_overlaps(context, task)
