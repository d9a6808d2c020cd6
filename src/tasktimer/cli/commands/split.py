"""`tasktimer split`: make two tasks of one."""

from typing import Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.results import write_tasks
from tasktimer.cli.selection import tasks_by_id
from tasktimer.core.task import parse_id
from tasktimer.services import split_join
from tasktimer.services.task_times import TaskTimeResolver

EPILOG = """\
Examples:
  tasktimer split 7 --at 10:30                the first part ends then
  tasktimer split 7 --at 'yesterday 17:30'

The second part has the same description, project, tags and note, and a new
id; where the task runs, the second part runs on. WHEN is written as for
track, but a time of day alone is the first one after the start of the task.

Prints both on a terminal, both ids on a pipe, a list of two tasks with --json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def split(
    ctx: typer.Context,
    task: Annotated[
        str, typer.Argument(metavar="ID", help="The task.", show_default=False, autocompletion=complete("recent"))
    ],
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="WHEN",
            help="A time inside it; 10:30 is the first one after its start.",
            show_default=False,
            autocompletion=complete("time"),
        ),
    ],
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Make two tasks of one, at a time inside it."""
    context: Context = ctx.obj
    task_id = parse_id(task)
    when = TaskTimeResolver(context.now, lambda: tasks_by_id(context, [task_id], user)).inside(at)
    parts = split_join.split(context.store, context.resolve_user(user).actor_for_ids, task_id, when, now=context.now)

    def sentences() -> str:
        from tasktimer.output import edits  # for people only

        return edits.format_split(*parts, context.now)

    write_tasks(context, parts, sentences, done="split into", as_json=as_json)
