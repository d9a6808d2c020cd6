"""`tasktimer info`: show the store, its content and the settings."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from tasktimer import __version__
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.results import write_record
from tasktimer.cli.streams import print_error
from tasktimer.config.settings import config_file
from tasktimer.core.store_info import InfoField, StoreStats
from tasktimer.errors import TasktimerError
from tasktimer.output import json_tsv, records
from tasktimer.services.info import store_info
from tasktimer.store.protocols import SCHEMA_VERSION

EPILOG = """\
Examples:
  tasktimer info
  tasktimer info --json | jq -r .database.value
  tasktimer --database old.db info

The origin of a setting is an option, an environment variable, a line in the
config file, or the default. The state of the file or database is current,
older, missing (nothing has been tracked yet) or unusable. The counts include
the tasks of all users.

Problems with the settings, the file or the database are reported at the end
and determine the exit code. Nothing is created or changed.

Output: aligned lines on a terminal, or a JSON object with --json. When piped,
prints tab-separated lines: name, value and origin.
"""


def info(ctx: typer.Context, as_json: Json = False) -> None:
    """Show the file or database in use, and the settings."""
    context: Context = ctx.obj
    problems: dict[str, TasktimerError] = {}  # by message: several settings can have the same problem
    fields = [InfoField("program", __version__), *_store(context, problems), *_settings(context, problems)]
    write_record(
        context,
        as_json=as_json,
        record=lambda: records.info_to_dict(fields),
        text=lambda: records.info_lines(fields),
        lines=lambda: json_tsv.to_tsv(fields),
    )
    codes = [print_error(problem) for problem in problems.values()]
    if codes:
        raise typer.Exit(max(codes))  # a problem with the store takes precedence


def _store(context: Context, problems: dict[str, TasktimerError]) -> Iterator[InfoField]:
    """Yield the database and, as far as they can be read, its state and content."""
    database = _setting(context, "database", lambda: _name(context), problems)
    yield database
    store_details = None if database.value is None else store_info(context.store)
    if store_details is not None and store_details.problem is not None:
        problems.setdefault(store_details.problem.message, store_details.problem)
    for name in ("state", "size", "engine", "schema"):
        yield InfoField(name, getattr(store_details, name, None))
    yield InfoField("needed_schema", SCHEMA_VERSION)
    for name in StoreStats._fields:
        yield InfoField(name, store_details and getattr(store_details.counts, name, None))


def _name(context: Context) -> str:
    database = context.settings.database
    return str(database.absolute()) if isinstance(database, Path) else context.store.name


def _settings(context: Context, problems: dict[str, TasktimerError]) -> Iterator[InfoField]:
    settings = context.settings
    path = config_file()
    otherwise = "TZ" if os.environ.get("TZ") else "default"
    fields = [
        _setting(context, "user", lambda: settings.user, problems),
        _setting(context, "format", lambda: settings.format, problems),
        _setting(context, "tz", lambda: str(settings.zone), problems, otherwise=otherwise),
        _setting(context, "exclusive", lambda: str(settings.exclusive).lower(), problems),
    ]
    is_bad = settings.unreachable_config or any(problem.code == "invalid-config" for problem in problems.values())
    state = "cannot be read" if is_bad else "read" if path is not None and os.path.lexists(path) else "missing"
    yield InfoField("config", None if path is None else str(path), "no home directory" if path is None else state)
    yield from fields


def _setting(
    context: Context,
    name: str,
    read: Callable[[], str | int | None],
    problems: dict[str, TasktimerError],
    *,
    otherwise: str = "default",
) -> InfoField:
    """Return a setting with its origin; if it is invalid, omit its value and add the error to `problems`."""
    try:
        origin = context.settings.origin(name) or otherwise
    except TasktimerError as error:
        problems.setdefault(error.message, error)
        return InfoField(name, None, "unknown")
    try:
        return InfoField(name, read(), origin)
    except TasktimerError as error:
        problems.setdefault(error.message, error)
        return InfoField(name, None, origin)
