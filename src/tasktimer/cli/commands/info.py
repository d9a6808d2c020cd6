"""`tasktimer info`: show the store, its content and the settings."""

import os
from collections.abc import Iterator
from pathlib import Path

import typer

from tasktimer import __version__
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.results import write_record
from tasktimer.cli.setting_fields import setting_field
from tasktimer.cli.streams import print_error
from tasktimer.config.setting_names import SETTINGS
from tasktimer.config.settings import config_file
from tasktimer.core.store_info import Info, InfoField, StoreStats
from tasktimer.errors import TasktimerError, format_users
from tasktimer.output import json_tsv, records
from tasktimer.services.info import store_info
from tasktimer.store.protocols import SCHEMA_VERSION

EPILOG = """\
Examples:
  tasktimer info
  tasktimer info --json | jq -r .database.value
  tasktimer --database old.db info

The origin of a setting is an option, an environment variable, a line in the
config file, or the default. If no user is set, the origin of the user setting
shows which users the file has. The state of the file or database is current,
older (its schema must be upgraded), missing (nothing has been tracked yet) or
unusable. The counts include the tasks of all users.

Problems with the settings, the file or the database are reported at the end
and determine the exit code. Nothing is created or changed.

Output: aligned lines on a terminal, or a JSON object with --json. When piped,
prints tab-separated lines: name, value and origin.
"""


def info(ctx: typer.Context, as_json: Json = False) -> None:
    """Show the file or database in use, and the settings."""
    context: Context = ctx.obj
    problems: dict[str, TasktimerError] = {}  # by message: several settings can have the same problem
    database = setting_field(context, "database", problems)
    store = None if database.value is None else store_info(context.store)
    fields = [
        InfoField("program", __version__),
        database,
        *_store(store, problems),
        *_settings(context, store, problems),
    ]
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


def _store(store: Info | None, problems: dict[str, TasktimerError]) -> Iterator[InfoField]:
    """Yield the state and the content of the database, as far as they can be read."""
    if store is not None and store.problem is not None:
        problems.setdefault(store.problem.message, store.problem)
    for name in ("state", "size", "engine", "schema"):
        yield InfoField(name, getattr(store, name, None))
    yield InfoField("needed_schema", SCHEMA_VERSION)
    for name in StoreStats._fields:
        yield InfoField(name, store and getattr(store.counts, name, None))


def _settings(context: Context, store: Info | None, problems: dict[str, TasktimerError]) -> Iterator[InfoField]:
    path = config_file()
    fields = [setting_field(context, name, problems) for name in SETTINGS if name != "database"]
    fields[0] = _user(fields[0], context, store)
    is_bad = context.settings.unreachable_config or any(
        problem.code == "invalid-config" for problem in problems.values()
    )
    state = "cannot be read" if is_bad else "read" if path is not None and os.path.lexists(path) else "missing"
    yield InfoField("config", None if path is None else str(path), "no home directory" if path is None else state)
    yield from fields


def _user(field: InfoField, context: Context, store: Info | None) -> InfoField:
    """Return the user for commands without --user, and where that setting comes from; `field` is the setting."""
    if field.value is not None or field.origin != "default" or store is None:
        return field
    if store.all_users is None or not isinstance(context.settings.database, Path):
        return field
    match store.all_users:
        case []:
            return InfoField("user", 1, "the file has no user yet")
        case [user]:
            return InfoField("user", user, "the only user of the file")
        case users:
            return InfoField("user", None, f"several users: {format_users(users)}")
