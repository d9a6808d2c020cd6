"""`tasktimer switch`: stop the running tasks and start a new one at the same instant."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.new_tasks import Description, Note, Project, Tags, split_words, warn_misplaced_words, write_new_task
from tasktimer.cli.notes import warn_long_tasks, warn_overlaps
from tasktimer.cli.options import Json, OneUser, option, parse_time_option
from tasktimer.errors import InvalidValue
from tasktimer.services import start as switch_service
from tasktimer.services.resume import switch_back
from tasktimer.services.start import NewTask

EPILOG = """\
Examples:
  tasktimer switch review                     switch now
  tasktimer switch lunch --at 12:30           switch at 12:30
  tasktimer switch fix login +bug -p acme     with a tag and a project
  tasktimer switch -                          return to the previous task
  tasktimer switch -- -                       a task described as -

With -, the new task has the description, project and tags of the task that
you finished last, as with tasktimer resume; finished tasks with the same
details as a running one are skipped.

All your running tasks end when the new task starts; tasktimer undo reverts
both changes. WHEN and +TAG take the same forms as for tasktimer track.

Output: one line per task on a terminal, the ID of the new task when piped, or
the new task as JSON with --json.
"""


def switch(
    ctx: typer.Context,
    description: Description,
    project: Project = None,
    tags: Tags = None,
    note: Note = None,
    user: OneUser = None,
    at: Annotated[
        str | None,
        option("--at", "WHEN", "Time at which to switch.  (default: now)", "time"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Stop your running tasks and start a new one."""
    context: Context = ctx.obj
    actor = context.resolve_user(user).owner
    text, all_tags = split_words(description, tags)
    if at is not None:
        from tasktimer.cli.task_times import reject_split_range  # lazy: typed times

        reject_split_range(context.arguments, description, at)
    start_time = parse_time_option(at, context.now, "start")
    if text == "-" and not context.is_literal(text):
        _reject_labels(project, all_tags, note)
        stopped, task = switch_back(context.store, actor, start_time=start_time, allow_empty=False, now=context.now)
    else:
        new_task = NewTask(text, project, all_tags, note, start_time, allow_empty=False)
        stopped, task = switch_service.switch(context.store, actor, new_task, now=context.now)
    write_new_task(context, task, stopped, as_json=as_json)
    warn_long_tasks(context, ((None, each) for each in (*stopped, task)), user)
    warn_misplaced_words(context, task, stopped, description, user, "--at" if at is None else None)
    if at is not None:
        warn_overlaps(context, [task], user)


def _reject_labels(project: str | None, tags: Sequence[str], note: str | None) -> None:
    if project is not None or tags or note is not None:
        message = "'-' cannot be used with a project, tags or a note"
        raise InvalidValue("previous-and-labels", message, "omit them, or give a description instead of -")
