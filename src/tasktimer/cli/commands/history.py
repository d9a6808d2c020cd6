"""`tasktimer history`: show or prune the commands that changed tasks."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from tasktimer.cli.commands._undo_redo import write_commands
from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.prompts import confirm, confirmation_error
from tasktimer.cli.streams import print_note, write_result
from tasktimer.core.actor import ALL_USERS, Actor
from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import parse_id, parse_positive
from tasktimer.core.timeparse.durations import parse_age
from tasktimer.errors import InvalidValue, StoreMissing
from tasktimer.output import journal
from tasktimer.output.messages import pluralize
from tasktimer.services import history as history_service

EPILOG = """\
Examples:
  tasktimer history                  the latest commands
  tasktimer history 7                everything done to task 7
  tasktimer history --limit 100
  tasktimer history --prune 1y       delete what is older than a year

AGE is 90d, 2w, 6mo or 1y. History is kept until you prune it. Pruned commands
can no longer be undone; tasks are not affected.

Prints a table on a terminal. Prints tab-separated lines on a pipe: id,
user_id, command, time, undone, reverses (the command that an undo or a redo
refers to), and comma-separated task IDs. --json also has each task before and
after.
"""

_LIMIT = 20

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def history(
    ctx: typer.Context,
    task: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="ID of a task.  (default: all tasks)",
            show_default=False,
            autocompletion=complete("recent"),
        ),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="N", help="Number of commands, the latest.  (default: 20)", show_default=False),
    ] = None,
    user: AnyUser = None,
    prune: Annotated[
        str | None, typer.Option("--prune", metavar="AGE", help="Delete the history older than this.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --prune, do not ask for confirmation.", show_default=False)
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the commands that changed tasks, oldest first."""
    context: Context = ctx.obj
    actor = context.resolve_user(user).reader
    if prune is not None:
        if other := "a task" if task is not None else "--limit" if limit is not None else "--json" if as_json else None:
            message, hint = f"--prune and {other} are both given", "use --prune with --user and --yes only"
            raise InvalidValue("prune-and-more", message, hint)
        _prune(context, prune, actor, yes=yes)
        return
    task_id = None if task is None else parse_id(task)
    number = _LIMIT if limit is None else parse_positive(limit, noun="limit", code="invalid-limit")
    try:
        commands = history_service.list_entries(
            context.store, actor, task_id, limit=number, max_changes=journal.MOST_LINES
        )
    except StoreMissing as missing:
        print_note(missing)
        if not context.is_terminal or as_json:  # the note is enough
            write_commands(context, [], lambda *_: (), as_json=as_json)
        return

    def table(context: Context, commands: Sequence[JournalEntry]) -> Iterable[str]:
        yield _table(context, commands, actor.tasks_of_user if task_id is None else None)

    write_commands(context, commands, table, as_json=as_json)


def _table(context: Context, commands: Sequence[JournalEntry], user_id: int | None) -> str:
    return journal.entries_table(
        commands, context.now, user_id=user_id, reader=context.resolve_user(None).reader_for_ids.user_id
    )


def _prune(context: Context, age: str, actor: Actor, *, yes: bool) -> None:
    before = parse_age(age, context.now)
    if not yes:
        if not context.is_interactive:
            raise confirmation_error("add --yes to confirm; pruned commands cannot be undone")
        count = history_service.count_entries_before(context.store, actor, before)
        users = "all users" if actor.tasks_of == ALL_USERS else f"user {actor.tasks_of}"
        commands = f"{pluralize(count, 'command')} of {users} before {before.astimezone(context.zone):%Y-%m-%d %H:%M}"
        confirm(f"Prune {commands}? They can no longer be undone.")
    count = history_service.prune_history(context.store, actor, before)
    pruned = pluralize(count, "command")
    write_result(f"Pruned {pruned}.\n" if context.is_terminal else f"{count}\n", done=f"{pruned} pruned")
