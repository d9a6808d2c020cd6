"""`tasktimer delete`: delete tasks."""

from typing import Annotated

import typer

from tasktimer.cli.commands._bulk import BulkOperation, SelectedTasks
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, filter_options
from tasktimer.cli.options import AnyUser, Json, Yes, argument, parse_ids
from tasktimer.cli.results import write_tasks
from tasktimer.cli.selection import DryRun, From, To, parse_window, validate_selection
from tasktimer.cli.undo_hints import undo_command
from tasktimer.output import changes
from tasktimer.services import edit

EPILOG = """\
Examples:
  tasktimer delete 7
  tasktimer delete 7 8                          delete both tasks
  tasktimer undo                                restore the deleted tasks
  tasktimer delete --shorter-than 1m            show the tasks, then ask
  tasktimer delete --search test --dry-run      only show the tasks
  tasktimer delete --from yesterday --to yesterday --untagged

If any task cannot be deleted, none is.

Instead of giving IDs, you can select tasks with the filter options, such as
--tag or --longer-than, and with --from and --to, which take the same forms as
for tasktimer list and include tasks that fall only partly within the range.

Output: one line per task on a terminal, the IDs when piped, or a list of
tasks as JSON with --json.
"""


@filter_options()
def delete(
    ctx: typer.Context,
    ids: Annotated[list[str] | None, argument("[ID...]", "IDs of the tasks to delete, or last.", "recent")] = None,
    start: From = None,
    end: To = None,
    task_filter: OptionalFilter = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Delete tasks; to restore them, run tasktimer undo."""
    context: Context = ctx.obj
    numbers = parse_ids(context, ids or (), user)
    window = parse_window(None, start, end, context.now)
    validate_selection(numbers, task_filter, window)
    if not numbers or dry_run:
        operation = BulkOperation(context, user, yes=yes, dry_run=dry_run, as_json=as_json)
        operation.delete(SelectedTasks(context, numbers, task_filter, window, user))
        return
    tasks = edit.delete(context.store, context.resolve_user(user).actor_for_ids, numbers, now=context.now)

    def text() -> str:
        return changes.format_removed("Deleted", tasks, context.now, undo_command(context, user, tasks[0].user_id))

    write_tasks(context, tasks, text, done="deleted", as_json=as_json)
