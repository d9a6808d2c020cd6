"""`tasktimer cancel`: delete running tasks."""

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, RunningIds, parse_ids
from tasktimer.cli.results import ambiguous_task_error, write_tasks
from tasktimer.cli.undo_hints import undo_command
from tasktimer.errors import NotFound, NothingRunning
from tasktimer.output import changes
from tasktimer.services import stop

EPILOG = """\
Examples:
  tasktimer cancel          cancel the only running task
  tasktimer cancel 7 8      cancel both; if one fails, neither is cancelled
  tasktimer undo            restore the cancelled tasks

Only running tasks can be cancelled. Without --user, IDs of any user's tasks
are accepted.

Output: one line per task on a terminal, the IDs when piped, or a list of
tasks as JSON with --json.
"""


def cancel(
    ctx: typer.Context,
    ids: RunningIds = None,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Delete running tasks, as if they had never been started."""
    context: Context = ctx.obj
    numbers = parse_ids(context, ids or (), user)
    users = context.resolve_user(user)
    try:
        tasks = stop.cancel(context.store, users.actor_for_ids if numbers else users.actor, numbers, now=context.now)
    except stop.AmbiguousRunningTask as error:
        raise ambiguous_task_error(error, error.tasks, "cancel", context.now) from None
    except NothingRunning as error:
        raise NotFound(
            error.code, error.message, "to list today's tasks with their IDs, run: tasktimer times"
        ) from None

    def text() -> str:
        return changes.format_removed("Cancelled", tasks, context.now, undo_command(context, user, tasks[0].user_id))

    write_tasks(context, tasks, text, done="cancelled", as_json=as_json)
