"""`tasktimer redo`: redo undone commands."""

import typer

from tasktimer.cli.commands._undo_redo import Count, parse_count, write_reversals
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser
from tasktimer.services import undo

EPILOG = """\
Examples:
  tasktimer redo          the most recently undone command
  tasktimer redo 3        the three most recently undone commands

Commands can be redone until you run another command that changes tasks.

Output: the changes on a terminal, or the commands as JSON with --json. When
piped, prints one line per command, as tasktimer history does.
"""


def redo(
    ctx: typer.Context,
    count: Count = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Redo your most recently undone commands."""
    context: Context = ctx.obj
    actor = context.resolve_user(user).author
    commands = undo.redo(context.store, actor, parse_count(count), now=context.now)
    write_reversals(context, commands, done="redone", as_json=as_json)
