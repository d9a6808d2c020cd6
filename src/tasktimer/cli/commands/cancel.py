"""`tasktimer cancel`: delete running tasks."""

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, RunningIds
from tasktimer.cli.overlap_warnings import ambiguous_task_error
from tasktimer.cli.results import undo_command, write_tasks
from tasktimer.core.task import Task, parse_id
from tasktimer.errors import NotFound, NothingRunning
from tasktimer.output import messages
from tasktimer.services.stop import AmbiguousRunningTask
from tasktimer.services.stop import cancel as cancel_service

EPILOG = """\
Examples:
  tasktimer cancel          the only running task
  tasktimer cancel 7 8      both, or neither
  tasktimer undo            restore them

Only running tasks can be cancelled. IDs of all users are accepted, unless
--user is given.

Prints a line per task on a terminal, IDs on a pipe, a list of tasks with
--json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def cancel(
    ctx: typer.Context,
    ids: RunningIds = None,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Delete a running task, as if it had never been started."""
    context: Context = ctx.obj
    numbers = [parse_id(task_id) for task_id in ids or ()]
    users = context.resolve_user(user)
    try:
        tasks = cancel_service(context.store, users.actor_for_ids if numbers else users.actor, numbers, now=context.now)
    except AmbiguousRunningTask as error:
        raise ambiguous_task_error(error, "cancel", context.now) from None
    except NothingRunning as error:
        raise NotFound(error.code, error.message, "delete a task that has ended: tasktimer delete ID") from None
    write_tasks(context, tasks, lambda: _sentences(context, tasks, user), done="cancelled", as_json=as_json)


def _sentences(context: Context, tasks: list[Task], user: str | None) -> str:
    lines = "".join(messages.format_cancelled(task, context.now) for task in tasks)
    return f"{lines}To restore {'it' if len(tasks) == 1 else 'them'}, run: {undo_command(user)}\n"
