"""`tasktimer track`: start a task, or record a finished one."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import (
    Description,
    Json,
    Note,
    OneUser,
    Project,
    StartTime,
    Tags,
    flag,
    option,
    parse_duration_option,
    parse_time_option,
    split_words,
)
from tasktimer.cli.results import warn_long_tasks, write_new_task
from tasktimer.core.task import Task
from tasktimer.services.start import NewTask, start

EPILOG = """\
Examples:
  tasktimer track write docs                        start now
  tasktimer track review --at 09:14                 start at an earlier time
  tasktimer track standup --at 9:30 --until 9:45    record a finished task
  tasktimer track phone call --for 20m              a task that just ended
  tasktimer track lunch --until 13:00 --for 30m     a task that ended at 13:00
  tasktimer track email --no-gap                    since your last task ended
  tasktimer track fix login +bug -p acme/website    with a tag and a project
  tasktimer track --user 42 -- --help               text that begins with --

WHEN is a time such as 09:14, '2023-07-16 09:14', an ISO 8601 time with an
offset, 'yesterday 17:30', 'monday 9:00' (the most recent one), '15m ago',
-15m or now.

DURATION is a duration such as 90m, 1h30m, 1.5h, 2d (48 hours), 1w, 1:30
(hours and minutes), 1:30:05 or PT1H30M.

A word that begins with + is a tag, unless it is the first word of the
description. To use such a word as text, quote it together with the word
before it, as in tasktimer track "C++ +1".

Output: one line on a terminal, the ID when piped, or the task as JSON with
--json.
"""

EndTime = Annotated[str | None, option("--until", "WHEN", "Record a finished task with this end time.", "time")]
Duration = Annotated[
    str | None,
    option("--for", "DURATION", "Record a finished task of this duration, ending now unless --at or --until is given."),
]
NoGap = Annotated[bool, flag("--no-gap", "Start the task at the end of your previous task.")]


def track(
    ctx: typer.Context,
    description: Description,
    project: Project = None,
    tags: Tags = None,
    note: Note = None,
    user: OneUser = None,
    at: StartTime = None,
    until: EndTime = None,
    length: Duration = None,
    no_gap: NoGap = False,
    as_json: Json = False,
) -> None:
    """Start a task, or record a finished one.

    Other running tasks keep running.
    """
    context: Context = ctx.obj
    actor = context.resolve_user(user).owner
    text, all_tags = split_words(description, tags)
    start_time, end_time = parse_time_option(at, context.now, "start"), parse_time_option(until, context.now, "end")
    duration = parse_duration_option(length)
    new_task = NewTask(text, project, all_tags, note, start_time, end_time, duration, no_gap=no_gap)
    task = start(context.store, actor, new_task, now=context.now)
    write_new_task(context, task, as_json=as_json)
    warn_long_tasks(context, [(None, task)], user)
    first = description[0]
    if no_gap or first.startswith(("+", *"0123456789")) or task.start_time != context.now or context.is_terminal:
        _warn(context, task, first, user, no_gap=no_gap)


def _warn(context: Context, task: Task, first: str, user: str | None, *, no_gap: bool) -> None:
    """Print notes about possible mistakes in a task that has already been stored."""
    from tasktimer.cli import notes  # lazy: most scripts do not need it; 3 million instructions

    if no_gap:
        notes.warn_gap(context, task, user)
    notes.warn_description(first)
    notes.warn_overlaps(context, task)
