"""The tasks and commands that are offered after TAB, by their numbers."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import Complete
from tests.conftest import Run

TODAY = "Sun 2023-07-16  "


def test_running_tasks_complete_with_descriptions(run: Run, complete: Complete, shell: str) -> None:
    run("track", "write docs", "-p", "acme/web")
    run("track", "over", "--for", "5m")
    run("track", "call ACME", "--start", "yesterday 9:00")
    offered = {
        "bash": "3  -- Sat 2023-07-15  call ACME\n1  -- Sun 2023-07-16  acme/web: write docs",
        "zsh": r"local -a found; found=($'3\x3aSat\x202023-07-15\x20\x20call\x20ACME' "
        r"$'1\x3aSun\x202023-07-16\x20\x20acme/web\x5c\x3a\x20write\x20docs'); _describe -V values found",
        "fish": "3\tSat 2023-07-15  call ACME\n1\tSun 2023-07-16  acme/web: write docs",
    }
    assert complete(shell, "tasktimer stop ") == complete(shell, "tasktimer cancel ") == offered[shell]


def test_day_is_in_zone_of_command(run: Run, complete: Complete, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "night", "--start", "0:30")
    monkeypatch.setenv("TASKTIMER_TZ", "America/New_York")
    assert complete("fish", "tasktimer stop ") == "1\tSat 2023-07-15  night"
    monkeypatch.setenv("TASKTIMER_TZ", "Mars")
    assert complete("fish", "tasktimer stop ") == ""


def test_last_completes_after_letter(run: Run, complete: Complete) -> None:
    run("track", "write")
    assert complete("fish", "tasktimer show la") == "last\tthe task that you started last"
    assert complete("fish", "tasktimer show ") == f"1\t{TODAY}write"


def test_long_description_is_truncated(run: Run, complete: Complete) -> None:
    run("track", "x" * 10_000)
    run("track", "second")
    assert complete("bash", "tasktimer stop ").split("\n")[0] == f"1  -- {TODAY}{'x' * 43}…"


def test_ids_on_line_do_not_complete_again(run: Run, complete: Complete) -> None:
    for number in range(12):
        run("track", f"task {number}")
    assert complete("bash", "tasktimer stop 1").split("\n")[:2] == [f"1  -- {TODAY}task 0", f"10  -- {TODAY}task 9"]
    assert complete("bash", "tasktimer stop 12 11 10 1") == "1"  # the only one: inserted as it is


def test_completion_uses_database_and_user_of_line(run: Run, complete: Complete, tmp_path: os.PathLike[str]) -> None:
    other = f"{tmp_path}/other.db"
    run("--database", other, "track", "elsewhere", "--user", "7")
    run("track", "here")
    assert complete("fish", f"tasktimer --database {other} stop ") == f"1\t{TODAY}elsewhere"
    assert complete("fish", f"tasktimer --database {other} stop --user 7 ") == f"1\t{TODAY}elsewhere"
    assert complete("bash", f"tasktimer --database {other} stop --user 8 ") == ""


def test_recent_tasks_complete_latest_first(run: Run, complete: Complete) -> None:
    run("track", "second", "--at", "9:00", "--for", "5m")
    run("track", "first", "--at", "8:00", "--for", "5m")
    run("track", "third", "--at", "10:00", "--user", "7")
    assert complete("fish", "tasktimer history ") == f"3\t{TODAY}third\n1\t{TODAY}second\n2\t{TODAY}first"
    assert complete("fish", "tasktimer history --user 1 ") == f"1\t{TODAY}second\n2\t{TODAY}first"


def test_older_tasks_complete_after_digit(run: Run, complete: Complete, data_file: Path) -> None:
    run("track", "first", "--at", "9:00")
    with closing(sqlite3.connect(data_file)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time) VALUES (?, 'x', 1689494400000000 + ?)",
            [(7 if number == 13 else 1, number) for number in range(2, 62)],
        )

    def ids(line: str) -> list[int]:
        return [int(offer.split("\t")[0]) for offer in complete("fish", f"tasktimer {line}").split("\n") if offer]

    run("edit", "11", "--start", "6:00")
    assert ids("edit 1") == [*range(19, 11, -1), 10, 1, 11]
    assert ids("edit 1 10 12 1") == [*range(19, 12, -1), 11]
    assert ids("show --user 1 1") == [19, 18, 17, 16, 15, 14, 12, 10, 1, 11]
    assert ids("show --user 7 1") == [13]
    assert ids("show 3") == [*range(39, 29, -1), 3]
    assert complete("bash", "tasktimer show 11") == "11"
    for word in ("0", "01", "62", "1x", "\u0661", "9" * 19, "9" * 30):
        assert ids(f"show {word}") == []


def test_undoable_commands_complete(run: Run, complete: Complete) -> None:
    run("track", "write docs", "--at", "9:00", "--for", "1h")
    run("track", "mail", "--at", "10:00", "--for", "1h")
    run("undo")
    run("track", "other", "--user", "7")
    run("edit", "1", "3", "-p", "acme")
    run("delete", "1", "--yes")
    told = [("6", "delete: write docs"), ("5", "edit: write docs"), ("4", "track: other"), ("1", "track: write docs")]
    assert complete("fish", "tasktimer undo --command ") == "\n".join("\t".join(offer) for offer in told)
    assert complete("bash", "tasktimer undo --command ") == "\n".join("  -- ".join(offer) for offer in told)
    assert complete("bash", "tasktimer undo --command 5") == "5"
    assert complete("bash", "tasktimer undo --user 7 --command ") == "4"
    assert complete("bash", "tasktimer undo --user all --command ") == ""
    assert run("undo", "--command", "6").exit_code == 0
    assert complete("fish", "tasktimer undo --command ").split("\n")[0] == "5\tedit: write docs"


def test_commands_of_selected_user_complete(
    run: Run, complete: Complete, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in ("1", "7"):
        run("--database", database, "track", f"task of {user}", "--user", user)
    assert complete("fish", f"tasktimer --database {database} undo --user 7 --command ") == "2\ttrack: task of 7"
    assert complete("fish", f"tasktimer --database {database} show --user 7 2") == f"2\t{TODAY}task of 7"
    assert complete("fish", f"tasktimer --database {database} show --user 7 1") == ""
    monkeypatch.setenv("TASKTIMER_DATABASE", "postgresql:///nowhere?host=/nowhere")
    assert complete("fish", "tasktimer undo --command ") == ""
