"""`tasktimer history`: show or prune the commands that changed tasks."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.commands._undo_redo import write_entries
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import explain_empty
from tasktimer.cli.options import AnyUser, Format, Json, argument, flag, option, parse_task_id
from tasktimer.cli.results import resolve_format
from tasktimer.cli.streams import confirm, confirmation_error, write_result
from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import ALL_USERS, MAX_INTEGER, Actor, parse_positive
from tasktimer.core.timeparse.durations import parse_age
from tasktimer.errors import InvalidValue
from tasktimer.output.changes import MOST_LINES_OF_ENTRY
from tasktimer.output.formatting import pluralize
from tasktimer.services import history as history_service

EPILOG = """\
Examples:
  tasktimer history                  the most recent commands
  tasktimer history 7                all changes to task 7
  tasktimer history --limit 100
  tasktimer history --prune 1y       delete history older than a year

AGE is a duration such as 12h, 90d, 2w, 6mo or 1y. History is kept until you
prune it. Pruned commands can no longer be undone; tasks are not affected.

Output: a table on a terminal. When piped, prints tab-separated lines: id,
user_id, command, time, undone, reverses (the command that was undone or
redone) and task IDs (comma-separated). --json prints the commands, with each
task before and after the change. --format or TASKTIMER_FORMAT selects the
format; csv includes a header.
"""

_LIMIT = 20

OptionalTaskId = Annotated[
    str | None, argument("[ID]", "Show only changes to this task: an ID, or last.  (default: all tasks)", "recent")
]
Limit = Annotated[str | None, option("--limit", "N", "Show only the N most recent commands.  (default: 20)")]
Prune = Annotated[str | None, option("--prune", "AGE", "Delete history older than this.")]
YesToPrune = Annotated[bool, flag("--yes -y", "With --prune, do not ask for confirmation.")]


def history(
    ctx: typer.Context,
    task: OptionalTaskId = None,
    limit: Limit = None,
    user: AnyUser = None,
    prune: Prune = None,
    yes: YesToPrune = False,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show the commands that changed tasks, oldest first."""
    context: Context = ctx.obj
    actor = context.resolve_user(user).reader
    if prune is not None:
        _reject_with_prune({"a task ID": task, "--limit": limit, "--format": format_name, "--json": as_json})
        _prune(context, prune, actor, yes=yes)
        return
    chosen = resolve_format(context, format_name, as_json=as_json)
    task_id = None if task is None else parse_task_id(context, task, user)
    number = _LIMIT if limit is None else parse_positive(limit, noun="limit", code="invalid-limit")
    # A table needs one extra command, to detect whether there are more.
    most = min(number + 1, MAX_INTEGER) if chosen == "table" else number
    found = history_service.list_entries(context.store, actor, task_id, limit=most, max_changes=MOST_LINES_OF_ENTRY)
    entries = found[-number:]
    if not entries and explain_empty(context, None, user, as_table=chosen == "table"):
        return

    def table() -> list[str]:
        shown_user = actor.tasks_of_user if task_id is None else None
        return [_table(context, entries, shown_user, has_more=len(found) > number)]

    write_entries(context, entries, table, chosen)


def _reject_with_prune(options: Mapping[str, object]) -> None:
    """Raise InvalidValue if an option that has no meaning with --prune is given."""
    if other := next((name for name, value in options.items() if value not in (None, False)), None):
        message, hint = f"--prune cannot be used with {other}", "combine --prune only with --user and --yes"
        raise InvalidValue("prune-and-options", message, hint)


def _table(context: Context, entries: Sequence[JournalEntry], user_id: int | None, *, has_more: bool) -> str:
    reader = context.resolve_user(None).reader_for_ids.user_id
    return output.history_table.history_table(entries, context.now, user_id=user_id, reader=reader, has_more=has_more)


def _prune(context: Context, age: str, actor: Actor, *, yes: bool) -> None:
    before = parse_age(age, context.now)
    if missing := context.store.missing_error():
        raise missing
    if not yes and (count := history_service.count_entries_before(context.store, actor, before)):
        if not context.is_interactive:
            raise confirmation_error("add --yes to confirm; pruned commands cannot be undone")
        users = "all users" if actor.tasks_of == ALL_USERS else f"user {actor.tasks_of}"
        commands = f"{pluralize(count, 'command')} of {users} before {before.astimezone(context.zone):%Y-%m-%d %H:%M}"
        confirm(f"Prune {commands}? Pruned commands can no longer be undone.")
    count = history_service.prune_history(context.store, actor, before)
    pruned = pluralize(count, "command")
    write_result(f"Pruned {pruned}.\n" if context.is_terminal else f"{count}\n", done=f"pruned {pruned}")
