"""`tasktimer join`: join two tasks into one."""

from functools import partial
from typing import Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.prompts import confirm
from tasktimer.cli.results import write_task
from tasktimer.core.task import Task, parse_id
from tasktimer.core.timeformat import format_nonzero_duration
from tasktimer.output import messages
from tasktimer.services import split_join

EPILOG = """\
Examples:
  tasktimer join 7 8          one task, from the first start to the last end
  tasktimer join 7 8 --yes    include the time between them

The task with the lower ID is kept, the other one is deleted. Both must have
the same user, description and project; one may have no project. Tags and
notes are combined.

Prints the task on a terminal, its ID on a pipe, the task with --json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def join(
    ctx: typer.Context,
    first: Annotated[
        str, typer.Argument(metavar="ID", help="ID of a task.", show_default=False, autocompletion=complete("recent"))
    ],
    second: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="ID of the other task.", show_default=False, autocompletion=complete("recent")
        ),
    ],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Include the time between them without asking.", show_default=False)
    ] = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Join two tasks into one."""
    context: Context = ctx.obj
    join_over = partial(
        split_join.join,
        context.store,
        context.resolve_user(user).actor_for_ids,
        (parse_id(first), parse_id(second)),
        now=context.now,
    )
    try:
        tasks = join_over(max_gap=split_join.ANY_GAP if yes else split_join.NO_GAP)
    except split_join.TasksNotAdjacent as apart:
        if not context.is_interactive:
            raise
        lines = "".join(f"  {messages.format_summary(task, context.now)}\n" for task in apart.tasks)
        confirm(f"{lines}Join them, and count the {format_nonzero_duration(apart.gap)} between them?")
        tasks = join_over(max_gap=apart.gap)
    _write(context, *tasks, as_json=as_json)


def _write(context: Context, first: Task, second: Task, task: Task, *, as_json: bool) -> None:
    def sentences() -> str:
        from tasktimer.output import edits  # lazy: what people see

        return edits.format_joined((first, second), task, split_join.gap_between(first, second), context.now)

    write_task(context, task, sentences, done=f"{max(first.id, second.id)} joined to {task.id}", as_json=as_json)
