"""A time of day alone, given to `edit`, `split` or `move`: it is of the day of the task, not of today."""

import json
from datetime import datetime

import pytest
from tests.conftest import BERLIN, Run

# Whatever the tasks are, the command is given on Sunday 2023-07-16 at 12:00.
YESTERDAY = ["yesterday 9:00", "yesterday 18:00"]
NIGHT = ["yesterday 23:00", "2:00"]
TODAY = ["9:00", "11:00"]

PASSED = "use a time in the past"
LATER = "use a later end, or also change the start with --start"
INSIDE = "use a time after its start and before its end"


def track(run: Run, start: str, end: str | None = None) -> None:
    assert run("track", "write", "--at", start, *(["--until", end] if end else [])).exit_code == 0


def listed(run: Run) -> list[str]:
    tasks = json.loads(run("list", "all", "--json").out)
    return [f"{short(task['start_time'])} - {short(task['end_time'])}" for task in tasks]


def short(instant: str | None) -> str:
    return "" if instant is None else datetime.fromisoformat(instant).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("task", "words", "expected"),
    [
        (YESTERDAY, ["edit", "1", "--end", "12:30"], ["15 09:00 - 15 12:30"]),
        (YESTERDAY, ["edit", "1", "--end", "20:30"], ["15 09:00 - 15 20:30"]),  # later than it is now
        (YESTERDAY, ["edit", "1", "--end", "9:01"], ["15 09:00 - 15 09:01"]),
        (YESTERDAY, ["edit", "1", "--end", "1:00"], ["15 09:00 - 16 01:00"]),
        (YESTERDAY, ["edit", "1", "--start", "8:30"], ["15 08:30 - 15 18:00"]),
        (YESTERDAY, ["edit", "1", "--start", " 17:30:00 "], ["15 17:30 - 15 18:00"]),
        (YESTERDAY, ["edit", "1", "--start", "8:30", "--for", "1h"], ["15 08:30 - 15 09:30"]),
        (YESTERDAY, ["edit", "1", "--start", "10:00", "--end", "12:30"], ["15 10:00 - 15 12:30"]),
        (YESTERDAY, ["edit", "1", "--start", "23:00", "--end", "1:00"], ["15 23:00 - 16 01:00"]),
        (YESTERDAY, ["edit", "1", "--start", "2023-07-10 23:00", "--end", "1:00"], ["10 23:00 - 11 01:00"]),
        (YESTERDAY, ["edit", "1", "--start", "23:00", "--end", "2023-07-16 9:00"], ["15 23:00 - 16 09:00"]),
        (YESTERDAY, ["edit", "1", "--start", "23:00", "--end", "none"], ["15 23:00 - "]),
        (YESTERDAY, ["edit", "1", "--start", "2h ago", "--end", "11:00"], ["16 10:00 - 16 11:00"]),
        # The start follows from the end, and it is the one that stays on its day.
        (YESTERDAY, ["edit", "1", "--end", "8:45", "--for", "30m"], ["15 08:15 - 15 08:45"]),
        (YESTERDAY, ["edit", "1", "--end", "0:15", "--for", "30m"], ["15 23:45 - 16 00:15"]),
        (YESTERDAY, ["edit", "1", "--end", "0:30", "--for", "30m"], ["15 00:00 - 15 00:30"]),
        (NIGHT, ["edit", "1", "--end", "1:00"], ["15 23:00 - 16 01:00"]),
        (NIGHT, ["edit", "1", "--start", "22:30"], ["15 22:30 - 16 02:00"]),
        (TODAY, ["edit", "1", "--end", "11:30"], ["16 09:00 - 16 11:30"]),
        (TODAY, ["edit", "1", "--start", "8:30"], ["16 08:30 - 16 11:00"]),
        (NIGHT, ["edit", "1", "--end", "now"], ["15 23:00 - 16 12:00"]),
        (YESTERDAY, ["edit", "1", "--start", "2023-07-15T04:14:00+02:00"], ["15 04:14 - 15 18:00"]),
        (YESTERDAY, ["move", "1", "9:15"], ["15 09:15 - 15 18:15"]),
        (YESTERDAY, ["move", "1", "0:00"], ["15 00:00 - 15 09:00"]),
        (NIGHT, ["move", "1", "23:30"], ["15 23:30 - 16 02:30"]),
        (YESTERDAY, ["move", "1", "today", "0:30"], ["16 00:30 - 16 09:30"]),
        (YESTERDAY, ["split", "1", "--at", "10:30"], ["15 09:00 - 15 10:30", "15 10:30 - 15 18:00"]),
        (NIGHT, ["split", "1", "--at", "1:00"], ["15 23:00 - 16 01:00", "16 01:00 - 16 02:00"]),
        (["yesterday 9:00"], ["split", "1", "--at", "17:30"], ["15 09:00 - 15 17:30", "15 17:30 - "]),
        (["yesterday 9:00"], ["split", "1", "--at", "8:30"], ["15 09:00 - 16 08:30", "16 08:30 - "]),
        (YESTERDAY, ["split", "1", "--at", "yesterday 10:30"], ["15 09:00 - 15 10:30", "15 10:30 - 15 18:00"]),
    ],
)
def test_time_of_day_is_on_day_of_task(run: Run, task: list[str], words: list[str], expected: list[str]) -> None:
    track(run, *task)
    result = run(*words)
    assert (result.exit_code, result.err) == (0, "")
    assert listed(run) == expected


def test_task_of_nearly_a_day_prints_note(run: Run) -> None:
    track(run, *YESTERDAY)
    for end in ("8:30", "today 8:30"):
        run("edit", "1", "--end", "18:00")
        result = run("edit", "1", "--end", end)
        assert (result.exit_code, listed(run)) == (0, ["15 09:00 - 16 08:30"])
        note = "note: task 1 now lasts 23:30:00, more than 16 hours\nhint: to undo this, run: tasktimer undo\n"
        assert result.err == note


@pytest.mark.parametrize(
    ("task", "words", "message", "hint"),
    [
        (
            ["9:00"],
            ["edit", "1", "--end", "20:30"],
            "the end is in the future: 20:30 (it is 12:00 now)",
            "use a time between the start at 09:00 and now",
        ),
        (
            ["yesterday 22:00"],
            ["edit", "1", "--end", "21:00:30"],
            "the end is in the future: 21:00 (it is 12:00 now)",
            "use a time between the start at 2023-07-15 22:00 and now",
        ),
        (
            ["9:00"],  # tomorrow's 8:00 would be the first one after that
            ["edit", "1", "--end", "8:00"],
            "task 1 cannot end at 08:00, before its start at 09:00",
            LATER,
        ),
        (
            YESTERDAY,
            ["edit", "1", "--start", "today 11:00", "--end", "10:00"],
            "task 1 cannot end at 10:00, before its start at 11:00",
            "use a later end, or an earlier start, such as 'yesterday 17:30'",
        ),
        (
            ["yesterday 9:40:20", "yesterday 18:00"],  # shown as 09:40, it is not meant for nearly a day
            ["edit", "1", "--end", "9:40"],
            "task 1 cannot end at 2023-07-15 09:40:00, before its start at 2023-07-15 09:40:20",
            LATER,
        ),
        (
            ["yesterday 9:40:20"],
            ["split", "1", "--at", "9:40"],
            "task 1 cannot be split at 2023-07-15 09:40:00 because it starts at 2023-07-15 09:40:20",
            INSIDE,
        ),
        (
            YESTERDAY,
            ["edit", "1", "--start", "18:30"],
            "task 1 cannot start at 2023-07-15 18:30, after its end at 2023-07-15 18:00",
            "use an earlier start, or also give a later end",
        ),
        (
            ["9:00"],
            ["edit", "1", "--start", "20:30"],
            "the start is in the future: 20:30 (it is 12:00 now)",
            "did you mean 'yesterday 20:30'?",
        ),
        (
            TODAY,
            ["edit", "1", "--end", "20:30", "--for", "1h"],
            "the end is in the future: 20:30 (it is 12:00 now)",
            "did you mean 'yesterday 20:30'?",
        ),
        (
            TODAY,  # a start at 23:35 of today would follow from it
            ["edit", "1", "--end", "0:05", "--for", "30m"],
            "the end is in the future: 2023-07-17 00:05 (it is 12:00 now)",
            "did you mean 'today 00:05'?",
        ),
        (
            TODAY,
            ["edit", "1", "--start", "2023-07-17 9:00", "--end", "10:00"],
            "the start is in the future: 2023-07-17 09:00 (it is 12:00 now)",
            PASSED,
        ),
        (
            TODAY,
            ["move", "1", "20:30"],
            "the start is in the future: 20:30 (it is 12:00 now)",
            "did you mean 'yesterday 20:30'?",
        ),
        (
            ["9:00"],
            ["split", "1", "--at", "20:30"],
            "the time of the split is in the future: 20:30 (it is 12:00 now)",
            "use a time between the start at 09:00 and now",
        ),
        (
            ["9:00"],
            ["split", "1", "--at", "8:30"],
            "task 1 cannot be split at 08:30 because it starts at 09:00",
            INSIDE,
        ),
        (
            ["2023-07-15 9:00", "2023-07-15 10:00"],
            ["split", "1", "--at", "9:00"],
            "task 1 cannot be split at 2023-07-15 09:00 because it starts at 2023-07-15 09:00",
            INSIDE,
        ),
        (
            ["2023-07-15 9:00", "2023-07-15 10:00"],  # not at that of the next day, which nobody meant
            ["split", "1", "--at", "8:30"],
            "task 1 cannot be split at 2023-07-15 08:30 because it starts at 2023-07-15 09:00",
            INSIDE,
        ),
    ],
)
def test_invalid_time_fails_with_hint(run: Run, task: list[str], words: list[str], message: str, hint: str) -> None:
    track(run, *task)
    before = listed(run)
    result = run(*words)
    assert (result.exit_code, result.out, result.err) == (1, "", f"error: {message}\nhint: {hint}\n")
    assert listed(run) == before


@pytest.mark.parametrize(
    "words", [["edit", "1", "--start"], ["edit", "1", "--end"], ["split", "1", "--at"], ["move", "1"]]
)
@pytest.mark.parametrize(
    ("start", "now", "time", "change", "readings"),
    [
        ("2024-03-31 1:30", "2024-03-31T12:00", "2024-03-31 02:30:00 does not exist", "forward", "+01:00 +02:00"),
        ("2024-10-27 1:30", "2024-10-29T12:00", "2024-10-27 02:30:00 occurs twice", "back", "+02:00 +01:00"),
    ],
)
def test_skipped_or_repeated_time_fails(
    run: Run, words: list[str], start: str, now: str, time: str, change: str, readings: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    run("track", "write", "--at", start, now=moment)
    result = run(*words, "2:30", now=moment)
    assert (result.exit_code, result.out) == (2, "")
    reason = f"because the clocks go {change} that day"
    assert result.err.startswith(f"error: the time {time} in Europe/Berlin {reason}\nhint: add the offset: ")
    assert all(f"T02:30:00{offset}" in result.err for offset in readings.split())


def test_day_is_in_zone_of_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    track(run, "0:30", "9:00")  # in New York it is 18:30, of Saturday
    monkeypatch.setenv("TASKTIMER_TZ", "America/New_York")
    assert run("edit", "1", "--start", "18:00", "--end", "23:00").exit_code == 0
    monkeypatch.setenv("TASKTIMER_TZ", "Europe/Berlin")
    assert listed(run) == ["16 00:00 - 16 05:00"]
