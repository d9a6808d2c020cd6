"""A server runs on while a newer version has upgraded its PostgreSQL database, if that says so."""

from contextlib import closing

import psycopg
import pytest
from tests.conftest import Run
from tests.server.conftest import Serve
from tests.server.spy import Spy

from tasktimer.errors import Unavailable
from tasktimer.store.factory import open_store
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import SCHEMA_VERSION

NEWER = SCHEMA_VERSION + 1


def upgrade(url: str, oldest_writer: int) -> None:
    """Upgrade a database as a newer version would: it adds a column, and says which versions may still use it."""
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE tasktimer.tasks ADD COLUMN IF NOT EXISTS color TEXT")
        connection.execute(
            "UPDATE tasktimer.schema_version SET version = %s, oldest_writer = %s", [NEWER, oldest_writer]
        )


def test_server_runs_on_until_its_version_is_too_old(serve: Serve, postgres_url: str, spy: Spy) -> None:
    api = serve(postgres_url)
    upgrade(postgres_url, oldest_writer=SCHEMA_VERSION)
    number = api.track()
    assert api.post("/stop", {"id": number}).status_code == 200
    assert spy.count == 2
    assert [task["id"] for task in api.get("/tasks").json()["tasks"]] == [number]
    assert api.client.get("/readyz").status_code == 200
    upgrade(postgres_url, oldest_writer=NEWER)
    for response in (api.post("/stop", {"id": number}), api.get("/tasks"), api.client.get("/readyz")):
        assert (response.status_code, response.json()["code"]) == (503, "store-too-new")


def test_older_program_does_not_set_the_version_back(postgres_url: str, run: Run) -> None:
    with closing(open_store(postgres_url)) as store:
        store.upgrade()
        upgrade(postgres_url, oldest_writer=SCHEMA_VERSION)
        store.upgrade()
        assert store.version() == NEWER
    done = run("--database", postgres_url, "db", "status")
    assert (done.exit_code, done.out) == (0, f"current\t{NEWER}\t{SCHEMA_VERSION}\n")
    assert run("--database", postgres_url, "track", "a", "--user", "1").exit_code == 0
    assert run("--database", postgres_url, "info", "--json").exit_code == 0


def test_lost_connection_is_replaced_on_a_newer_schema(
    postgres_url: str, postgres_administrator: psycopg.Connection
) -> None:
    with closing(PostgresStore(postgres_url, pool_size=1)) as store:
        store.upgrade()
        for oldest_writer, works in ((SCHEMA_VERSION, True), (NEWER, False)):
            upgrade(postgres_url, oldest_writer)
            postgres_administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tasktimer'"
                " AND datname = split_part(split_part(%s, '/', 4), '?', 1)",
                [postgres_url],
            )
            if works:
                assert store.version() == NEWER
            else:
                with pytest.raises(Unavailable, match="created by a newer version"):
                    store.version()
