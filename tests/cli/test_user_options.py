"""Who gives a command: in a database that a team shares, nobody's name is taken for another's."""

import pytest
from tests.conftest import Run

COMMANDS = [
    ["stop", "1"],
    ["stop", "--all"],
    ["stop"],
    ["cancel", "1"],
    ["cancel"],
    ["edit", "1", "+x"],
    ["edit", "--search", "write", "+x", "--yes"],
    ["move", "1", "9:00"],
    ["split", "1", "--at", "11:00"],
    ["join", "1", "2"],
    ["delete", "1"],
    ["delete", "--search", "write", "--yes"],
    ["rename", "project", "acme", "office"],
    ["rename", "tag", "docs", "x"],
]


@pytest.fixture
def team(run: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a task of user 7, and one of user 8."""
    monkeypatch.setenv("TASKTIMER_DATABASE", postgres_url)
    for user in ("7", "8"):
        assert run("track", "write", "--at", "10:00", "-p", "acme", "+docs", "--user", user).exit_code == 0
    return postgres_url


def journal(run: Run) -> list[str]:
    """Who gave which commands, but those that the fixture gave."""
    return [" ".join(line.split("\t")[1:3]) for line in run("history", "--user", "all").out.splitlines()][2:]


@pytest.mark.usefixtures("team")
def test_command_without_user_fails_before_change(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = run("list", "all", "--user", "all", "--json").out
    for command in COMMANDS:
        for arguments in (command, [*command, "--user", "all"]):
            refused = run(*arguments)
            assert (refused.exit_code, refused.out) == (2, ""), arguments
            assert "hint: " in refused.err
            assert "set TASKTIMER_USER or user in the config file" in refused.err
    monkeypatch.setenv("TASKTIMER_USER", "all")
    for command in COMMANDS:
        assert run(*command).exit_code == 2
    assert run("list", "all", "--user", "all", "--json").out == everything
    assert journal(run) == []
    assert run("show", "1").out.startswith("1\t7\t")  # which is not journalled


@pytest.mark.usefixtures("team")
def test_all_selects_tasks_and_settings_select_actor(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("edit", "--search", "write", "+x", "--dry-run", "--user", "all").out == "1\n2\n"  # nothing to journal
    monkeypatch.setenv("TASKTIMER_USER", "3")
    assert run("edit", "--search", "write", "+x", "--yes", "--user", "all").out == "1\n2\n"
    assert run("stop", "--all", "--user", "all").out == "1\n2\n"
    assert run("delete", "1").out == "1\n"
    assert run("stop", "--all", "--user", "7").exit_code == 0  # nothing runs: nothing to journal
    assert run("edit", "2", "-p", "office", "--user", "8").out == "2\n"
    assert journal(run) == ["3 edit", "3 stop", "3 delete", "8 edit"]
    assert run("undo", "3").exit_code == 1  # another user has changed task 2 since


def test_all_users_of_file_have_no_last_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in ("7", "8"):
        run("track", "write", "--user", user)
    monkeypatch.setenv("TASKTIMER_USER", "all")
    run("stop", "--all")
    run("edit", "2", "+x")
    assert journal(run) == ["7 stop", "8 edit"]
    assert run("undo").exit_code == run("redo").exit_code == 2
    assert run("undo", "--command", "4").exit_code == 0
    assert journal(run)[2:] == ["8 undo"]
    refused = run("undo", "--user", "all")
    assert (refused.exit_code, refused.out) == (2, "")
    assert "a single user is required" in refused.err


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("verb", ["cancel", "delete", "edit"])
def test_hint_to_undo_names_user_of_option(run: Run, verb: str) -> None:
    words = ["+x"] if verb == "edit" else []
    result = run(verb, "1", *words, "--user", "7", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    if verb != "edit":
        assert result.out.endswith("To restore it, run: tasktimer undo --user 7\n")
    assert run("undo", "--user", "7").exit_code == 0
