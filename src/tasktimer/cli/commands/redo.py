"""`tasktimer redo`: do again what was taken back."""

import typer

from tasktimer.cli.commands._undo_redo import Count, parse_count, reverse, write_reversals
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser
from tasktimer.services import undo

EPILOG = """\
Examples:
  tasktimer redo          does again what you took back last
  tasktimer redo 3        three commands, what was taken back last first

What undo took can be brought back until you give another command that changes
tasks. A pipe gets the lines of tasktimer history.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def redo(
    ctx: typer.Context,
    count: Count = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Do again what undo took back."""
    context: Context = ctx.obj
    commands = reverse(undo.redo, context, user, parse_count(count))
    write_reversals(context, commands, done="done again", as_json=as_json)
