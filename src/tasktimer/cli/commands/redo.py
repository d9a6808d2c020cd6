"""`tasktimer redo`: redo commands that were undone."""

import typer

from tasktimer.cli.commands._undo_redo import Count, parse_count, reverse, write_reversals
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser
from tasktimer.services import undo

EPILOG = """\
Examples:
  tasktimer redo          the command that was undone last
  tasktimer redo 3        three commands, the one undone last first

Commands can be redone until you run another command that changes tasks.

Prints the lines of tasktimer history on a pipe.
"""


def redo(
    ctx: typer.Context,
    count: Count = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Redo the commands that you undid last."""
    context: Context = ctx.obj
    commands = reverse(undo.redo, context, user, parse_count(count))
    write_reversals(context, commands, done="redone", as_json=as_json)
