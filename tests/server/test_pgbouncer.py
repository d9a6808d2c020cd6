"""A server behind PgBouncer, which runs each transaction in a session of its choice."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from tests.conftest import Run, wait_until
from tests.server.conftest import Serve

PORT = 6432  # only part of the name of a socket
SETTINGS = """\
[databases]
* = host={host} user=postgres
[pgbouncer]
pool_mode = transaction
default_pool_size = 3
auth_type = any
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
logfile = {folder}/log
pidfile = {folder}/pid
"""


@pytest.fixture
def pooled_url(postgres_url: str) -> Iterator[str]:
    """The URL of a new database behind PgBouncer, which has three sessions for all clients."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("PgBouncer is not installed")
    parts = urlsplit(postgres_url)
    folder = Path(mkdtemp(prefix="tasktimer-pgbouncer-"))  # the name of a socket must be short
    (host,) = parse_qs(parts.query)["host"]
    (folder / "ini").write_text(SETTINGS.format(host=host, port=PORT, folder=folder))
    account = []
    if os.geteuid() == 0:  # as root, it runs as another user, who must be able to use PostgreSQL's socket
        owner = Path(host).owner()
        shutil.chown(folder, owner)
        account = ["-u", owner]
    server = subprocess.Popen(["pgbouncer", "-q", *account, folder / "ini"], stderr=subprocess.DEVNULL)
    try:
        wait_until((folder / f".s.PGSQL.{PORT}").exists)
        yield f"postgresql://postgres@/{parts.path.strip('/')}?host={folder}&port={PORT}&prepare_threshold=none"
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder)


def test_requests_share_the_sessions(serve: Serve, pooled_url: str, run: Run) -> None:
    api = serve(pooled_url)

    def work(number: int) -> int:
        task_id = api.track(number % 7 + 1, f"task {number}", tags=["a"])
        assert api.post("/stop", {"id": task_id}).status_code == 200
        assert task_id in [task["id"] for task in api.get(f"/times?user_id={number % 7 + 1}&date=2023-07-16").json()]
        return task_id

    with ThreadPoolExecutor(16) as threads:
        ids = sorted(threads.map(work, range(100)))
    assert ids == sorted(task["id"] for task in api.get("/tasks?limit=1000").json()["tasks"])
    listed = run("--database", pooled_url, "list", "all", "--user", "all", "--format", "tsv")
    assert (listed.exit_code, len(listed.out.splitlines())) == (0, 100)
    assert run("--database", pooled_url, "undo", "--user", "1").exit_code == 0
    with psycopg.connect(pooled_url.replace("&prepare_threshold=none", ""), prepare_threshold=None) as connection:
        assert connection.execute("SHOW lock_timeout").fetchone() == ("0",)  # nothing is left of other transactions
