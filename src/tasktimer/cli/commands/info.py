"""`tasktimer info`: where one is: the store, what it holds, and the settings."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from tasktimer import __version__
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.streams import report_error, write_result
from tasktimer.config.settings import config_file
from tasktimer.core.store_info import Counts, Fact
from tasktimer.errors import TasktimerError
from tasktimer.output.info import facts_lines, facts_object, facts_tsv
from tasktimer.services.info import describe
from tasktimer.store import SCHEMA_VERSION

EPILOG = """\
Examples:
  tasktimer info
  tasktimer info --json | jq -r .database.value
  tasktimer --database old.db info

With each setting stands where it comes from: a flag, a variable, a line of
the config file, or default. The state of the file or database is current,
older, missing (nothing is tracked yet) or unusable. Counts are of every user.

What is wrong with a setting or the file is told with all the rest, and the
exit code says so. Nothing is created or changed.

A terminal gets aligned lines; a pipe gets tab-separated lines: name, value,
origin; --json gives an object.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def info(ctx: typer.Context, as_json: Json = False) -> None:
    """Show which file or database is used, what it holds, and the settings."""
    context: Context = ctx.obj
    problems: dict[str, TasktimerError] = {}  # by what they say: many settings may meet one
    facts = [Fact("program", __version__), *_store(context, problems), *_settings(context, problems)]
    if as_json:
        from tasktimer.output.json_tsv import to_json

        write_result(to_json(facts_object(facts)), utf8=True)
    elif context.is_terminal:
        write_result(facts_lines(facts))
    else:
        write_result(facts_tsv(facts), utf8=True)
    codes = [report_error(problem) for problem in problems.values()]
    if codes:
        raise typer.Exit(max(codes))  # that of the store, before that of a setting


def _store(context: Context, problems: dict[str, TasktimerError]) -> Iterator[Fact]:
    """The database, and as much of what can be told of it as can be found out."""
    found = _setting(context, "database", lambda: _name(context), problems)
    yield found
    told = None if found.value is None else describe(context.store)
    if told is not None and told.problem is not None:
        problems.setdefault(told.problem.what, told.problem)
    yield Fact("state", told and told.state)
    yield Fact("size", told and told.size)
    yield Fact("engine", told and told.engine)
    yield Fact("schema", told and told.schema)
    yield Fact("needed_schema", SCHEMA_VERSION)
    for name in Counts._fields:
        yield Fact(name, told and getattr(told.counts, name, None))


def _name(context: Context) -> str:
    database = context.settings.database
    return str(database.absolute()) if isinstance(database, Path) else context.store.name


def _settings(context: Context, problems: dict[str, TasktimerError]) -> Iterator[Fact]:
    settings = context.settings
    path = config_file()
    otherwise = "TZ" if os.environ.get("TZ") else "default"
    facts = [
        _setting(context, "user", lambda: settings.user, problems),
        _setting(context, "format", lambda: settings.format, problems),
        _setting(context, "tz", lambda: str(settings.zone), problems, otherwise=otherwise),
    ]
    is_bad = settings.unreachable_config or any(problem.code == "invalid-config" for problem in problems.values())
    found = "cannot be read" if is_bad else "read" if path is not None and os.path.lexists(path) else "not there"
    yield Fact("config", None if path is None else str(path), "there is no home" if path is None else found)
    yield from facts


def _setting(
    context: Context,
    name: str,
    read: Callable[[], str | int | None],
    problems: dict[str, TasktimerError],
    *,
    otherwise: str = "default",
) -> Fact:
    """A setting with its origin; no value where it is bad, and the problem is kept."""
    try:
        origin = context.settings.origin(name) or otherwise
    except TasktimerError as error:
        problems.setdefault(error.what, error)
        return Fact(name, None, "unknown")
    try:
        return Fact(name, read(), origin)
    except TasktimerError as error:
        problems.setdefault(error.what, error)
        return Fact(name, None, origin)
