"""Shared fixtures: an empty home, a fixed clock, a command runner, both engines, golden files."""

import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from zoneinfo import ZoneInfo

import pytest

from tasktimer.cli.app import run as run_command
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite import connection
from tests.commits import After, connecting

BERLIN = ZoneInfo("Europe/Berlin")
# Seconds after which a wait for an event fails, even on a machine that is many times slower.
PATIENCE = 3_000
NOW = datetime(2023, 7, 16, 12, 0, tzinfo=BERLIN)  # a Sunday

pytest_plugins = ["tests.postgres", "tests.examples", "tests.printed"]
collect_ignore = ["cycles.py", "private_imports.py"]  # require import-linter, which the tests do not install

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, str], None]  # the name and the expected content of a file


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the present output of the program to the golden files"
    )


def pytest_configure() -> None:
    """Make Ctrl-C interrupt the programs that tests start; a shell that runs pytest in the background ignores it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before -m evaluates the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests of whole processes as slow, and spread slow tests over the workers."""
    for item in items:
        if "system" in item.path.parts:
            item.add_marker("slow")
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    fast = [item for item in items if not item.get_closest_marker("slow")]
    size = -(-len(fast) // workers)
    items[:] = [
        item
        for worker in range(workers)
        for item in (*slow[worker::workers], *fast[worker * size : (worker + 1) * size])
    ]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition of another thread or process is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with a golden file byte for byte, or write the file with --update-golden."""

    def compare(name: str, text: str, path: Path | None = None) -> None:
        path = path or GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home in Berlin, without the developer's own settings."""
    for name in os.environ:
        if name.startswith(("TASKTIMER_", "XDG_", "LC_", "PG", "_TASKTIMER")):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()  # the views ask the C library
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("LINES", raising=False)  # set in the workers of xdist
    return home


@pytest.fixture
def data_file(home: Path) -> Path:
    """The default path of the database."""
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "tasktimer" / "tasktimer.db"
    return home / ".local" / "share" / "tasktimer" / "tasktimer.db"


@pytest.fixture
def config_file(home: Path) -> Path:
    """The path of the config file; its folder exists, the file does not."""
    folder = home / ("Library/Application Support/tasktimer" if sys.platform == "darwin" else ".config/tasktimer")
    folder.mkdir(parents=True)
    return folder / "config.toml"


@dataclass(frozen=True)
class Result:
    """The exit code and output of a command."""

    exit_code: int
    out: str
    err: str


class Stream(io.TextIOWrapper):
    """A replacement for a standard stream, a terminal or a pipe."""

    def __init__(self, file: IO[bytes] | None = None, *, terminal: bool) -> None:
        self.terminal = terminal
        super().__init__(file or io.BytesIO(), encoding="utf-8", newline="\n")

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        return (buffer.getvalue() if isinstance(buffer, io.BytesIO) else Path(buffer.name).read_bytes()).decode()


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, at a given moment, on a pipe or a terminal."""

    def command(*arguments: str, now: datetime = NOW, terminal: bool = False, stdout: IO[str] | None = None) -> Result:
        def clock(zone: tzinfo) -> datetime:
            return now.astimezone(zone)

        # Files, because a command redirects the descriptor of an output that failed.
        with NamedTemporaryFile() as out_file, NamedTemporaryFile() as err_file, monkeypatch.context() as patch:
            out, err = Stream(out_file, terminal=terminal), Stream(err_file, terminal=terminal)
            patch.setattr(sys, "stdout", stdout or out)
            patch.setattr(sys, "stderr", err)
            exit_code = run_command(arguments, clock)
            return Result(exit_code, out.text(), err.text())

    return command


@pytest.fixture
def after_commits(monkeypatch: pytest.MonkeyPatch) -> After:
    """Run a function right after each commit of a change to a file, before its caller continues."""

    def patch(action: Callable[[], None]) -> None:
        monkeypatch.setattr(connection, "sqlite3", connecting(action))

    return patch


Prepare = Callable[[str, Path | str, Callable[[], object]], None]


@pytest.fixture(scope="session")
def prepare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepare:
    """Provide the content of a database that many tests start from: the first test creates it, the others copy it."""
    folder = tmp_path_factory.mktemp("templates")

    def provide(name: str, database: Path | str, make: Callable[[], object]) -> None:
        if "://" in str(database):
            request.getfixturevalue("postgres_content")(name, database, make)
            return
        template, path = folder / name, Path(database)
        if template.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy(template, path)
        else:
            make()
            shutil.copy(path, template)

    return provide


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The value of --database for each engine; the store is empty or, unless another fixture needs it, missing."""
    if request.param == "sqlite":
        return str(tmp_path / "tasks.db")
    needs_store = {"store", "api"} & set(request.fixturenames)
    return str(request.getfixturevalue("postgres_store_url" if needs_store else "postgres_url"))


@pytest.fixture
def store(database: str, prepare: Prepare) -> Iterator[Store]:
    """An empty store of each engine."""
    is_file = not database.startswith("postgresql:")
    with closing(open_store(Path(database) if is_file else database)) as store:
        if is_file:
            prepare("empty", database, store.upgrade)
        yield store
