"""`tasktimer track --no-gap`, and tasks that share their time with others."""

import json
from pathlib import Path

import pytest
from tests.cli.test_track import task
from tests.conftest import NOW, Run


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
        (["--for", "0m"], "Tracked 2: write, 10:00 to 10:00 (0:00:00)"),
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
        (["--at", "9:00"], 2, "--at and --no-gap cannot be used together"),
        (["--until", "10:30", "--for", "5m"], 2, "a start, an end and a duration cannot all be given"),
        (["--for", "soon"], 2, "invalid duration 'soon'"),
        (["--for", "999999999h"], 2, "is too long"),
        (["--for", "3h"], 1, "the end is in the future: 13:00 (it is 12:00 now)"),
        (["--until", "13:00"], 1, "the end is in the future"),
        (["--until", "9:30"], 1, "cannot end at 09:30, before its start at 10:00"),
        (["--user", "42"], 1, "user 42 has no finished tasks\nhint: set the start with --at"),
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
    assert result.err == "note: task 1 (write\\n[b]docs[/], since 08:00) was also running at 09:00\n"
    result = run("track", "visit", "--at", "yesterday 9:00", "--until", "10:00", terminal=True)
    assert "also running at" not in result.err
    note = "note: task 4 (visit, 2023-07-15 09:00 to 2023-07-16 10:00) was also running at 2023-07-15 23:00\n"
    assert run("track", "nap", "--at", "yesterday 23:00", "--for", "1m").err == note
    run("undo")
    result = run("track", "mail", "--for", "30m", terminal=True)
    assert result.out == "Tracked 6: mail, 11:30 to 12:00 (0:30:00)\n"
    assert result.err == (
        "note: task 1 (write\\n[b]docs[/], since 08:00) and task 3 (call, since 09:00) were also running at 11:30\n"
    )
    run("stop", "1", "3", "--at", "11:50")
    result = run("track", "plan", "--at", "11:40", "--until", "11:45", "--json")
    assert json.loads(result.out)["id"] == 7
    assert result.err == (
        "note: task 1 (write\\n[b]docs[/], 08:00 to 11:50), task 3 (call, 09:00 to 11:50) "
        "and task 6 (mail, 11:30 to 12:00) were also running at 11:40\n"
    )


def test_many_overlaps_are_one_short_line(run: Run) -> None:
    for _ in range(9):
        run("track", "x" * 10_000, "--at", "9:00")
    err = run("track", "call", "--at", "10:00").err
    assert err.count("\n") == 1
    assert len(err) < 400
    assert err.endswith(" and 6 more were also running at 10:00\n")


@pytest.mark.parametrize("options", [[], ["--at", "now"], ["--at", "9:00"], ["--no-gap"]])
def test_separate_tasks_print_no_note(run: Run, options: list[str]) -> None:
    run("track", "before", "--at", "8:00", "--until", "9:00")
    if options[:1] != ["--no-gap"]:
        run("track", "goes on", "--at", "10:00")
    assert run("track", "write", *options).err == ""


@pytest.mark.parametrize("command", [["track", "write"], ["resume", "1"]])
def test_running_tasks_print_note_on_terminal(run: Run, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "mail", "--at", "8:00", "--until", "9:00")
    run("track", "theirs", "--user", "42")
    assert run(*command, terminal=True).err == ""
    hint = "hint: to stop it, run: tasktimer stop 3 (or use switch next time)\n"
    result = run("track", "call", terminal=True)
    assert (result.exit_code, result.out) == (0, "Tracking 4: call, since 12:00\n")
    assert result.err.startswith("note: task 3 (")
    assert result.err.endswith(f", since 12:00) is also running\n{hint}")
    assert run("track", "call").err == ""
    assert (
        "and task 5 (call, since 12:00) are also running\nhint: to stop them, run: tasktimer stop 3 4 5 "
        in run("track", "more", terminal=True).err
    )


@pytest.mark.parametrize(
    ("words", "note"),
    [
        (["9:00", "write"], "note: '9:00' is part of the description\nhint: use --at for the start time\n"),
        (
            ["+docs", "x"],
            "note: '+docs' is part of the description\nhint: put a tag after the first word, or use -t\n",
        ),
        (["25:00", "write"], ""),
        (["9:00 - 9:30 write"], ""),
        (["+", "write"], ""),
        (["3", "calls", "9:00"], ""),
    ],
)
@pytest.mark.parametrize("command", ["track", "switch"])
def test_first_word_like_time_or_tag_prints_note(run: Run, command: str, words: list[str], note: str) -> None:
    result = run(command, *words)
    assert (result.exit_code, result.err) == (0, note)
    assert task(run)["description"] == " ".join(words)
