"""A server in a separate process."""

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import httpx
from tests.conftest import PATIENCE
from tests.plain_http import NO_CERTIFICATES
from tests.system.command import TASKTIMER

from tasktimer.config.settings import parse_database
from tasktimer.store.factory import open_store


class Server:
    """A running `tasktimer serve`, with its output in a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    def wait_until_it_serves(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                httpx.get(f"{self.url}/healthz", timeout=PATIENCE, verify=NO_CERTIFICATES)
            except (httpx.TransportError, AttributeError):
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log())

    @property
    def url(self) -> str:
        found = re.search(r" on (http://\S+) ", self.log())
        if found is None:
            raise AttributeError("it does not say yet where it serves")
        return found[1]

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, verify=NO_CERTIFICATES)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def running(command: str | Sequence[str], *, environ: dict[str, str], folder: Path) -> Iterator[Server]:
    """Run a command, through a shell if it is text, until the block ends; then kill its process group."""
    words = ["sh", "-c", command] if isinstance(command, str) else command
    log = folder / "server.log"
    with (
        log.open("wb") as file,
        subprocess.Popen(words, env=environ, cwd=folder, stdout=file, stderr=file, start_new_session=True) as process,
    ):
        try:
            server = Server(process, log)
            server.wait_until_it_serves()
            yield server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


Serve = Callable[..., AbstractContextManager[Server]]


@contextmanager
def serving(database: str, *flags: str, environ: dict[str, str], log: Path) -> Iterator[Server]:
    """Run a server until the block ends; print its log if the block fails."""
    waits = ["--store-timeout", str(PATIENCE)]
    command = [TASKTIMER, "--database", database, "serve", "--port", "0", *waits, *flags]
    with log.open("wb") as file, subprocess.Popen(command, env=environ, stdout=file, stderr=file) as process:
        server = Server(process, log)
        try:
            server.wait_until_it_serves()
            yield server
        except BaseException:
            print(server.log())
            raise
        finally:
            if process.poll() is None:
                server.end()


def stored(database: str) -> dict[int, tuple[str, bool]]:
    """Return the description of each task, and whether it is running."""
    with closing(open_store(parse_database(database))) as store, store.read() as connection:
        rows = connection.execute("SELECT id, description, end_time FROM tasks", {})
        return {number: (text, end is not None) for number, text, end in rows}


def check_sound(database: str) -> None:
    if "://" not in database:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
