"""`tasktimer undo`: take back what was done last."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser
from tasktimer.cli.reversals import parse_count, write_reversals
from tasktimer.tracker import undoing

EPILOG = """\
Examples:
  tasktimer undo          takes back your last command that changed tasks
  tasktimer undo 3        the last three
  tasktimer redo          brings it back

Whole commands are taken back, however many tasks each changed, as far back as
the journal goes: tasktimer history. Commands of other users stay. If a task
has changed since, nothing is done.

A pipe gets the lines of tasktimer history.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def undo(
    ctx: typer.Context,
    count: Annotated[
        str | None, typer.Argument(metavar="[N]", help="How many commands.  (default: 1)", show_default=False)
    ] = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Take back your last command."""
    context: Context = ctx.obj
    number = parse_count(count)
    commands = undoing.undo(context.store, by=context.owner(user), count=number, now=context.now)
    write_reversals(context, commands, done="taken back", as_json=as_json)
