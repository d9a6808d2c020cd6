"""`tasktimer projects`: the projects there are, and how much they were used."""

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.names import write_usages
from tasktimer.cli.options import AnyUser, Json
from tasktimer.tracker import naming

EPILOG = """\
Examples:
  tasktimer projects
  tasktimer projects --user 42 --json

A terminal gets a table. A pipe gets tab-separated lines: name, count (of
tasks), last_time (when the last of them started), worked (seconds).
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def projects(ctx: typer.Context, user: AnyUser = None, as_json: Json = False) -> None:
    """Show the projects, with their tasks, their time and their last use."""
    context: Context = ctx.obj
    write_usages(context, naming.projects, user, "Projects", as_json=as_json)
