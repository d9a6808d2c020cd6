"""Start local servers and measure them under load."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from home import HERE, TASKTIMER, Home

_SECONDS_TO_START = 60
_WARM_UP = 1.0


@dataclass(frozen=True, slots=True)
class Server:
    """The address of a running server, and the headers of requests to the server."""

    port: int
    headers: str


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """The request that every client repeats; `{id}` in the body is replaced by a new number each time."""

    method: str
    path: str
    body: str = ""
    first_id: int = 1


@dataclass(frozen=True, slots=True)
class Turns:
    """The number of turns per server, and the length of each turn in seconds, after a warm-up."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A server's throughput (200 responses per second), 99th percentile latency, and number of other responses."""

    rate: float
    p99: float
    errors: int


@contextmanager
def tasktimer_server(home: Home, database: str, *, workers: int = 1) -> Iterator[Server]:
    """Run the tasktimer server, with a token."""
    tasktimer = [str(TASKTIMER), "--database", database]
    create = [*tasktimer, "token", "create", "--user", "1", "--admin"]
    token = subprocess.check_output(create, env=home.environment, text=True).strip()
    port = _free_port()
    words = [*tasktimer, "serve", "--port", str(port), "--no-access-log", "--workers", str(workers)]
    with _running(words, home.environment, port):
        yield Server(port, _headers(f"Authorization: Bearer {token}\r\n"))


@contextmanager
def uvicorn_server(name: str, environment: dict[str, str], *, workers: int = 1) -> Iterator[Server]:
    """Run an application from this folder on the same version of uvicorn."""
    port = _free_port()
    options = ["--app-dir", str(HERE), "--port", str(port), "--no-access-log", "--log-level", "critical"]
    options += ["--workers", str(workers)]
    with _running([sys.executable, "-m", "uvicorn", *options, f"{name}:app"], environment, port):
        yield Server(port, _headers())


def rates(*targets: tuple[Server, RequestTemplate], clients: int, turns: Turns) -> list[Rate]:
    """Load servers in turns (A B A B); return each server's median rate, median latency and total number of errors."""
    next_ids = [template.first_id for _, template in targets]
    measured = []
    for _ in range(turns.count):
        turn = []
        for number, (server, template) in enumerate(targets):
            result = _load(server, template, next_ids[number], clients=clients, seconds=turns.seconds)
            next_ids[number] = result["next_id"]
            turn.append(result)
        measured.append(turn)
    return [
        Rate(
            median(run["rate"] for run in each),
            median(run["p99"] for run in each),
            sum(number for run in each for status, number in run["statuses"].items() if status != "200"),
        )
        for each in zip(*measured, strict=True)
    ]


def _load(server: Server, template: RequestTemplate, first: int, *, clients: int, seconds: float) -> dict[str, Any]:
    spec = {
        "port": server.port,
        "headers": server.headers,
        "method": template.method,
        "path": template.path,
        "body": template.body,
        "first_id": first,
        "clients": clients,
        "seconds": seconds,
        "warm_up": _WARM_UP,
    }
    command = [sys.executable, str(HERE / "http_load.py")]
    process = subprocess.run(command, input=json.dumps(spec), stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(process.stdout)
    return result


@contextmanager
def _running(words: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    with subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL, cwd=Path(environment["HOME"])) as process:
        try:
            _wait_for(process, port)
            yield
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/openapi.json")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    sys.exit(f"error: {process.args!r} does not serve")


def _headers(more: str = "") -> str:
    return f"Host: 127.0.0.1\r\nContent-Type: application/json\r\n{more}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
