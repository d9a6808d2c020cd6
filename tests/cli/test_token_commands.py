"""`tasktimer token`, as administrators and scripts use it."""

import json
import re
import shlex
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tests.conftest import NOW, Run

SECRET = r"tasktimer_[0-9a-f]{64}"


def test_secret_is_printed_once_and_stored_as_digest(run: Run, data_file: Path) -> None:
    done = run("token", "create", "--user", "42", "--name", "laptop")
    assert (done.exit_code, done.err) == (0, "")
    secret = done.out.strip()
    assert re.fullmatch(SECRET, secret)
    with closing(sqlite3.connect(data_file)) as connection:
        assert connection.execute("SELECT digest, user_id, name FROM tokens").fetchall() == [
            (sha256(secret.encode()).hexdigest(), 42, "laptop")
        ]
    assert secret.encode() not in data_file.read_bytes()
    assert secret not in run("token", "list", "--json").out


def test_terminal_warns_that_secret_is_shown_once(run: Run) -> None:
    done = run("token", "create", "--user", "42", terminal=True)
    assert re.fullmatch(rf"{SECRET}\n", done.out)
    assert done.err == "note: token 1 can act for user 42; save the secret now: it cannot be shown again\n"
    done = run("token", "create", "--admin", terminal=True)
    assert done.err == "note: token 2 can act for any user; save the secret now: it cannot be shown again\n"
    done = run("token", "create", "--read-only", "--user", "42", terminal=True)
    assert done.err.startswith("note: token 3 can read the tasks of user 42; save")
    done = run("token", "create", "--reports", "--user", "42", terminal=True)
    assert done.err.startswith("note: token 4 can read the tasks of user 42, and reports on all users; save")
    assert " 42, reports " in run("token", "list", terminal=True).out


def test_json_has_token_and_secret(run: Run) -> None:
    found = json.loads(run("token", "create", "--user", "7", "--expires", "90d", "--json").out)
    assert re.fullmatch(SECRET, found.pop("secret"))
    assert found == {
        "id": 1,
        "user_id": 7,
        "admin": False,
        "name": None,
        "state": "active",
        "created_time": "2023-07-16T12:00:00+02:00",
        "expiry_time": "2023-10-14T12:00:00+02:00",
        "revoked_time": None,
        "access": "write",
        "last_used_time": None,
    }


def test_tokens_are_listed(run: Run) -> None:
    run("token", "create", "--user", "42", "--name", "[bold]laptop")
    run("token", "create", "--user", "1", "--admin", "--expires", "1h")
    run("token", "revoke", "1")
    later = NOW + timedelta(hours=2)
    assert run("token", "list", now=later).out == (
        "1\t42\tfalse\t[bold]laptop\trevoked\t2023-07-16T12:00:00+02:00\t\t2023-07-16T12:00:00+02:00\twrite\t\n"
        "2\t1\ttrue\t\texpired\t2023-07-16T12:00:00+02:00\t2023-07-16T13:00:00+02:00\t\twrite\t\n"
    )
    assert [token["id"] for token in json.loads(run("token", "list", "--user", "1", "--json").out)] == [2]
    table = run("token", "list", terminal=True).out
    assert re.search(r"2 +1, admin +2023-07-16 +2023-07-16 13:00 +never\n", table)
    table = run("token", "list", now=later, terminal=True).out
    assert re.search(r"1 +42 +2023-07-16 +revoked 2023-07-16 12:00 +never +\[bold\]laptop\n", table)
    assert re.search(r"2 +1, admin +2023-07-16 +expired 2023-07-16 13:00 +never\n", table)


def test_list_without_tokens_is_empty(run: Run, data_file: Path) -> None:
    assert run("token", "list").out == ""
    assert run("token", "list", "--json").out == "[]\n"
    assert run("token", "list", terminal=True).out == "There are no tokens.\n"
    assert not data_file.exists()


def test_tokens_are_revoked_all_or_none(run: Run) -> None:
    for _ in range(3):
        run("token", "create")
    assert run("token", "revoke", "3", "1", "3").out == "3\n1\n"
    refused = run("token", "revoke", "2", "1")
    assert (refused.exit_code, refused.out) == (1, "")
    hint = "hint: to list the tokens, run: tasktimer token list --user all\n"
    assert refused.err == f"error: token 1 was already revoked at 12:00\n{hint}"
    refused = run("token", "revoke", "2", "9")
    assert refused.err == f"error: there is no token 9\n{hint}"
    assert run("token", "revoke", "2", terminal=True).out == "Revoked token 2 (no name) of user 1\n"
    assert json.loads(run("token", "create", "--json").out)["id"] == 4  # an id is never used again


def test_revoke_without_store_fails(run: Run, data_file: Path) -> None:
    assert run("token", "revoke", "1").exit_code == 1
    assert not data_file.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["create", "--user", "0"],
        ["create", "--user", "all"],
        ["create", "--name", ""],
        ["create", "--name", "a\tb"],
        ["create", "--expires", "soon"],
        ["create", "--expires", "0d"],
        ["create", "--admin", "--reports"],
        ["revoke", "x"],
        ["revoke"],
        ["frobnicate"],
    ],
)
def test_invalid_option_fails(run: Run, data_file: Path, arguments: list[str]) -> None:
    refused = run("token", *arguments)
    assert (refused.exit_code, refused.out) == (2, "")
    assert refused.err.startswith("error: ")
    assert not data_file.exists()


def test_postgres_requires_user(run: Run, postgres_url: str) -> None:
    assert run("--database", postgres_url, "token", "create").exit_code == 2
    assert run("--database", postgres_url, "token", "list").exit_code == 2
    assert run("--database", postgres_url, "token", "create", "--user", "42").exit_code == 0
    assert run("--database", postgres_url, "token", "list", "--user", "all").out.startswith("1\t42\t")
    assert run("--database", postgres_url, "token", "revoke", "1").out == "1\n"
    for token_id in ("1", "77"):
        hint = run("--database", postgres_url, "token", "revoke", token_id).err.splitlines()[1]
        line = hint.removeprefix("hint: to list the tokens, run: tasktimer ").replace("URL", postgres_url)
        assert run(*shlex.split(line)).out.startswith("1\t42\t")
