"""`tasktimer backup`: copy the file or database."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.streams import write_result
from tasktimer.output.messages import escape_for_terminal, format_bytes, pluralize
from tasktimer.services.backup import back_up

EPILOG = """\
Examples:
  tasktimer backup                      next to the file, named by the time
  tasktimer backup /mnt/usb/            in a folder
  tasktimer backup before-cleaning.db
  tasktimer --database before-cleaning.db times     read the copy

Other commands and a server can write meanwhile. The copy is verified before
it gets its name, is readable by you alone, and never overwrites an existing
file. To restore it: tasktimer restore COPY

A PostgreSQL database is copied with pg_dump and verified with pg_restore;
both must be on PATH. By default, its copy is in the working folder. For such
a copy, tasktimer restore prints the pg_restore line to run.

Prints a sentence on a terminal, the path on a pipe, and path, tasks and size
with --json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def backup(
    ctx: typer.Context,
    path: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATH]",
            help="New file, or folder.  (default: next to the file; for PostgreSQL, here)",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the file or database, even while it is in use."""
    context: Context = ctx.obj
    copy = back_up(context.settings.database, path, now=context.now)
    done = f"{copy.path} is written"
    if as_json:
        from tasktimer.output.json_tsv import to_json  # lazy: machine formats

        write_result(to_json({**copy._asdict(), "path": str(copy.path)}), done=done, utf8=True)
    elif context.is_terminal:
        content = f"{pluralize(copy.tasks, 'task')}, {format_bytes(copy.size)}"
        write_result(f"Backed up to {escape_for_terminal(str(copy.path))} ({content}), and checked\n", done=done)
    else:
        write_result(f"{copy.path}\n", done=done)
