"""A server on a PostgreSQL standby, which allows no changes until it is promoted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Run, wait_until
from tests.postgres import make_folder, promote, start_server, start_standby, stop_server
from tests.server.conftest import Serve
from tests.server.problem_details import check


@pytest.fixture
def servers() -> Iterator[tuple[Path, Path]]:
    """The folders of two PostgreSQL servers, which the test starts."""
    folder = make_folder()
    primary, standby = folder / "primary", folder / "standby"
    yield primary, standby
    for data in (standby, primary):
        if (data / "postmaster.pid").exists():
            stop_server(data)
    shutil.rmtree(folder)


def test_server_on_standby_reads_until_promotion(
    serve: Serve, run: Run, servers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, standby = servers
    start_server(primary, {})
    url, of_standby = (f"postgresql://postgres:@/postgres?host={data}" for data in servers)
    writing = serve(url)
    writing.track()
    start_standby(primary, standby)

    api = serve(of_standby, needs_token=False)
    problem = check(api.client.get("/readyz"), 503)
    assert problem["code"] == "store-read-only"
    assert check(api.post("/track", {"user_id": 1, "description": "x"}, token=None), 503)["code"] == "store-read-only"
    monkeypatch.setattr("tasktimer.server.run.serve", lambda _, listening, **__: listening.close())
    assert run("--database", of_standby, "serve", "--port", "0", "--migrate").exit_code == 3
    assert run("--database", of_standby, "serve", "--port", "0").exit_code == 0
    assert writing.track() == 2
    wait_until(lambda: api.get("/tasks/2", token=None).status_code == 200)

    promote(standby)
    wait_until(lambda: api.client.get("/readyz").status_code == 200)
    assert api.post("/track", {"user_id": 42, "description": "x"}, token=None).json()["id"] > 2
    api.end()
    writing.end()
