"""`tasktimer db`: show and upgrade the database schema."""

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.results import write_record
from tasktimer.cli.streams import ExitCode, write_result
from tasktimer.output.formatting import escape_for_terminal
from tasktimer.output.json_tsv import to_tsv
from tasktimer.store.protocols import SCHEMA_VERSION

UPGRADE_EPILOG = """\
Examples:
  tasktimer db upgrade
  tasktimer --database postgresql://USER@HOST/NAME db upgrade

A database file is backed up and upgraded automatically the first time a newer
version of tasktimer uses it. For a PostgreSQL database, run this command once
all users have installed the new version. If the database is empty, its schema
is created. The upgrade is atomic, and it is safe to run this command
concurrently.
"""

STATUS_EPILOG = """\
Examples:
  tasktimer db status
  tasktimer --database postgresql://USER@HOST/NAME db status || echo outdated

The state is current, missing (there is no schema yet), or older (the version
of the schema is lower than the one that tasktimer requires). The exit code is
1 unless the state is current.

Output: one line on a terminal, or a JSON object with --json. When piped,
prints one tab-separated line: state, version and required version.
"""

app = typer.Typer(name="db", add_completion=False, help="Show or upgrade the database schema.")


@app.command(epilog=STATUS_EPILOG)
def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Show the version of the database schema."""
    context: Context = ctx.obj
    version = context.store.version()
    state = "missing" if version is None else "older" if version < SCHEMA_VERSION else "current"
    name = context.store.name
    write_record(
        context,
        as_json=as_json,
        record=lambda: {"database": name, "state": state, "version": version, "needed": SCHEMA_VERSION},
        text=lambda: f"{escape_for_terminal(name)}: {_sentence(state, version)}\n",
        lines=lambda: to_tsv([(state, version, SCHEMA_VERSION)]),
    )
    if state != "current":
        raise typer.Exit(ExitCode.FAILED)


@app.command(epilog=UPGRADE_EPILOG)
def upgrade(ctx: typer.Context) -> None:
    """Create the database schema, or upgrade it if it is outdated."""
    context: Context = ctx.obj
    before = context.store.version()
    context.store.upgrade()
    if context.is_terminal:
        done = "is set up" if before is None else "was upgraded" if before < SCHEMA_VERSION else "is current"
        version = max(SCHEMA_VERSION, before or 0)
        write_result(f"{escape_for_terminal(context.store.name)}: the schema {done}, version {version}\n")


def _sentence(state: str, version: int | None) -> str:
    return {
        "missing": "nothing is stored yet",
        "current": f"the schema is current, version {version}",
        "older": (
            f"the schema has version {version}, but version {SCHEMA_VERSION} is required; "
            "to upgrade it, run: tasktimer db upgrade"
        ),
    }[state]
