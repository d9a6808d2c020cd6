"""`tasktimer undo`: undo commands."""

from shlex import join
from typing import Annotated

import typer

from tasktimer.cli.commands._undo_redo import Count, parse_count, write_reversals
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser, option
from tasktimer.core.task import parse_positive
from tasktimer.errors import InvalidValue
from tasktimer.services import undo as undo_service

EPILOG = """\
Examples:
  tasktimer undo                 your most recent command
  tasktimer undo 3               your three most recent commands
  tasktimer undo --command 12    only that command
  tasktimer redo                 redo the undone command

A command is undone as a whole, however many tasks it changed. Other users'
commands are not affected. If any of the tasks has changed since, nothing is
undone. To show the commands that can be undone, run: tasktimer history

Output: the changes on a terminal, or the commands as JSON with --json. When
piped, prints one line per command, as tasktimer history does.
"""


def undo(
    ctx: typer.Context,
    count: Count = None,
    command: Annotated[
        str | None, option("--command", "N", "Undo only this command; see tasktimer history for its number.", "command")
    ] = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Undo your most recent commands."""
    context: Context = ctx.obj
    if command is not None and count is not None:
        raise InvalidValue("count-and-command", "N and --command cannot be used together", "omit one of them")
    store, actors, now = context.store, context.resolve_user(user), context.now
    if command is None:
        commands = undo_service.undo(store, actors.author, parse_count(count), now=now)
    else:
        entry_id = parse_positive(command, noun="command number", code="invalid-command")
        commands = [undo_service.undo_entry(store, actors.author_for_ids, entry_id, now=now)]
    words = ["tasktimer", "redo"]
    if len(commands) > 1:
        words.append(str(len(commands)))
    if user is not None:
        words += ["--user", user]
    write_reversals(context, commands, done="undone", as_json=as_json, reverse=join(words))
