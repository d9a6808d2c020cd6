"""Every command at night, with days that start at 04:00: it is 01:00 on Thursday the 26th, but still Wednesday."""

import json
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import BERLIN, Golden, Result, Run

from tasktimer import open_tracker

NOW = datetime(2026, 11, 26, 1, tzinfo=BERLIN)
At = Callable[..., Result]


@pytest.fixture
def at_night(run: Run, monkeypatch: pytest.MonkeyPatch) -> At:
    """Run commands at 01:00; some tasks have been recorded."""
    monkeypatch.setenv("TASKTIMER_DAY_STARTS_AT", "04:00")

    def command(*arguments: str, now: datetime = NOW, terminal: bool = False) -> Result:
        return run(*arguments, now=now, terminal=terminal)

    command("track", "tuesday", "-p", "acme", "--start", "2026-11-25 02:00", "--end", "3:00")
    command("track", "wednesday", "-p", "acme", "+docs", "--start", "22:00", "--end", "0:30")
    command("track", "both", "--start", "yesterday 3:30", "--end", "today 4:30")
    command("track", "now", "--start", "0:45")
    return command


SCRIPT = """
times
times yesterday
times monday
times 2026-11-25
times --tz America/New_York
list
list yesterday
list week
list last 2 days
list --from yesterday --to today
list --from 'yesterday 3:00' --to 'today 0:00'
list 2026-W48 --where 'from:today'
status
projects today
tags week
projects last week
show 2
history
edit --search wednesday --start 22:30 --dry-run
delete --from yesterday --dry-run
move 1 today
edit 2 --start 23:00
delete 4 --yes
track early --start 2:00
stop --at 2:00
edit 2 --start yesterday
"""


def test_every_command_knows_day(at_night: At, golden: Golden) -> None:
    pieces = []
    for line in SCRIPT.strip().splitlines():
        result = at_night(*shlex.split(line), terminal=True)
        said = "".join(f"! {text}\n" for text in result.err.splitlines())
        pieces.append(f"$ tasktimer {line}\n{result.out}{said}")
    golden("days-from-four.txt", "\n".join(pieces))


def time_spent(result: Result) -> dict[str, float]:
    return {task["description"]: task["time_spent"] for task in json.loads(result.out)}


def test_output_for_programs(at_night: At) -> None:
    today = json.loads(at_night("status", "--json").out)["today"]
    assert today == {"date": "2026-11-25", "worked": 3600 * 3.25, "elapsed": 3600 * 3.25}
    spent = {task["description"]: task["time_spent"] for task in json.loads(at_night("times", "--json").out)}
    assert spent == {"wednesday": 9000, "both": 1800, "now": 900}
    spent = {
        task["description"]: task["time_spent"] for task in json.loads(at_night("list", "yesterday", "--json").out)
    }
    assert spent == {"tuesday": 3600, "both": 1800}
    assert at_night("status", "--format", "{since} {total}").out == "00:45 3:15:00\n"


def test_day_begins_at_four(at_night: At) -> None:
    later = NOW + timedelta(hours=3)
    assert at_night("times", now=later - timedelta(seconds=1)).out.count("\n") == 3
    assert [line.split("\t")[2] for line in at_night("times", now=later).out.splitlines()] == []
    assert at_night("list", "yesterday", now=later).out.count("\n") == 3


@pytest.mark.parametrize(
    ("start", "title"),
    [
        ("04:00", "2026-11-25, Europe/Berlin, days from 04:00"),
        ("-01:00", "2026-11-26, Europe/Berlin, days from 23:00 the day before"),
        ("00:00", "2026-11-26, Europe/Berlin"),
    ],
)
def test_title_says_when_days_start(run: Run, monkeypatch: pytest.MonkeyPatch, start: str, title: str) -> None:
    monkeypatch.setenv("TASKTIMER_DAY_STARTS_AT", start)
    run("track", "write", "--start", "15m ago", now=NOW)
    for command in ("times", "list"):
        assert run(command, terminal=True, now=NOW).out.startswith(f"{title}\n")
    assert run("projects", "today", terminal=True, now=NOW).out.startswith(f"Projects, {title}\n")
    zone = title.partition(", ")[2]
    assert run("history", terminal=True, now=NOW).out.startswith(f"History{zone.removeprefix('Europe/Berlin')}\n")
    nothing = run("list", "2020-01-01", terminal=True, now=NOW).out
    assert nothing == f"Nothing tracked on Wednesday 2020-01-01, {zone}.\n"


@pytest.mark.parametrize(
    ("date_range", "first", "last"),
    [("week", "22", "28"), ("last week", "15", "21"), ("last 2 weeks", "15", "28"), ("2026-W48", "23", "29")],
)
def test_weeks_start_on_chosen_weekday(
    at_night: At, monkeypatch: pytest.MonkeyPatch, date_range: str, first: str, last: str
) -> None:
    monkeypatch.setenv("TASKTIMER_WEEK_STARTS_ON", "sunday")
    at_night("track", "old", "--start", "2026-11-16 09:00", "--for", "1h")
    title = at_night("list", *date_range.split(), terminal=True).out.splitlines()[0]
    assert title == f"2026-11-{first} to 2026-11-{last}, Europe/Berlin, days from 04:00"


def test_config_file_sets_days_and_weeks(run: Run, config_file: Path) -> None:
    config_file.write_text('day_starts_at = "04:00"\nweek_starts_on = "thursday"\n')
    run("track", "write", "--start", "23:30", now=NOW)
    title = run("list", "week", terminal=True, now=NOW).out.splitlines()[0]
    assert title == "2026-11-19 to 2026-11-25, Europe/Berlin, days from 04:00"


@pytest.mark.parametrize(("name", "value"), [("DAY_STARTS_AT", "26:00"), ("WEEK_STARTS_ON", "someday")])
def test_invalid_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TASKTIMER_{name}", value)
    result = run("times", now=NOW)
    assert result.exit_code == 2
    assert result.err.startswith(f"error: TASKTIMER_{name}: invalid ")


@pytest.mark.usefixtures("at_night")
def test_described_tasks_have_their_day(complete: Callable[..., str]) -> None:
    described = complete("fish", "tasktimer show ")
    assert "Wed 2026-11-25  acme: wednesday" in described
    assert "Tue 2026-11-24  acme: tuesday" in described


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("start mail 22:00", "instead, run: tasktimer track mail --start 22:00"),  # on Wednesday
        ("start mail 2:00", "instead, run: tasktimer track --help"),  # later today
    ],
)
def test_corrected_lines_follow_setting(at_night: At, line: str, hint: str) -> None:
    assert at_night(*line.split()).err.endswith(f"hint: {hint}\n")


def test_corrected_lines_do_not_require_valid_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_TZ", "Mars")
    assert "hint: instead, run: tasktimer track mail" in run("start", "mail").err


def test_completed_days_follow_setting(complete: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Sun 2023-07-16" in complete("fish", "tasktimer times tod")
    monkeypatch.setenv("TASKTIMER_DAY_STARTS_AT", "-12:00")  # it is noon
    assert "Mon 2023-07-17" in complete("fish", "tasktimer times tod")
    assert "sunday 9:00" not in complete("fish", "tasktimer track x --start ")  # yesterday


@pytest.mark.usefixtures("at_night")
def test_python_api_follows_settings(data_file: Path) -> None:
    for zone in (None, "Europe/Berlin", BERLIN):
        with open_tracker(data_file, tz=zone, clock=NOW.astimezone) as tracker:
            assert [entry.task.description for entry in tracker.times().entries] == ["both", "wednesday", "now"]
            assert tracker.status()[1].worked == timedelta(hours=3, minutes=15)
            assert [task.description for task in tracker.list_tasks(date_range="yesterday")] == ["tuesday", "both"]
            assert str(tracker.zone) == "Europe/Berlin"
