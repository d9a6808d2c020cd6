"""What the shell offers after TAB."""

from contextlib import closing

import typer

from tasktimer.cli.context import Context
from tasktimer.errors import TasktimerError
from tasktimer.output.text import printable
from tasktimer.store import open_store
from tasktimer.tracker import looking

_PATIENCE = 0.5  # seconds; better no candidates than a shell that hangs


def complete_running(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids of running tasks, with their descriptions, but those already on the line."""
    context: Context = ctx.obj
    context.database = ctx.find_root().params.get("database")
    try:
        with closing(open_store(context.settings.database, patience=_PATIENCE)) as store:
            tasks = looking.running(store, user_id=context.whose(ctx.params.get("user")))
    except TasktimerError:  # nothing to offer; the command itself will say why
        return []
    given = ctx.params.get("ids") or ()
    return [
        (task_id, printable(task.description))
        for task in tasks
        if (task_id := str(task.id)).startswith(incomplete) and task_id not in given
    ]
