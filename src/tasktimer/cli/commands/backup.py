"""`tasktimer backup`: back up the file or database."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, argument
from tasktimer.cli.results import write_record
from tasktimer.output.formatting import escape_for_terminal, format_bytes, pluralize
from tasktimer.services.backup import back_up

EPILOG = """\
Examples:
  tasktimer backup                      next to the database file
  tasktimer backup /mnt/usb/            to a new file in this folder
  tasktimer backup before-cleaning.db
  tasktimer --database before-cleaning.db times     read the copy

Other commands and a server can keep writing during the backup. The copy is
verified before it receives its final name, is readable only by you, and never
overwrites an existing file. To restore it, run: tasktimer restore COPY

A PostgreSQL database is copied with pg_dump, and the copy is verified with
pg_restore; both programs must be on PATH. By default, the copy is created in
the current directory. To restore such a copy, run the pg_restore command that
tasktimer restore prints.

Output: one line on a terminal, or the path when piped. --json prints an
object with path, tasks and size.
"""


def backup(
    ctx: typer.Context,
    path: Annotated[
        str | None,
        argument(
            "[PATH]",
            "New file, or the folder for it.  "
            "(default: next to the database file; for PostgreSQL, the current directory)",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Back up the file or database, even while it is in use."""
    context: Context = ctx.obj
    copy = back_up(context.settings.database, path, now=context.now)
    path = str(copy.path)
    content = f"{pluralize(copy.tasks, 'task')}, {format_bytes(copy.size)}"
    write_record(
        context,
        as_json=as_json,
        record=lambda: {**copy._asdict(), "path": path},
        text=lambda: f"Created and verified {escape_for_terminal(path)} ({content})\n",
        lines=lambda: f"{path}\n",
        done=f"{path} was created",
        utf8=False,
    )
