"""`tasktimer delete`: delete tasks."""

from typing import Annotated

import typer

from tasktimer.cli.choosing import DryRun, Yes, check_choice, undo_command
from tasktimer.cli.completion import complete_recent
from tasktimer.cli.context import Context
from tasktimer.cli.filters import (
    LongerThan,
    OnlyRunning,
    OnlyUntagged,
    Search,
    ShorterThan,
    WithoutTags,
    WithProject,
    WithTags,
    read_filter,
)
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.results import write_tasks
from tasktimer.core.task import parse_id
from tasktimer.tracker import editing

EPILOG = """\
Examples:
  tasktimer delete 7
  tasktimer delete 7 8                          both, or neither
  tasktimer undo                                brings them back
  tasktimer delete --shorter-than 1m            shows them, and asks
  tasktimer delete --search test --dry-run      only shows them

Several tasks are deleted all or none. Instead of ids, the flags that begin
with "Only" say which tasks are meant.

Prints a line for each task on a terminal, bare ids on a pipe, a list of tasks
with --json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def delete(
    ctx: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...]", help="The tasks.", show_default=False, autocompletion=complete_recent),
    ] = None,
    project: WithProject = None,
    tags: WithTags = None,
    not_tags: WithoutTags = None,
    running: OnlyRunning = False,
    untagged: OnlyUntagged = False,
    longer_than: LongerThan = None,
    shorter_than: ShorterThan = None,
    search: Search = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Delete tasks; undo brings them back."""
    context: Context = ctx.obj
    numbers = [parse_id(task_id) for task_id in ids or ()]
    wanted = read_filter(project, tags, not_tags, running, untagged, longer_than, shorter_than, search)
    check_choice(numbers, wanted, "give one or the other")
    if numbers and not dry_run:
        _delete(context, numbers, user, as_json=as_json)
        return
    from tasktimer.cli.bulk import Bulk  # once in a while

    many = Bulk(context, user, yes=yes, dry_run=dry_run, as_json=as_json)
    many.delete(many.choose(numbers, wanted))


def _delete(context: Context, numbers: list[int], user: str | None, *, as_json: bool) -> None:
    owner, by = context.owner_of_ids(user), context.author(user)
    tasks = editing.delete(context.store, numbers, owner=owner, by=by, now=context.now)

    def sentences() -> str:
        from tasktimer.output import repairs  # for people only

        return repairs.deleted(tasks, context.now, undo_command(user))

    write_tasks(context, tasks, sentences, done="deleted", as_json=as_json)
