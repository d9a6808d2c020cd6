"""`tasktimer track`: start a task, or record a finished one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.new_tasks import (
    Description,
    Note,
    Parallel,
    Project,
    Tags,
    split_words,
    warn_misplaced_words,
    write_new_task,
)
from tasktimer.cli.options import Json, OneUser, Yes, flag, option, parse_duration_option
from tasktimer.core.task import Actor, Task
from tasktimer.errors import InvalidValue
from tasktimer.services import start as track_service
from tasktimer.services.start import NewTask, Tracked

EPILOG = """\
Examples:
  tasktimer track write docs                        start now
  tasktimer track review --start 9:14               start at an earlier time
  tasktimer track standup --start 9:30-9:45         record a finished task
  tasktimer track phone call --for 20m              a task that just ended
  tasktimer track lunch --end 13:00 --for 30m       a task that ended at 13:00
  tasktimer track email --no-gap                    since your last task ended
  tasktimer track fix login +bug -p acme/website    with a tag and a project
  tasktimer track call --start 9:10-9:30 --adjust   cut overlapping tasks
  tasktimer track build --unless-running            in a hook
  tasktimer track --user 42 -- --help               text that begins with --

WHEN is a time such as 9:14, 0914, 5:30pm, noon, '2023-07-16 09:14', an ISO
8601 time with an offset, 'yesterday 17:30', 'monday 9:00' (the most recent
one), 'last friday 9:00' (before today), '15m ago', -15m or now. A bare end
time refers to the first such time after the start. --start also accepts a
range, such as 9:30-9:45 or 'yesterday 22:00-1:00'.

DURATION is a duration such as 90m, 1h30m, 1.5h, 2d (48 hours), 1w, 1:30
(hours and minutes), 1:30:05 or PT1H30M.

A word that begins with + is a tag. To use it as text, quote it together with
another word, as in tasktimer track "+1 from Zoe". Words such as 9:30, @acme
and project:acme remain part of the description, but a note points them out.

With exclusive = true in the config file, or TASKTIMER_EXCLUSIVE=true, a new
task stops those that are running, as with tasktimer switch; --parallel keeps
them running. --unless-running looks for a running task with the same
description, project and tags.

With --adjust, your other tasks are cut where they overlap the new one. A task
that starts earlier and ends later is split: the running part or, if the task
has ended, the earlier part keeps the ID. Tasks that the new one covers
completely are removed, after confirmation. If the new task is running, your
other running tasks are stopped at its start.

Output: one line on a terminal, the ID when piped, or the task as JSON with
--json.
"""

StartTime = Annotated[str | None, option("--start --at", "WHEN", "Start time.  (default: now)", "time")]
EndTime = Annotated[str | None, option("--end --until", "WHEN", "Record a finished task with this end time.", "time")]
Duration = Annotated[
    str | None,
    option(
        "--for", "DURATION", "Record a finished task of this duration, ending now unless --start or --end is given."
    ),
]
NoGap = Annotated[bool, flag("--no-gap", "Start the task at the end of your previous task.")]
Adjust = Annotated[bool, flag("--adjust", "Cut your other tasks where they overlap the new one.")]
UnlessRunning = Annotated[bool, flag("--unless-running", "Change nothing if this task is already running.")]


def track(
    ctx: typer.Context,
    description: Description,
    project: Project = None,
    tags: Tags = None,
    note: Note = None,
    user: OneUser = None,
    start: StartTime = None,
    end: EndTime = None,
    length: Duration = None,
    no_gap: NoGap = False,
    parallel: Parallel = False,
    unless_running: UnlessRunning = False,
    adjust: Adjust = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Start a task, or record a finished one.

    Other running tasks keep running, unless exclusive = true is set.
    """
    context: Context = ctx.obj
    if adjust and parallel:
        raise InvalidValue("adjust-and-parallel", "--adjust and --parallel cannot be used together", "omit one of them")
    actor = context.resolve_user(user).owner
    text, all_tags = split_words(description, tags)
    times = _parse_times(context, description, start, end, has_length=length is not None)
    duration = parse_duration_option(length)
    new_task = NewTask(text, project, all_tags, note, *times, duration, no_gap, allow_empty=False)
    how = {"unless_running": unless_running, "parallel": parallel, "adjust": adjust, "yes": yes, "as_json": as_json}
    stopped, task, is_new = _track(context, actor, new_task, **how)
    if is_new:
        flag = "--for" if no_gap or start else "--start"
        warn_misplaced_words(context, task, stopped, description, user, flag)
        _warn(context, task, stopped, user, no_gap=no_gap, deliberate=parallel or adjust)


def _parse_times(
    context: Context, description: Sequence[str], start: str | None, end: str | None, *, has_length: bool
) -> tuple[datetime | None, datetime | None]:
    if start is None and end is None:
        return None, None
    from tasktimer.cli.task_times import parse_start_and_end, reject_split_range  # lazy: typed times

    if start is not None and end is None and not has_length:
        reject_split_range(context.arguments, description, start)
    return parse_start_and_end(start, end, context.now)


def _track(
    context: Context,
    actor: Actor,
    new_task: NewTask,
    *,
    unless_running: bool,
    parallel: bool,
    adjust: bool,
    yes: bool,
    as_json: bool,
) -> Tracked:
    """Store a task and print it."""
    if adjust:
        from tasktimer.cli.commands._adjust import track_adjusting  # lazy: only --adjust needs it

        return track_adjusting(context, actor, new_task, unless_running=unless_running, yes=yes, as_json=as_json)
    exclusive = context.settings.exclusive and not parallel
    stopped, task, is_new = track_service.track(
        context.store, actor, new_task, exclusive=exclusive, unless_running=unless_running, now=context.now
    )
    write_new_task(context, task, stopped, as_json=as_json, is_new=is_new)
    return stopped, task, is_new


def _warn(
    context: Context, task: Task, stopped: Sequence[Task], user: str | None, *, no_gap: bool, deliberate: bool
) -> None:
    """Print notes about possible mistakes in the times of a task that has been stored, and of the tasks it stopped."""
    is_usual = not no_gap and task.start_time == context.now and not any(each.is_long(context.now) for each in stopped)
    if is_usual and not context.is_terminal:
        return
    from tasktimer.cli import notes  # lazy: most scripts do not need it; 3 million instructions

    given = stopped if no_gap and task.running else (*stopped, task)  # there is another note about a gap
    notes.warn_long_tasks(context, ((None, each) for each in given), user)
    if no_gap:
        notes.warn_gap(context, task, user)
    notes.warn_old_starts(context, [(None, task)], user)
    notes.warn_new_task(context, task, user, deliberate=deliberate)
