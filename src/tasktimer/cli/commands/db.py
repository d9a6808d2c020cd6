"""`tasktimer db`: the tables of a database, and bringing older ones up to date."""

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.streams import ExitCode, write_result
from tasktimer.output import json_tsv
from tasktimer.output.messages import escape_for_terminal
from tasktimer.store import SCHEMA_VERSION

UPGRADE_EPILOG = """\
Examples:
  tasktimer db upgrade
  tasktimer --database postgresql://USER@HOST/NAME db upgrade

A file is upgraded by any command that uses it; this is for a PostgreSQL
database, when everybody who uses it has the new version. An empty one is set
up. All is done or nothing; several may do it at once. A file is copied first.
"""

STATUS_EPILOG = """\
Examples:
  tasktimer db status
  tasktimer --database postgresql://USER@HOST/NAME db status || echo not yet

Prints a sentence on a terminal; on a pipe state, version and needed version,
tab-separated; or JSON. The state is current, older or missing; exit code 1
says that it is not current.
"""

app = typer.Typer(name="db", add_completion=False, help="Show or upgrade the schema of the database.")


@app.command(epilog=STATUS_EPILOG)
def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Say which version of the schema the database has."""
    context: Context = ctx.obj
    version = context.store.version()
    state = "missing" if version is None else "current" if version == SCHEMA_VERSION else "older"
    if as_json:
        found = {"database": context.store.name, "state": state, "version": version, "needed": SCHEMA_VERSION}
        write_result(json_tsv.to_json(found), utf8=True)
    elif context.is_terminal:
        write_result(f"{escape_for_terminal(context.store.name)}: {_sentence(state, version)}\n")
    else:
        write_result(f"{state}\t{'' if version is None else version}\t{SCHEMA_VERSION}\n")
    if state != "current":
        raise typer.Exit(ExitCode.FAILED)


@app.command(epilog=UPGRADE_EPILOG)
def upgrade(ctx: typer.Context) -> None:
    """Set up the schema, or bring an older one to the version that this program needs."""
    context: Context = ctx.obj
    before = context.store.version()
    context.store.upgrade()
    if context.is_terminal:
        done = "is current" if before == SCHEMA_VERSION else "is set up" if before is None else "was upgraded"
        write_result(f"{escape_for_terminal(context.store.name)}: the schema {done}, version {SCHEMA_VERSION}\n")


def _sentence(state: str, version: int | None) -> str:
    return {
        "missing": "nothing is stored yet",
        "current": f"the schema is current, version {version}",
        "older": f"the schema is of version {version}, this program needs {SCHEMA_VERSION}: tasktimer db upgrade",
    }[state]
