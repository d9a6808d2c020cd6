"""`tasktimer status`, as people, prompts and scripts use it."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW, Run
from tests.hostile import USERS_REFUSED

from tasktimer.output.status import FIELDS


def test_status_shows_running_task_and_total(run: Run) -> None:
    run("track", "mail", "--at", "8:00", "--until", "9:00")
    run("track", "write docs", "--at", "09:14")
    result = run("status", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == "Tracking 2: write docs, since 09:14 (2:46:00). Today: 3:46:00.\n"


def test_status_shows_labels(run: Run) -> None:
    run("track", "mail", "+b", "+a", "-p", "acme", "--at", "11:00")
    line = "Tracking 1: mail, since 11:00 (1:00:00)  acme  +a  +b. Today: 1:00:00.\n"
    assert run("status", terminal=True).out == line


def test_status_shows_each_running_task_and_both_totals(run: Run) -> None:
    run("track", "call", "--at", "11:00", "-p", "acme", "+phone")
    run("track", "write", "--at", "10:00")
    assert run("status", terminal=True).out == (
        "Tracking 2: write, since 10:00 (2:00:00)\n"
        "Tracking 1: call, since 11:00 (1:00:00)  acme  +phone\n"
        "Today: 3:00:00 worked, 2:00:00 elapsed.\n"
    )
    assert run("status", "--format", "{id} {others} {total}").out == "1 1 3:00:00\n"


@pytest.mark.parametrize(("count", "shown", "more"), [(5, 5, []), (6, 6, []), (7, 5, ["and 2 more"])])
def test_status_shows_most_recent_of_many_running_tasks(run: Run, count: int, shown: int, more: list[str]) -> None:
    for number in range(1, count + 1):
        run("track", "write", "--at", f"{number}:00")
    *tasks, total = run("status", terminal=True).out.splitlines()
    ids = [line.removeprefix("Tracking ").split(":")[0] for line in tasks[:shown]]
    assert ids == [str(number) for number in range(count - shown + 1, count + 1)]
    assert tasks[shown:] == more
    assert re.fullmatch(r"Today: \S+ worked, 11:00:00 elapsed\.", total)


def test_total_of_simultaneous_tasks_that_do_not_overlap_is_one_number(run: Run) -> None:
    run("track", "write")
    run("track", "call")
    assert run("status", terminal=True).out.splitlines()[-1] == "Today: 0:00:00."


def test_totals_have_own_line_if_one_is_too_short_for_all(run: Run) -> None:
    run("track", "call", "--at", "10:00", "--for", "30m")
    run("track", "mail", "--at", "10:15", "--for", "30m")
    assert run("status", terminal=True).out == "Nothing is running. Today: 1:00:00 worked, 0:45:00 elapsed.\n"
    both = "Tracking 3: {}, since 11:00 (1:00:00). Today: 2:00:00 worked, 1:45:00 elapsed.\n"
    name = "x" * (81 - len(both.format("")))
    run("track", name, "--at", "11:00")
    line = run("status", terminal=True).out
    assert (line, len(line)) == (both.format(name), 81)
    run("edit", "3", "--description", f"{name}x")
    task, total = f"Tracking 3: {name}x, since 11:00 (1:00:00).\n", "Today: 2:00:00 worked, 1:45:00 elapsed.\n"
    assert run("status", terminal=True).out == task + total


@pytest.mark.parametrize("setting", ["missing", "ended"])
def test_nothing_running_exits_1_with_empty_pipe(run: Run, data_file: Path, setting: str) -> None:
    if setting == "ended":
        run("track", "mail", "--at", "8:00", "--until", "9:00")
    total = {"missing": "0:00:00", "ended": "1:00:00"}[setting]
    for arguments in ([], ["--format", "{id}"]):
        result = run("status", *arguments)
        assert (result.exit_code, result.out, result.err) == (1, "", "")
        result = run("status", *arguments, terminal=True)
        assert (result.exit_code, result.out, result.err) == (1, f"Nothing is running. Today: {total}.\n", "")
    result = run("status", "--json")
    assert result.exit_code == 1
    worked = {"missing": 0, "ended": 3600}[setting]
    assert json.loads(result.out) == {
        "running": [],
        "today": {"date": "2023-07-16", "worked": worked, "elapsed": worked},
    }
    assert data_file.exists() == (setting == "ended")


def test_json_is_object(run: Run) -> None:
    run("track", "mail", "--at", "yesterday 23:00")
    run("track", "write", "+a", "-p", "acme", "--at", "11:00")
    found = json.loads(run("status", "--json", now=NOW + timedelta(seconds=5)).out)
    assert [(task["id"], task["time_spent"]) for task in found["running"]] == [(1, 46805), (2, 3605)]
    assert found["running"][1] == {
        "id": 2,
        "user_id": 1,
        "description": "write",
        "start_time": "2023-07-16T11:00:00+02:00",
        "end_time": None,
        "running": True,
        "project": "acme",
        "tags": ["a"],
        "note": None,
        "time_spent": 3605,
    }
    assert found["today"] == {"date": "2023-07-16", "worked": 46810, "elapsed": 43205}


def test_pipe_has_line_per_task(run: Run) -> None:
    run("track", "two\nlines", "--at", "yesterday 23:00", "--note", "n")
    run("track", "write", "+b", "+a", "-p", "acme", "--at", "11:00")
    assert run("status").out == (
        "1\t1\ttwo\\nlines\t2023-07-15T23:00:00+02:00\t\t46800\t\t\tn\n"
        "2\t1\twrite\t2023-07-16T11:00:00+02:00\t\t3600\tacme\ta,b\t\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{description} {elapsed}", "write\\tdocs 1:05:30"),
        ("{{{id}}}", "{7}"),
        ("[{project}] {tags}|{note}|{user}", "[acme] +a +b|{id}|42"),
        ("{since}", "10:54"),
        ("busy", "busy"),
        ("", ""),
        ("\x1b[1m{id}\x1b[0m", "\x1b[1m7\x1b[0m"),  # colours are the user's own
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_format_is_filled(run: Run, text: str, line: str, terminal: bool) -> None:
    for _ in range(6):
        run("track", "mail", "--for", "1m")
    options = ["-p", "acme", "+b", "+a", "--note", "{id}", "--user", "42", "--at", "10:54:30"]
    run("track", "write\tdocs", *options)
    result = run("status", "--format", text, terminal=terminal)
    assert (result.exit_code, result.out, result.err) == (0, f"{line}\n", "")


def test_missing_labels_are_empty(run: Run) -> None:
    run("track", "write")
    assert run("status", "--format", "<{project}{tags}{note}>").out == "<>\n"


@pytest.mark.parametrize("idle", [True, False])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{descripton}", "unknown field 'descripton' in the format"),
        ("{description.__class__}", "unknown field 'description.__class__' in the format"),
        ("{x.__class__}", "unknown field 'x.__class__' in the format"),
        ("{description[0]}", "unknown field 'description[0]' in the format"),
        ("{description!r}", "unknown field 'description!r' in the format"),
        ("{id:>999999999999}", "unknown field 'id:>999999999999' in the format"),
        ("{}", "unknown field '' in the format"),
        ("{0}", "unknown field '0' in the format"),
        ("{ID}", "unknown field 'ID' in the format"),
        ("{ id }", "unknown field ' id ' in the format"),
        ("{id", "unmatched brace at character 1 of the format '{id'"),
        ("a {id}}", "unmatched brace at character 7 of the format 'a {id}}'"),
        ("{a{id}}", "unmatched brace at character 1 of the format '{a{id}}'"),
        ("}{", "unmatched brace at character 1 of the format '}{'"),
    ],
)
def test_invalid_format_fails(run: Run, text: str, message: str, idle: bool) -> None:
    if not idle:
        run("track", "write")
    result = run("status", "--format", text)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(f"error: {message}\nhint: ")
    assert result.err.endswith((f"one of {', '.join(FIELDS)}\n", " for a literal brace\n"))


def test_format_and_json_fail(run: Run) -> None:
    assert run("status", "--format", "{id}", "--json").exit_code == 2


def test_control_characters_are_shown_escaped(run: Run) -> None:
    run("track", "two\nlines\tof text", "-t", "é")
    for arguments, terminal in (
        ([], True),
        (["--format", "{description}"], True),
        (["--format", "{description}"], False),
    ):
        out = run("status", *arguments, terminal=terminal).out
        assert "two\\nlines\\tof text" in out
        assert not re.search(r"[\x00-\x1f]", out.removesuffix("\n"))


def test_users_are_distinguished(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "mine", "--at", "11:00")
    run("track", "theirs", "--at", "10:00", "--user", "42")
    fields = ["--format", "{description} {total}"]
    assert run("status", *fields).out == "mine 3:00:00\n"
    assert run("status", *fields, "--user", "42").out == "theirs 2:00:00\n"
    monkeypatch.setenv("TASKTIMER_USER", "42")
    assert run("status", *fields).out == "theirs 2:00:00\n"
    assert run("status", *fields, "--user", "all").out == "mine 3:00:00\n"
    assert run("status", "--user", "7").exit_code == 1


@pytest.mark.parametrize("user", USERS_REFUSED)
def test_invalid_user_fails(run: Run, user: str) -> None:
    assert run("status", f"--user={user}").exit_code == 2


def test_today_is_local_day(run: Run) -> None:
    """The clock was set back at 3:00: nine hours and not eight had passed at 8:00."""
    morning = datetime.fromisoformat("2024-10-27T08:00+01:00")
    run("track", "night", "--at", "2024-10-26 22:00", now=morning)
    assert run("status", "--format", "{since} {elapsed} {total}", now=morning).out == "22:00 11:00:00 9:00:00\n"


def test_task_that_starts_after_now_counts_zero(run: Run) -> None:
    """The clock was set back."""
    run("track", "write")
    line = run("status", now=NOW - timedelta(hours=1), terminal=True).out
    assert line == "Tracking 1: write, since 12:00 (0:00:00). Today: 0:00:00.\n"
