"""`tasktimer delete`: delete tasks."""

from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import From, To, filter_options
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.results import undo_command, write_tasks
from tasktimer.cli.selection import DryRun, Yes, parse_ids, parse_window, validate_selection
from tasktimer.services import edit

if TYPE_CHECKING:  # lazy: filters and labels
    from tasktimer.core.task_filter import TaskFilter

EPILOG = """\
Examples:
  tasktimer delete 7
  tasktimer delete 7 8                          both, or neither
  tasktimer undo                                restore them
  tasktimer delete --shorter-than 1m            show them and ask
  tasktimer delete --search test --dry-run      only show them
  tasktimer delete --from yesterday --to yesterday --untagged

Either all of the tasks are deleted, or none. Instead of IDs, select tasks
with the options that begin with "Only". --from and --to are written as for
list; tasks that only partly fall in the range are included.

Prints a line per task on a terminal, IDs on a pipe, a list of tasks with
--json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@filter_options()
def delete(
    ctx: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...]", help="IDs of tasks.", show_default=False, autocompletion=complete("recent")),
    ] = None,
    start: From = None,
    end: To = None,
    task_filter: "TaskFilter | None" = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Delete tasks; undo restores them."""
    context: Context = ctx.obj
    numbers = parse_ids(context, ids or ())
    window = parse_window(context, start, end)
    validate_selection(numbers, task_filter, window, "use one or the other")
    if numbers and not dry_run:
        _delete(context, numbers, user, as_json=as_json)
        return
    from tasktimer.cli.commands._bulk import BulkOperation  # lazy: filters and labels

    operation = BulkOperation(context, user, yes=yes, dry_run=dry_run, as_json=as_json)
    operation.delete(operation.select_tasks(numbers, task_filter, window))


def _delete(context: Context, numbers: list[int], user: str | None, *, as_json: bool) -> None:
    actor = context.resolve_user(user).actor_for_ids
    tasks = edit.delete(context.store, actor, numbers, now=context.now)

    def sentences() -> str:
        from tasktimer.output import edits  # lazy: what people see

        return edits.format_deleted(tasks, context.now, undo_command(user))

    write_tasks(context, tasks, sentences, done="deleted", as_json=as_json)
