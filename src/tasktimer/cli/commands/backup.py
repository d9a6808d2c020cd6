"""`tasktimer backup`: copy the file, or the database."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.streams import write_result
from tasktimer.output.messages import escape_for_terminal, format_bytes, pluralize
from tasktimer.services.backup import back_up

EPILOG = """\
Examples:
  tasktimer backup                      beside the file, named by the time
  tasktimer backup /mnt/usb/            in a folder
  tasktimer backup before-cleaning.db
  tasktimer --database before-cleaning.db times     look into it

Others may go on tracking, a server may have the file open. The copy is
checked before it gets its name, is readable by you alone, and never takes the
place of another file. To bring it back: tasktimer restore COPY

A PostgreSQL database is copied by its own pg_dump and pg_restore, which must
be on PATH; without a path, its copy is in the working folder. For such a copy
tasktimer restore prints the pg_restore line that brings it back.

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
            help="A new file, or a folder.  (default: beside the file; of a database, here)",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the file or database, whole and checked, while others use it."""
    context: Context = ctx.obj
    made = back_up(context.settings.database, path, now=context.now)
    done = f"{made.path} is written"
    if as_json:
        from tasktimer.output.json_tsv import to_json

        write_result(to_json({**made._asdict(), "path": str(made.path)}), done=done, utf8=True)
    elif context.is_terminal:
        held = f"{pluralize(made.tasks, 'task')}, {format_bytes(made.size)}"
        write_result(f"Backed up to {escape_for_terminal(str(made.path))} ({held}), and checked\n", done=done)
    else:
        write_result(f"{made.path}\n", done=done)
