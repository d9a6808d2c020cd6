"""`tasktimer serve`: what it refuses before it serves."""

import builtins
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

import tasktimer.server
from tasktimer.server import run
from tasktimer.server.settings import ServerOptions


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[ServerOptions, int]]:
    """The options of servers that would have been started, and how many processes."""
    monkeypatch.chdir(tmp_path)
    started = []

    def serve(options: ServerOptions, listening: socket.socket, *, workers: int, log_config: dict[str, Any]) -> None:
        assert log_config["version"] == 1
        started.append((options, workers))
        listening.close()

    monkeypatch.setattr(run, "serve", serve)
    return started


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "x"], ["invalid port 'x'", "use an integer from 0 to 65535"]),
        (["--port", "70000"], ["invalid port '70000'"]),
        (["--workers", "0"], ["invalid number of workers '0'"]),
        (["--pool-size", "-1"], ["invalid pool size '-1'"]),
        (["--store-timeout", "0"], ["invalid store timeout '0'", "use an integer from 1 to 3600"]),
        (["--allowed-host", "http://x"], ["invalid host 'http://x'", "tasks.example.org"]),
        (["--root-path", "x"], ["invalid root path 'x'", "use a path like /tasktimer"]),
        (["--log-format", "xml"], ["invalid log format 'xml'", "use text or json"]),
        (["--cors-origin", "x"], ["invalid origin 'x'", "https://"]),
        (["--no-auth", "--host", "0.0.0.0"], ["--no-auth on 0.0.0.0 would allow requests from anyone", "127.0.0.1"]),
        (["--no-auth", "--host", "::"], ["would allow requests from anyone"]),
        (["--no-auth", "--host", "example.org"], ["would allow requests from anyone"]),
        (["--no-auth", "--host", "localhost.example.org"], ["would allow requests from anyone"]),
    ],
)
def test_invalid_option_fails(
    run: Run, served: list[tuple[ServerOptions, int]], arguments: list[str], words: list[str]
) -> None:
    refused = run("serve", *arguments)
    assert (refused.exit_code, refused.out, served) == (2, "", [])
    assert all(word in refused.err for word in words), refused.err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.9.1", "::1"])
def test_no_auth_serves_on_loopback_with_note(
    run: Run, served: list[tuple[ServerOptions, int]], data_file: Path, host: str
) -> None:
    done = run("serve", "--no-auth", "--host", host, "--port", "0")
    if host == "::1" and done.exit_code == 3:
        pytest.skip("there is no IPv6 here")
    assert (done.exit_code, done.out) == (0, "")
    first, second, _ = done.err.split("\n")
    assert first.startswith("note: no token is required")
    shown = "[::1]" if host == "::1" else host
    assert second.startswith(f"note: serving {data_file} on http://{shown}:")
    ((options, workers),) = served
    assert (options.needs_token, workers) == (False, 1)
    assert shown in options.allowed_hosts
    assert not data_file.exists()


def test_missing_tokens_print_note(run: Run, served: list[tuple[ServerOptions, int]]) -> None:
    done = run("serve", "--port", "0")
    assert done.err.startswith(
        "note: there are no tokens yet\nhint: to create one, run: tasktimer token create --user N\n"
    )
    run("token", "create")
    assert "token" not in run("serve", "--port", "0").err
    assert [options.needs_token for options, _ in served] == [True, True]


def test_unspecified_address_is_not_allowed_host(run: Run, served: list[tuple[ServerOptions, int]]) -> None:
    run("serve", "--port", "0", "--host", "0.0.0.0", "--allowed-host", "a.example")
    assert "0.0.0.0" not in served[0][0].allowed_hosts
    assert "a.example" in served[0][0].allowed_hosts


def test_port_in_use_fails(run: Run, served: list[tuple[ServerOptions, int]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = run("serve", "--port", str(taken.getsockname()[1]))
    assert (refused.exit_code, served) == (3, [])
    assert "error: cannot listen on 127.0.0.1, port " in refused.err
    assert "--port" in refused.err


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7"])
def test_foreign_address_fails(run: Run, served: list[tuple[ServerOptions, int]], host: str) -> None:
    refused = run("serve", "--host", host, "--port", "0")
    assert (refused.exit_code, served) == (3, [])
    assert f"cannot listen on {host}" in refused.err


def test_port_comes_from_environment(
    run: Run, served: list[tuple[ServerOptions, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "0")
    assert run("serve").exit_code == 0
    monkeypatch.setenv("PORT", "http")
    refused = run("serve")
    assert refused.err.startswith("error: PORT: invalid port 'http'")
    assert run("serve", "--port", "0").exit_code == 0
    assert len(served) == 2


def test_file_is_served_by_one_process(run: Run, served: list[tuple[ServerOptions, int]]) -> None:
    done = run("serve", "--workers", "4", "--port", "0")
    assert "note: using 1 process instead of 4: a file allows only one writer at a time" in done.err
    assert served[0][1] == 1


def test_postgres_is_served_by_several_processes(
    run: Run, served: list[tuple[ServerOptions, int]], postgres_url: str
) -> None:
    assert run("--database", postgres_url, "serve", "--workers", "4", "--port", "0").exit_code == 0
    assert served[0][1] == 4


def test_older_schema_is_upgraded_only_with_migrate(
    run: Run, served: list[tuple[ServerOptions, int]], data_file: Path
) -> None:
    run("track", "kept")
    with closing(sqlite3.connect(data_file)) as connection:
        connection.executescript(
            "DROP TABLE task_tags; DROP TABLE changes; DROP TABLE commands; DROP TABLE sources;"
            "DROP INDEX tasks_by_project; DROP INDEX tasks_by_user_project; DROP VIEW timesheet; DROP VIEW running;"
            "ALTER TABLE tasks DROP note; ALTER TABLE tasks DROP project; ALTER TABLE tasks DROP tags;"
            "ALTER TABLE tasks DROP folded; DROP TABLE users;"
            "ALTER TABLE tokens DROP access; ALTER TABLE tokens DROP last_used_time;"
            "CREATE VIEW timesheet AS SELECT id FROM tasks; CREATE VIEW running AS SELECT id FROM tasks;"
            "PRAGMA user_version = 2;"
        )
    refused = run("serve", "--port", "0")
    assert (refused.exit_code, served) == (3, [])
    assert "but this version of tasktimer requires schema" in refused.err
    assert "to upgrade it, run: tasktimer db upgrade, or serve with --migrate" in refused.err
    done = run("serve", "--port", "0", "--migrate")
    assert (done.exit_code, len(served)) == (0, 1)
    assert f"note: {data_file} was upgraded; a copy of the old file is in {data_file}.schema-2\n" in done.err


def test_unusable_store_fails_before_serving(run: Run, served: list[tuple[ServerOptions, int]], tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("x" * 200)
    assert run("--database", str(tmp_path / "other.txt"), "serve", "--port", "0").exit_code == 3
    assert run("--database", "postgresql://ada:secret@127.0.0.1:1/x", "serve", "--port", "0").exit_code == 3
    assert served == []


def test_only_serve_reads_database_url(
    run: Run, served: list[tuple[ServerOptions, int]], monkeypatch: pytest.MonkeyPatch, data_file: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@127.0.0.1:1/x")
    (tmp_path / ".env").write_text("TASKTIMER_DATABASE=/nowhere/at/all.db\nTASKTIMER_USER=7\n")
    assert run("track", "mine").exit_code == 0
    assert run("token", "create").exit_code == 0
    assert data_file.exists()
    (tmp_path / ".env").unlink()
    refused = run("serve", "--port", "0")
    assert (refused.exit_code, served) == (3, [])
    assert "secret" not in refused.err


def test_missing_extra_has_install_hint(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.split(".", maxsplit=1)[0] in ("uvicorn", "fastapi", "prometheus_client", "dotenv"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return imported(name, *arguments, **options)

    monkeypatch.setattr(tasktimer, "server", tasktimer.server)  # restored, like its entry in sys.modules
    for name in [name for name in sys.modules if name.startswith("tasktimer.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    refused = run("serve")
    assert (refused.exit_code, refused.out) == (2, "")
    assert refused.err.startswith("error: the server requires ")
    assert "pip install 'tasktimer-cli[server]'" in refused.err
