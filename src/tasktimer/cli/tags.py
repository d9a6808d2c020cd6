"""`tasktimer tags`: the tags there are, and how much they were used."""

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.filters import with_filter
from tasktimer.cli.names import write_usages
from tasktimer.cli.options import AnyUser, Json
from tasktimer.core.filter import Filter
from tasktimer.tracker import naming

EPILOG = """\
Examples:
  tasktimer tags
  tasktimer tags --project acme
  tasktimer tags --user 42 --json

With a flag that begins with "Only", what is counted are such tasks alone.

A terminal gets a table. A pipe gets tab-separated lines: name, count (of
tasks), last_time (when the last of them started), worked (seconds).
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@with_filter()
def tags(ctx: typer.Context, wanted: Filter | None = None, user: AnyUser = None, as_json: Json = False) -> None:
    """Show the tags, with their tasks, their time and their last use."""
    context: Context = ctx.obj
    write_usages(context, naming.tags, wanted, user, "Tags", as_json=as_json)
