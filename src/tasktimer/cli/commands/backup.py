"""`tasktimer backup`: copy the file or database."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, argument
from tasktimer.cli.results import write_record
from tasktimer.output.formatting import escape_for_terminal, format_bytes, pluralize
from tasktimer.services.backup import back_up

EPILOG = """\
Examples:
  tasktimer backup                      next to the file, named by the time
  tasktimer backup /mnt/usb/            in this folder
  tasktimer backup before-cleaning.db
  tasktimer --database before-cleaning.db times     read the copy

Other commands and a server can keep writing during the backup. The copy is
verified before it gets its final name, is readable only by you, and never
overwrites an existing file. To restore it, run: tasktimer restore COPY

A PostgreSQL database is copied with pg_dump and verified with pg_restore;
both must be on PATH. By default, the copy is created in the current
directory. For such a copy, tasktimer restore prints the pg_restore command.

Output: one line on a terminal, the path when piped, or a JSON object with
path, tasks and size with --json.
"""


def backup(
    ctx: typer.Context,
    path: Annotated[
        str | None,
        argument(
            "[PATH]", "New file, or its folder.  (default: next to the file; for PostgreSQL, the current directory)"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the file or database, even while it is in use."""
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
