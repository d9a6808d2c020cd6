"""`tasktimer info`: where one is: the store, what it holds, and the settings."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import typer

from tasktimer import __version__
from tasktimer.cli.context import Context
from tasktimer.cli.exits import report_error, write_result
from tasktimer.cli.options import Json
from tasktimer.core.facts import Counts, Fact
from tasktimer.errors import TasktimerError
from tasktimer.output.facts import facts_lines, facts_object, facts_tsv
from tasktimer.settings import config_file
from tasktimer.store import SCHEMA_VERSION
from tasktimer.tracker.counting import count

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
        from tasktimer.output.data import to_json

        write_result(to_json(facts_object(facts)), utf8=True)
    elif context.is_terminal:
        write_result(facts_lines(facts))
    else:
        write_result(facts_tsv(facts), utf8=True)
    codes = [report_error(problem) for problem in problems.values()]
    if codes:
        raise typer.Exit(max(codes))


def _store(context: Context, problems: dict[str, TasktimerError]) -> Iterator[Fact]:
    """The database, and as much of what can be told of it as can be found out."""
    found = _setting(context, "database", lambda: _name(context), problems)
    yield found
    facts: dict[str, str | int | None] = dict.fromkeys(("state", "size", "engine", "schema", *Counts._fields))
    if found.value is not None:
        try:
            _look(context, facts)
        except TasktimerError as error:
            facts["state"] = "unusable"
            problems.setdefault(error.what, error)
    for name, value in facts.items():
        yield Fact(name, value)
        if name == "schema":
            yield Fact("needed_schema", SCHEMA_VERSION)


def _name(context: Context) -> str:
    database = context.settings.database
    return str(database.absolute()) if isinstance(database, Path) else context.store.name


def _look(context: Context, facts: dict[str, str | int | None]) -> None:
    store, database = context.store, context.settings.database
    if isinstance(database, Path):
        with suppress(OSError):  # the store says why
            facts["size"] = database.stat().st_size if database.is_file() else None
    facts["engine"] = store.engine()
    version = facts["schema"] = store.version()
    facts["state"] = "missing" if version is None else "current" if version == SCHEMA_VERSION else "older"
    if version == SCHEMA_VERSION:  # an older one is not upgraded to be looked at
        facts.update(count(store)._asdict())


def _settings(context: Context, problems: dict[str, TasktimerError]) -> Iterator[Fact]:
    settings = context.settings
    path = config_file()
    there = "there is no home" if path is None else "read" if os.path.lexists(path) else "not there"
    yield Fact("config", None if path is None else str(path), there)
    yield _setting(context, "user", lambda: settings.user, problems)
    yield _setting(context, "format", lambda: settings.format, problems)
    otherwise = "TZ" if os.environ.get("TZ") else "default"
    yield _setting(context, "tz", lambda: str(settings.zone), problems, otherwise=otherwise)


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
