"""`tasktimer undo`: take back what was done last."""

from typing import Annotated

import typer

from tasktimer.cli.commands._undo_redo import Count, parse_command, parse_count, reverse, write_reversals
from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser
from tasktimer.errors import InvalidValue
from tasktimer.services import undo as undo_service

EPILOG = """\
Examples:
  tasktimer undo                 takes back your last command
  tasktimer undo 3               the last three
  tasktimer undo --command 12    that one, and none that came after it
  tasktimer redo                 brings it back

Whole commands are taken back, however many tasks each changed, as far back as
the journal goes: tasktimer history. Commands of other users stay. If a task
has changed since, nothing is done.

A pipe gets the lines of tasktimer history.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def undo(
    ctx: typer.Context,
    count: Count = None,
    command: Annotated[
        str | None,
        typer.Option(
            "--command",
            metavar="NR",
            help="Only this one of your commands, as numbered by history.",
            autocompletion=complete("command"),
        ),
    ] = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Take back your last command."""
    context: Context = ctx.obj
    if command is not None and count is not None:
        raise InvalidValue("count-and-command", "a number of commands and --command are both given", "give one of them")
    if command is None:
        commands = reverse(undo_service.undo, context, user, parse_count(count))
    else:
        actor = context.resolve_user(user).author
        commands = [undo_service.undo_entry(context.store, actor, parse_command(command), now=context.now)]
    write_reversals(context, commands, done="taken back", as_json=as_json)
