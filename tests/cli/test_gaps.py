"""`tasktimer gaps`: stretches without tasks, each with a command that works when pasted."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import datetime

import pytest
from tests.conftest import BERLIN, Golden, Run

NOTE = (
    "Time before the first and after the last task of a day is not counted.\n"
    "To count it, run: tasktimer {} --from 9:00 --to 17:00\n"
)
MONDAY = datetime(2023, 7, 17, 18, tzinfo=BERLIN)


@pytest.fixture
def days(run: Run) -> Run:
    """Two days of work with gaps, one across midnight, and a running task."""
    for start, end in (
        ("2023-07-14 09:00", "10:30"),
        ("2023-07-14 11:00", "12:30"),
        ("2023-07-14 13:15:20", "17:00"),
        ("2023-07-14 23:00", "1:00"),
        ("2023-07-15 9:00", "10:00"),
    ):
        run("track", "write", "--start", start, "--end", end)
    run("track", "review", "--start", "8:00-8:30")
    run("track", "review", "--start", "11:00")
    return run


def commands(text: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in re.findall(r"tasktimer track .*", text)]


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("color", [True, False])
def test_gaps_by_day(days: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, columns: int, color: bool) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(columns))
    ranges = (("week",), ("today",), ("2023-07-14", "--from", "8:00", "--to", "18:00"))
    shown = "\n".join(days("gaps", *words, terminal=True).out for words in ranges)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, text.splitlines())) <= max(columns, 63)  # a command with seconds
    golden(f"gaps-{columns}{'-color' if color else ''}.txt", shown if color else text)


@pytest.mark.parametrize(
    "options", [[], ["--tz", "America/New_York"], ["--user", "1"], ["--from", "8:00", "--to", "23:30"]]
)
def test_commands_work_when_pasted(days: Run, options: list[str]) -> None:
    found = commands(days("gaps", "week", *options, terminal=True).out)
    assert len(found) >= 4
    for words in found:
        result = days(*words)
        assert (result.exit_code, result.err) == (0, "")
    assert days("gaps", "week", *options, "--longer-than", "0s").out == ""


def test_commands_work_on_day_of_25_hours(run: Run) -> None:
    now = datetime(2024, 10, 28, 12, tzinfo=BERLIN)
    for start, end in (
        ("2024-10-27T00:10", "2024-10-27T01:30"),
        ("2024-10-27T02:10+02:00", "2024-10-27T02:20+02:00"),
        ("2024-10-27T02:10+01:00", "2024-10-27T02:20+01:00"),
        ("2024-10-27T03:10", "2024-10-27T04:00"),
    ):
        run("track", "x", "--start", start, "--end", end, now=now)
    for words in commands(run("gaps", "yesterday", now=now, terminal=True).out):
        result = run(*words, now=now)
        assert (result.exit_code, result.err) == (0, "")
    assert run("gaps", "yesterday", now=now).out == ""
    worked = [json.loads(run("timeline", "yesterday", "--json", now=now).out)]
    assert sum(part["seconds"] for part in worked[0]) == 4 * 3600 + 50 * 60


def test_pipe_has_start_end_and_seconds(days: Run) -> None:
    assert days("gaps").out == "2023-07-16T08:30:00+02:00\t2023-07-16T11:00:00+02:00\t9000\n"
    assert days("gaps", "--format", "csv").out.startswith("start_time,end_time,seconds\n2023-07-16T08:30:00+02:00,")
    (gap,) = json.loads(days("gaps", "--json").out)
    assert gap == {
        "start_time": "2023-07-16T08:30:00+02:00",
        "end_time": "2023-07-16T11:00:00+02:00",
        "seconds": 9000,
    }
    assert days("gaps", "--tz", "UTC").out.startswith("2023-07-16T06:30:00Z\t")


def test_longer_than(days: Run) -> None:
    for text, count in (("0s", 5), ("30m", 4), ("45m", 4), ("1h", 3), ("7h59m", 1), ("8h", 0)):
        assert days("gaps", "week", "--longer-than", text).out.count("\n") == count


def test_days_without_tasks(days: Run) -> None:
    hours = ["--from", "9:00", "--to", "17:00"]
    assert {line[:10] for line in days("gaps", "week", *hours).out.splitlines()} == {
        *("2023-07-14", "2023-07-15", "2023-07-16")
    }
    rows = [line.split("\t") for line in days("gaps", "week", *hours, "--all-days").out.splitlines()]
    assert [(row[0][8:16], row[2]) for row in rows][:4] == [(f"{day}T09:00", "28800") for day in (10, 11, 12, 13)]
    days("stop", "--at", "12:00")
    assert days("gaps", "all", *hours, "--all-days", now=MONDAY).out.splitlines()[-1].startswith("2023-07-17T09:00")
    assert days("gaps", "2030", *hours, "--all-days").out == ""
    result = days("gaps", "week", "--all-days", "--from", "9:00")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == "error: --all-days requires --from and --to\nhint: add --from 9:00 --to 17:00\n"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("25:00", "use a time from 00:00 to 23:59"),
        ("8", "use 8:00, 8am or 8pm"),
        ("soon", "use a time of day, such as 9:00"),
        ("monday 9:00", "use a time of day, such as 9:00"),
    ],
)
@pytest.mark.parametrize("option", ["--from", "--to"])
def test_invalid_hours_are_explained(days: Run, option: str, text: str, hint: str) -> None:
    result = days("gaps", "week", option, text)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == f"error: invalid time of day '{text}'\nhint: {hint}\n"


def test_too_many_days(days: Run) -> None:
    hours = ["--from", "9:00", "--to", "17:00"]
    result = days("gaps", "last", "100", "years", *hours, "--all-days")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert days("gaps", "last", "100", "years", *hours).exit_code == 0


def test_no_gaps(run: Run) -> None:
    assert run("gaps", terminal=True).err.startswith("note: nothing has been tracked yet")
    assert run("gaps", "--json").out == "[]\n"
    run("track", "write", "--for", "1h")
    assert run("gaps", terminal=True).out == f"No gaps on Sunday 2023-07-16, Europe/Berlin.\n{NOTE.format('gaps')}"
    assert (
        run("gaps", "week", terminal=True).out
        == f"No gaps from 2023-07-10 to 2023-07-16, Europe/Berlin.\n{NOTE.format('gaps week')}"
    )
    line = NOTE.format("gaps").rpartition("tasktimer ")[2]
    assert "Time before" not in (shown := run(*shlex.split(line), terminal=True).out)
    assert "09:00" in shown
    assert (run("gaps").exit_code, run("gaps").out) == (0, "")


def test_gaps_are_those_of_one_user(days: Run) -> None:
    days("track", "call", "--user", "2", "--start", "9:00-9:30")
    result = days("gaps")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == (
        "error: a user is required, because the file has several users: 1, 2\n"
        "hint: set TASKTIMER_USER, or user in the config file, or run: tasktimer gaps --user 1\n"
    )
    assert days("gaps", "--user", "1").out.count("\n") == 1
    (words,) = commands(days("gaps", "--user", "1", terminal=True).out)
    assert words[-2:] == ["--user", "1"]
    assert days("gaps", "--user", "all").exit_code == 2


def test_hours_complete(complete: Callable[..., str]) -> None:
    assert complete("fish", "tasktimer gaps --to 2").split() == ["2:00", *(f"{hour}:00" for hour in range(20, 24))]


def test_gaps_on_each_engine(run: Run, database: str) -> None:
    for times in ("8:00-9:00", "9:30-10:00"):
        run("--database", database, "track", "x", "--start", times, "--user", "7")
    assert run("--database", database, "gaps", "--user", "7").out.endswith("\t1800\n")
