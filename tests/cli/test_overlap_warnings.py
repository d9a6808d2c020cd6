"""`tasktimer track --no-gap`, and tasks that share their time with others."""

import json
from pathlib import Path

import pytest
from tests.cli.test_track import task
from tests.conftest import NOW, Run


def hint(number: int, others: str = "task", verb: str = "cut") -> str:
    return f"hint: to {verb} the other {others}, run: tasktimer edit {number} --adjust\n"


def test_no_gap_starts_at_end_of_last_task(run: Run) -> None:
    run("track", "mail", "--at", "9:00", "--until", "10:00")
    run("track", "theirs", "--at", "9:00", "--until", "11:00", "--user", "42")
    result = run("track", "write", "docs", "--no-gap", "--user", "1", terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, "Tracking 3: write docs, since 10:00\n", "")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--until", "10:30"], "Tracked 2: write, 10:00 to 10:30 (0:30:00)"),
        (["--for", "20m"], "Tracked 2: write, 10:00 to 10:20 (0:20:00)"),
    ],
)
def test_no_gap_records_finished_task(run: Run, options: list[str], line: str) -> None:
    run("track", "mail", "--at", "9:00", "--until", "10:00")
    assert run("track", "write", "--no-gap", *options, terminal=True).out == f"{line}\n"


def test_last_task_of_another_day_prints_note(run: Run) -> None:
    run("track", "mail", "--at", "yesterday 9:00", "--until", "yesterday 17:30")
    note = "note: the last task ended on another day, 18:30:00 ago\nhint: to undo this, run: tasktimer undo\n"
    assert run("track", "write", "--no-gap", "--json").err == note
    run("undo")
    assert run("track", "write", "--no-gap", "--until", "yesterday 18:00").err == ""
    run("track", "mail", "--at", "yesterday 22:00", "--until", "yesterday 23:50")
    midnight = NOW.replace(hour=0, minute=10)
    assert run("track", "write", "--no-gap", now=midnight).err == ""


@pytest.mark.parametrize(
    ("options", "exit_code", "words"),
    [
        (["--at", "9:00"], 2, "--start and --no-gap cannot be used together"),
        (["--until", "10:30", "--for", "5m"], 2, "a start, an end and a duration cannot all be given"),
        (["--for", "soon"], 2, "invalid duration 'soon'"),
        (["--for", "999999999h"], 2, "is too long"),
        (["--for", "3h"], 1, "the end is in the future: 13:00 (it is 12:00 now)"),
        (["--until", "13:00"], 1, "the end is in the future"),
        (["--for", "0m"], 1, "would last 0 seconds"),
        (["--until", "9:30"], 1, "cannot end at 09:30, before its start at 10:00"),
        (["--user", "42"], 1, "user 42 has no finished tasks\nhint: set the start with --start"),
    ],
)
def test_invalid_no_gap_fails(run: Run, options: list[str], exit_code: int, words: str) -> None:
    run("track", "before", "--at", "9:00", "--until", "10:00")
    run("track", "theirs", "--user", "42")
    result = run("track", "write", "--no-gap", "--user", "1", *options)
    assert (result.exit_code, result.out) == (exit_code, "")
    assert words in result.err
    assert task(run)["description"] == "theirs"


def test_no_gap_without_store_fails(run: Run, data_file: Path) -> None:
    result = run("track", "write", "--no-gap")
    assert (result.exit_code, result.out) == (1, "")
    assert "nothing has been tracked yet" in result.err
    assert not data_file.exists()


def test_overlapping_start_prints_note_and_is_stored(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "write\n[b]docs[/]", "--at", "8:00")
    run("track", "theirs", "--at", "8:00", "--user", "42")
    result = run("track", "call", "--at", "9:00")
    assert (result.exit_code, result.out) == (0, "3\n")
    assert result.err == "note: task 3 overlaps task 1 (write\\n[b]docs[/], since 08:00)\n" + hint(3)
    result = run("track", "visit", "--at", "yesterday 9:00", "--until", "today 10:00", terminal=True)
    note = "task 1 (write\\n[b]docs[/], since 08:00) and task 3 (call, since 09:00)"
    assert result.err.endswith(f"note: task 4 overlaps {note}\n")  # another note says that it is long
    note = "note: task 5 overlaps task 4 (visit, 2023-07-15 09:00 to 2023-07-16 10:00)\n" + hint(5)
    assert run("track", "nap", "--at", "yesterday 23:00", "--for", "1m").err == note
    run("undo")
    result = run("track", "mail", "--for", "30m", terminal=True)
    assert result.out == "Tracked 6: mail, 11:30 to 12:00 (0:30:00)\n"
    assert result.err == (
        "note: task 6 overlaps task 1 (write\\n[b]docs[/], since 08:00) and task 3 (call, since 09:00)\n"
        + hint(6, "tasks")
    )
    run("stop", "1", "3", "--at", "11:50")
    result = run("track", "plan", "--at", "11:40", "--until", "11:45", "--json")
    assert json.loads(result.out)["id"] == 7
    assert result.err == (
        "note: task 7 overlaps task 1 (write\\n[b]docs[/], 08:00 to 11:50), task 3 (call, 09:00 to 11:50) "
        "and task 6 (mail, 11:30 to 12:00)\n" + hint(7, "tasks")
    )


def test_many_overlaps_are_one_short_line(run: Run) -> None:
    for _ in range(9):
        run("track", "x" * 10_000, "--at", "9:00")
    err = run("track", "call", "--at", "10:00").err
    assert err.count("\n") == 2
    assert len(err) < 450
    assert err.endswith(f" and others\n{hint(10, 'tasks')}")


@pytest.mark.parametrize(
    ("command", "verb", "note"),
    [
        (["track", "x", "--at", "8:00", "--until", "9:30"], "cut", "task 4 overlaps task 1 (first, 09:00 to 10:00)"),
        (
            ["track", "x", "--at", "8:00"],
            "remove",
            "task 4 overlaps task 1 (first, 09:00 to 10:00) and task 2 (second, 10:00 to 11:00)",
        ),
        (["edit", "2", "--start", "9:30"], "cut", "task 2 overlaps task 1 (first, 09:00 to 10:00)"),
        (["edit", "1", "--for", "90m"], "cut", "task 1 overlaps task 2 (second, 10:00 to 11:00)"),
        (["edit", "1", "--end", "none"], "remove", "task 1 overlaps task 2 (second, 10:00 to 11:00)"),
        (["edit", "1", "2", "--start", "9:15"], "cut", "task 1 overlaps task 2 (second, 09:15 to 11:00)"),
        (
            ["edit", "--search", "first", "--for", "2h", "--yes"],
            "remove",
            "task 1 overlaps task 2 (second, 10:00 to 11:00)",
        ),
        (["move", "1", "10:15"], "cut", "task 1 overlaps task 2 (second, 10:00 to 11:00)"),
        (["resume", "1", "--at", "10:30"], "cut", "task 4 overlaps task 2 (second, 10:00 to 11:00)"),
        (
            ["switch", "x", "--at", "9:45"],
            "cut or remove",
            "task 4 overlaps task 1 (first, 09:00 to 10:00) and task 2 ",
        ),
        (["switch", "-", "--at", "10:45"], "cut", "task 4 overlaps task 2 (second, 10:00 to 11:00)"),
    ],
)
def test_overlaps_print_note_in_either_direction(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str], verb: str, note: str
) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "first", "--at", "9:00", "--until", "10:00")
    run("track", "second", "--at", "10:00", "--until", "11:00")
    run("track", "theirs", "--at", "8:00", "--user", "42")
    result = run(*command)
    assert result.exit_code == 0
    assert result.err.startswith(f"note: {note}")
    number, others = note.split()[1], "tasks" if " and " in note else "task"
    assert result.err.endswith(f")\n{hint(int(number), others, verb)}")
    assert result.err.count("\n") == 2
    assert run("edit", number, "--adjust", "--yes").err == ""


def test_deliberate_overlap_prints_no_hint(run: Run) -> None:
    run("track", "first", "--start", "9:00-10:00")
    result = run("track", "aside", "--start", "9:30-9:40", "--parallel")
    assert result.err == "note: task 2 overlaps task 1 (first, 09:00 to 10:00)\n"


def test_hint_of_overlap_repeats_user(run: Run) -> None:
    run("track", "first", "--start", "9:00-10:00", "--user", "42")
    run("track", "mine", "--start", "8:00-11:00", "--user", "7")
    result = run("track", "second", "--start", "9:30-11:00", "--user", "42")
    assert result.err.endswith("run: tasktimer edit 3 --adjust --user 42\n")
    assert run("edit", "3", "--adjust", "--user", "42").exit_code == 0
    assert task(run, 1)["end_time"] == "2023-07-16T09:30:00+02:00"


def test_stop_at_given_time_prints_note(run: Run) -> None:
    run("track", "write", "--at", "9:00")
    run("track", "call", "--at", "10:00", "--until", "10:30")
    assert run("stop", "--at", "11:00").err == "note: task 1 overlaps task 2 (call, 10:00 to 10:30)\n" + hint(
        1, verb="remove"
    )
    run("undo")
    assert run("stop", "--at", "10:00").err == ""
    run("undo")
    assert run("stop").err == ""


def test_joined_gap_prints_note(run: Run) -> None:
    for times in (("8:00", "9:00"), ("10:00", "11:00")):
        run("track", "write", "--at", times[0], "--until", times[1])
    run("track", "call", "--at", "9:15", "--until", "9:30")
    assert run("join", "1", "2", "--yes").err == "note: task 1 overlaps task 3 (call, 09:15 to 09:30)\n" + hint(
        1, verb="remove"
    )
    assert run("split", "1", "--at", "9:20").err == ""


def test_edit_of_labels_prints_no_note(run: Run) -> None:
    for _ in range(2):
        run("track", "write", "--at", "9:00", "--until", "10:00")
    assert run("edit", "1", "+docs").err == ""
    assert run("edit", "1", "--start", "9:00").err == ""


def test_many_edited_tasks_print_one_note(run: Run) -> None:
    for hour in range(6):
        run("track", "write", "--at", f"{hour}:00", "--for", "1h")
    assert run("edit", *"12345", "--for", "90m").err == "note: 5 tasks overlap others: 1 2 3 4 5\n"


@pytest.mark.parametrize("options", [[], ["--at", "now"], ["--at", "9:00"], ["--no-gap"]])
def test_separate_tasks_print_no_note(run: Run, monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "before", "--at", "8:00", "--until", "9:00")
    if "--at" not in options or options[1] == "now":
        run("track", "goes on", "--user", "2")
    assert run("track", "write", *options).err == ""


@pytest.mark.parametrize("command", [["track", "write"], ["resume", "1"]])
def test_running_tasks_print_note_on_terminal(
    run: Run, config_file: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "mail", "--at", "8:00", "--until", "9:00")
    run("track", "theirs", "--user", "42")
    assert run(*command, terminal=True).err == ""
    default = f"to switch by default, set exclusive = true in {config_file}"
    result = run("track", "call", terminal=True)
    assert (result.exit_code, result.out) == (0, "Tracking 4: call, since 12:00\n")
    assert result.err.startswith("note: task 3 (")
    assert result.err.endswith(
        f", since 12:00) is also running\nhint: {default}; to stop it now, run: tasktimer stop 3\n"
    )
    assert run("track", "call").err == ""
    note = f"(call, since 12:00) are also running\nhint: {default}; to stop them now, run: tasktimer stop 3 4 5\n"
    assert run("track", "more", terminal=True).err.endswith(note)
    assert run("track", "aside", "--parallel", terminal=True).err == ""


def test_same_running_task_prints_note_with_its_undo(run: Run) -> None:
    run("track", "mail", "+a", "-p", "acme", "--at", "11:00")
    again = ("track", "mail", "+a", "-p", "acme")
    result = run(*again, terminal=True)
    assert (result.exit_code, result.out) == (0, "Tracking 2: mail, since 12:00  acme  +a\n")
    note = "note: the same task, 1, is already running (since 11:00)\nhint: to undo this, run: tasktimer undo\n"
    assert result.err == note
    run("undo")
    assert run(*again).err == run("undo").err == run(*again, "--parallel", terminal=True).err == ""
    run("undo")
    for other in (("track", "mail", "+a"), ("track", "mail", "-p", "acme"), ("track", "Mail", "+a", "-p", "acme")):
        assert run(*other, terminal=True).err.endswith(": tasktimer stop 1\n")
        run("undo")


@pytest.mark.parametrize(
    ("times", "note"),
    [
        ("yesterday 15:00-8:00", "task 2 now lasts 17:00:00, more than 16 hours"),
        ("2022-07-16T09:00+02:00", "task 2 started 365 days ago, on 2022-07-16"),
    ],
)
def test_hint_does_not_make_room_for_suspicious_times(run: Run, times: str, note: str) -> None:
    options = ["--for", "1h"] if "T" in times else []
    run("track", "first", "--start", times.replace("T09:00", "T09:30").replace("15:00", "15:30"), *options)
    err = run("track", "second", "--start", times, *options).err
    assert err.startswith(f"note: {note}\nhint: to undo this, run: tasktimer undo\nnote: task 2 overlaps task 1 (")
    assert err.count("hint: ") == 1
