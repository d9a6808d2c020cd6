"""`tasktimer backup`: copy the file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.exits import write_result
from tasktimer.cli.options import Json
from tasktimer.errors import InvalidValue
from tasktimer.output.text import counted, printable, size
from tasktimer.store.backup import back_up

EPILOG = """\
Examples:
  tasktimer backup                      beside the file, named by the time
  tasktimer backup /mnt/usb/            in a folder
  tasktimer backup before-cleaning.db
  tasktimer --database before-cleaning.db times     look into it

Others may go on tracking, a server may have the file open. The copy is
checked before it gets its name, is readable by you alone, and never takes the
place of another file. It is a file like any other: to restore it, copy it
back while nothing runs.

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
            metavar="[PATH]", help="A new file, or a folder.  (default: beside the file)", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the file, whole and checked, while others use it."""
    context: Context = ctx.obj
    database = context.settings.database
    if not isinstance(database, Path):
        raise InvalidValue(
            "backup-of-postgres",
            "a PostgreSQL database is not a file to copy",
            "pg_dump makes a consistent copy: pg_dump --schema=tasktimer --format=custom --file=FILE NAME",
        )
    name = f"{database.stem}-{context.now:%Y-%m-%dT%H%M%S}.db"
    target, is_named = _target(path, database, name)
    made, tasks = back_up(database, target, numbered=not is_named)
    done = f"{made} is written"
    if as_json:
        from tasktimer.output.data import to_json

        found = {"path": str(made), "tasks": tasks, "size": made.stat().st_size}
        write_result(to_json(found), done=done, utf8=True)
    elif context.is_terminal:
        held = f"{counted(tasks, 'task')}, {size(made.stat().st_size)}"
        write_result(f"Backed up to {printable(str(made))} ({held}), and checked\n", done=done)
    else:
        write_result(f"{made}\n", done=done)


def _target(path: str | None, database: Path, name: str) -> tuple[Path, bool]:
    """Where the copy goes, and whether that very name was given."""
    if path is None:
        return database.with_name(name), False
    if not path.strip():
        raise InvalidValue("invalid-path", "the path of the copy is blank", "name a new file, or a folder")
    is_folder = path.endswith("/") or os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises)
    return (Path(path) / name, False) if is_folder else (Path(path), True)
