"""A server is ready only if changes can be stored."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.commits import connect_with
from tests.conftest import Run
from tests.server.conftest import Serve


def database_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def role(url: str, *statements: str) -> Iterator[str]:
    """Create a role without privileges, run statements with its name, and yield a URL with the role."""
    name = f"clerk_of_{database_of(url)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"REVOKE ALL ON DATABASE {database_of(url)} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {database_of(url)} TO {name}")
        for statement in statements:
            connection.execute(statement.replace("clerk", name))
        try:
            yield url.replace("postgres:@", f"{name}@")
        finally:
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


# What a role may do, and the code of /readyz; with the last ones, every task that is started fails.
PRIVILEGES = {
    "schema of administrator": (("CREATE SCHEMA tasktimer", "GRANT USAGE, CREATE ON SCHEMA tasktimer TO clerk"), None),
    "schema of its own": (("CREATE SCHEMA tasktimer AUTHORIZATION clerk",), None),
    "nothing": ((), "store-unusable"),
    "usage": (("CREATE SCHEMA tasktimer", "GRANT USAGE ON SCHEMA tasktimer TO clerk"), "store-unusable"),
}


@pytest.mark.parametrize("name", PRIVILEGES)
def test_role_can_set_up_in_schema_of_administrator(
    serve: Serve, run: Run, postgres_url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements, code = PRIVILEGES[name]
    with role(postgres_url, *statements) as url:
        api = serve(url, needs_token=False)
        response = api.client.get("/readyz")
        tracked = api.post("/track", {"user_id": 1, "description": "x"}, token=None)
        assert (response.status_code, tracked.status_code) == ((503, 503) if code else (200, 200))
        assert response.json().get("code") == tracked.json().get("code") == code
        assert api.client.get("/readyz").json().get("store") == (None if code else "current")
        monkeypatch.setattr("tasktimer.server.run.serve", lambda _, listening, **__: listening.close())
        assert run("--database", url, "serve", "--port", "0", "--migrate").exit_code == (3 if code else 0)
        api.end()


READ_ONLY = {
    "role": "ALTER ROLE clerk SET default_transaction_read_only = on",
    "no insert": "REVOKE INSERT ON tasktimer.tasks FROM clerk",
    "no history": "REVOKE INSERT ON tasktimer.changes FROM clerk",
}


@pytest.mark.parametrize("name", READ_ONLY)
def test_server_that_cannot_write_is_not_ready_but_reads(
    serve: Serve, run: Run, postgres_url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(postgres_url).track()
    grant = "GRANT USAGE ON SCHEMA tasktimer TO clerk; GRANT ALL ON ALL TABLES IN SCHEMA tasktimer TO clerk"
    with role(postgres_url, grant, READ_ONLY[name]) as url:
        api = serve(url, needs_token=False)
        response = api.client.get("/readyz")
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        assert response.json()["code"] == ("store-read-only" if name == "role" else "store-unusable")
        assert api.post("/track", {"user_id": 1, "description": "x"}, token=None).status_code == 503
        assert len(api.get("/tasks", token=None).json()["tasks"]) == 1
        monkeypatch.setattr("tasktimer.server.run.serve", lambda _, listening, **__: listening.close())
        assert run("--database", url, "serve", "--port", "0").exit_code == 0
        assert run("--database", url, "serve", "--port", "0", "--migrate").exit_code == 3
        api.end()


def test_file_in_unusable_folder_is_not_ready(serve: Serve, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = str(tmp_path / "file" / "folder" / "tasks.db")
    response = serve(database, needs_token=False).client.get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "store-unusable")
    assert run("--database", database, "serve", "--port", "0", "--migrate").exit_code == 3


def test_read_only_file_is_not_ready_but_read(
    serve: Serve, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(tmp_path / "tasks.db")
    run("--database", database, "track", "x")

    class ReadOnlyConnection(sqlite3.Connection):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            super().execute("PRAGMA query_only = ON")  # the error is that of a file that cannot be written
            return super().execute(statement, *parameters)

    connect_with(monkeypatch, ReadOnlyConnection)
    api = serve(database, needs_token=False)
    response = api.client.get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "store-read-only")
    assert len(api.get("/tasks", token=None).json()["tasks"]) == 1
    api.end()
    assert run("--database", database, "serve", "--port", "0", "--migrate").exit_code == 3
