"""A command without a user is that of the only user of the file."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.test_info import rows
from tests.conftest import Run
from tests.store.test_migrations import old_file

from tasktimer import open_tracker

NEED_USER = [
    "track write docs",
    "track 'a b' -p acme -- --help",
    "track build --unless-running",
    "switch review",
    "switch -",
    "switch -- -",
    "resume",
    "resume 1",
    "undo",
    "undo 2",
    "redo --json",
    "token create",
]


def histories(run: Run) -> list[str]:
    """Return the user and the name of each command in the history."""
    return [" ".join(line.split("\t")[1:3]) for line in run("history").out.splitlines()]


@pytest.fixture
def team(run: Run) -> None:
    """A file with two running tasks: 1 of user 42, and 2 of user 7."""
    for user in ("42", "7"):
        assert run("track", f"write {user}", "--at", "10:00", "--user", user).exit_code == 0


def test_first_user_of_file_is_1(run: Run) -> None:
    for line in ("track write", "switch review", "switch -", "stop", "resume"):
        assert run(*line.split()).exit_code == 0
    assert histories(run) == ["1 track", "1 switch", "1 switch", "1 stop", "1 resume"]


def test_commands_follow_only_user(run: Run) -> None:
    run("track", "write", "--user", "42", "--at", "10:00")
    for line in ("switch review", "undo", "redo", "stop", "resume", "switch -", "stop", "edit 1 +x", "delete 4"):
        assert run(*line.split()).exit_code == 0, line
    assert {user.split()[0] for user in histories(run)} == {"42"}
    assert {line.split("\t")[1] for line in run("list", "all").out.splitlines()} == {"42"}


def test_history_keeps_user_whose_tasks_are_deleted(run: Run) -> None:
    run("track", "write", "--user", "42")
    run("delete", "1")
    assert rows(run("info"))["user"] == ("42", "the only user of the file")
    assert run("undo").exit_code == 0
    assert run("show", "1").out.startswith("1\t42\t")


def test_user_of_token_is_user_of_file(run: Run) -> None:
    run("token", "create", "--user", "42")
    run("track", "write")
    run("token", "create")
    assert [line.split("\t")[1] for line in run("token", "list").out.splitlines()] == ["42", "42"]
    assert histories(run) == ["42 track"]


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("line", NEED_USER)
def test_command_of_several_users_requires_user(run: Run, line: str) -> None:
    before = run("history").out
    refused = run(*shlex.split(line))
    assert (refused.exit_code, refused.out, run("history").out) == (2, "", before)
    message, hint = refused.err.splitlines()
    assert message == "error: a user is required, because the file has several users: 7, 42"
    pasted = shlex.split(hint.partition(", or run: tasktimer ")[2])
    assert [word for word in pasted if word not in ("--user", "7")] == shlex.split(line)
    assert "several users" not in run(*pasted).err


def test_hint_works_when_pasted(run: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "a b.db")
    for user in ("42", "7"):
        run("--database", path, "track", "x", "--user", user)
    hint = run("--database", path, "track", "it's", "done", "+x", "--", "--user").err.splitlines()[1]
    assert run(*shlex.split(hint.partition("run: tasktimer ")[2])).out == "3\n"
    assert run("--database", path, "show", "3").out.startswith("3\t7\tit's done --user\t")


@pytest.mark.usefixtures("team")
def test_setting_chooses_user_of_several(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "7")
    assert run("switch", "review").exit_code == run("undo").exit_code == 0
    assert histories(run) == ["7 track", "7 switch", "7 undo"]
    assert rows(run("info"))["user"] == ("7", "TASKTIMER_USER")


@pytest.mark.usefixtures("team")
def test_commands_that_read_show_all_users(run: Run) -> None:
    for line in ("times", "list", "status"):
        assert [task.split("\t")[1] for task in run(*line.split()).out.splitlines()] == ["42", "7"]
    assert all("User" in run(name, terminal=True).out for name in ("times", "list", "history"))
    assert run("show", "1").out.startswith("1\t42\t")
    assert histories(run) == ["42 track", "7 track"]


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("stop 1", "stop"),
        ("cancel 1", "cancel"),
        ("edit 1 +x", "edit"),
        ("move 1 9:00", "move"),
        ("split 1 --at 11:00", "split"),
        ("delete 1", "delete"),
    ],
)
def test_command_given_ids_is_recorded_for_owner(run: Run, line: str, name: str) -> None:
    before = run("show", "1").out
    assert run(*line.split()).exit_code == 0
    assert histories(run)[2:] == [f"42 {name}"]
    assert run("undo", "--user", "42").exit_code == 0
    assert run("show", "1").out == before


@pytest.mark.usefixtures("team")
def test_command_given_number_of_command_is_recorded_for_its_user(run: Run) -> None:
    assert run("undo", "--command", "1").exit_code == run("redo", "--user", "42").exit_code == 0
    assert histories(run)[2:] == ["42 undo", "42 redo"]
    refused = run("undo", "--command", "1", "--user", "7")
    assert (refused.exit_code, refused.err.splitlines()[0]) == (
        1,
        "error: command 1 (track) belongs to user 42, not to user 7",
    )


@pytest.mark.usefixtures("team")
def test_stop_without_id_is_recorded_for_owner(run: Run) -> None:
    assert "2 tasks are running" in run("stop").err
    run("stop", "2")
    assert run("stop").out == "1\n"
    assert run("resume", "--user", "7").exit_code == run("stop", "--all").exit_code == 0
    assert histories(run)[2:] == ["7 stop", "42 stop", "7 resume", "7 stop"]


@pytest.mark.usefixtures("team")
def test_tasks_of_different_users_cannot_be_joined(run: Run) -> None:
    refused = run("join", "1", "2")
    assert (refused.exit_code, histories(run)) == (1, ["42 track", "7 track"])
    assert "because they belong to different users (42 and 7)" in refused.err


def last_line(text: str) -> list[str]:
    """Return the words after `run: tasktimer` in the last line."""
    return text.splitlines()[-1].partition("run: tasktimer ")[2].split()


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("line", ["cancel 1", "delete 1", "delete --search 42 --yes", "edit --search 42 +x --yes"])
def test_hint_to_undo_names_one_of_several_users(run: Run, line: str) -> None:
    told = last_line(run(*line.split(), terminal=True).out)
    assert told == ["undo", "--user", "42"]
    assert run(*told).exit_code == 0


def test_hint_to_undo_does_not_name_only_user(run: Run) -> None:
    run("track", "write", "--at", "10:00", "--user", "42")
    told = [last_line(run(verb, "1", terminal=True).out) for verb in ("cancel", "undo", "delete")]
    assert told == [["undo"], ["redo"], ["undo"]]
    assert run("show", "1").err.splitlines()[1] == "hint: to restore it, run: tasktimer undo"
    run("undo")
    edited = run("edit", "1", "--start", "2 days ago", "--end", "now")
    assert edited.err.splitlines()[1] == "hint: to undo this, run: tasktimer undo"


@pytest.mark.usefixtures("team")
def test_notes_and_errors_name_one_of_several_users(run: Run) -> None:
    edited = run("edit", "1", "--start", "2 days ago", "--end", "now")
    assert last_line(edited.err) == ["undo", "--user", "42"]
    run("delete", "1")
    assert last_line(run("show", "1").err) == ["undo", "--user", "42"]
    run("undo", "--user", "42")
    run("undo", "--user", "42")
    assert last_line(run("undo", "--command", "5").err) == ["redo", "--user", "42"]
    assert run("redo", "--user", "42").exit_code == 0


@pytest.mark.usefixtures("team")
def test_bulk_change_names_users(run: Run) -> None:
    shown = run("edit", "--search", "write", "+x", "--dry-run", terminal=True).out
    assert shown.startswith("2 tasks of users 7, 42 would be edited:\n")
    assert run("edit", "--search", "write", "+x", "--yes", "--user", "7").out == "2\n"
    changed = run("delete", "--search", "write", "--yes", terminal=True).out
    assert "2 tasks of users 7, 42 deleted; " in changed
    assert histories(run)[2:] == ["7 edit", "42 delete"]
    assert run(*last_line(changed)).exit_code == 0
    assert len(run("list").out.splitlines()) == 2


def test_info_shows_user_and_reason(run: Run, config_file: Path, tmp_path: Path) -> None:
    def user() -> tuple[str, str]:
        return rows(run("info"))["user"]

    assert user() == ("1", "the file has no user yet")
    run("track", "write", "--user", "4200")
    assert user() == ("4200", "the only user of the file")
    assert "\nuser            4200  (the only user of the file)\n" in run("info", terminal=True).out
    for number in range(1, 6):
        run("track", "write", "--user", str(number))
    assert user() == ("", "several users: 1, 2, 3, 4, 5, 4200")
    run("track", "write", "--user", "6")
    assert user() == ("", "several users: 1, 2, 3, 4, 5 and 2 more")
    config_file.write_text("user = 3\n")
    assert user() == ("3", f"{config_file}, line 1")
    old = run("--database", str(old_file(tmp_path / "old.db", 1)), "info")
    assert rows(old)["user"] == ("3", f"{config_file}, line 1")
    config_file.unlink()
    assert rows(run("--database", str(tmp_path / "old.db"), "info"))["user"] == ("", "default")


def test_python_follows_same_rule(run: Run, data_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_tracker() as tracker:
        assert tracker.track("write", user=42).user_id == 42
        assert [task.user_id for task in (tracker.switch("review")[1], tracker.stop()[0], tracker.resume())] == [42] * 3
        assert tracker.undo()[0].user_id == tracker.redo()[0].user_id == 42
        tracker.track("write", user=7)
        calls: list[Callable[[], object]] = [
            lambda: tracker.track("x"),
            lambda: tracker.switch("x"),
            tracker.resume,
            tracker.undo,
            tracker.redo,
            tracker.create_token,
        ]
        for call in calls:
            with pytest.raises(Exception, match="several users: 7, 42") as error:
                call()
            assert getattr(error.value, "code", None) == "multiple-users"
        assert tracker.undo(command=len(histories(run)))[0].user_id == 7
        assert [task.user_id for task in tracker.list_tasks()] == [42, 42, 42]
        assert tracker.info().all_users == [7, 42]
    monkeypatch.setenv("TASKTIMER_USER", "42")
    with open_tracker(data_file) as tracker:
        assert tracker.track("x").user_id == 42
