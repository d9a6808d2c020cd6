"""`tasktimer user`, and names in place of user numbers."""

import json
from pathlib import Path

import pytest
from tests.conftest import Run

from tasktimer import open_tracker


@pytest.fixture
def ada(run: Run) -> None:
    """User 42, named ada."""
    assert run("user", "add", "ada", "--id", "42").out == "42\n"


@pytest.mark.usefixtures("ada")
def test_users_are_added_listed_and_renamed(run: Run) -> None:
    assert run("user", "add", "b.b@example.org", terminal=True).out == "Added user 43, b.b@example.org\n"
    run("track", "x", "--user", "7")
    assert run("user", "list").out == "7\t\n42\tada\n43\tb.b@example.org\n"
    assert run("user", "rename", "ada", "Lovelace", terminal=True).out == "Renamed user 42 to Lovelace\n"
    assert json.loads(run("user", "list", "--json").out)[1] == {"id": 42, "name": "Lovelace"}
    assert json.loads(run("user", "add", "carl", "--json").out) == {"id": 44, "name": "carl"}
    assert run("user", "list", "--format", "csv").out.splitlines()[:2] == ["id,name", "7,"]
    assert "Lovelace\n" in run("user", "list", terminal=True).out


@pytest.mark.usefixtures("ada")
def test_name_works_like_the_number(run: Run, data_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "a", "--user", "ada")
    monkeypatch.setenv("TASKTIMER_USER", "ada")
    run("track", "b")
    run("track", "c", "--user", "7")
    run("undo", "--user", "ada")
    assert [task["user_id"] for task in json.loads(run("list", "all", "--json").out)] == [42]
    with open_tracker(data_file, user="ada") as tracker:
        assert [task.user_id for task in tracker.list_tasks()] == [42]
        assert [task.user_id for task in tracker.list_tasks(user="all")] == [42, 7]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["track", "x", "--user", "adda"], 1, "there is no user named 'adda'\nhint: did you mean 'ada'?"),
        (["list", "--user", "zz"], 1, "there is no user named 'zz'\nhint: to list the users, run: tasktimer user list"),
        (["user", "add", "ada"], 1, "user 42 is already named 'ada'\nhint: to list the users"),
        (["user", "add", "bob", "--id", "42"], 1, "user 42 is already named 'ada'\nhint: to change it, run: tasktimer"),
        (["user", "rename", "bob", "ben"], 1, "there is no user named 'bob'\n"),
        (["user", "rename", "ada", "ada"], 1, "user 42 is already named 'ada'\n"),
        (["user", "add", "bob", "--id", "0"], 2, "invalid user '0'\n"),
        *((["user", "add", name], 2, "invalid user name") for name in ("4a", "all", "All", "a b", "", "a" * 65, "a\n")),
    ],
)
def test_error_changes_nothing(run: Run, arguments: list[str], code: int, error: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.out) == (code, "")
    assert done.err.startswith(f"error: {error}")
    assert run("user", "list").out == "42\tada\n"


def test_unknown_name_in_a_setting_names_the_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "ada")
    assert run("track", "x").err.startswith("error: TASKTIMER_USER: there is no user named 'ada'\n")
