"""`--start` with a range of times, and times as people type them, in `track` and `edit`."""

import json
from datetime import datetime

import pytest
from tests.conftest import Run


def period(run: Run) -> str:
    task = json.loads(run("show", "1", "--json").out)
    instants = (task["start_time"], task["end_time"])
    return " - ".join("" if text is None else datetime.fromisoformat(text).strftime("%d %H:%M") for text in instants)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--start", "9:00-10:00"], "16 09:00 - 16 10:00"),
        (["--at", "9:00-10:00"], "16 09:00 - 16 10:00"),
        (["--start=9am - 10am"], "16 09:00 - 16 10:00"),
        (["--start", "0900-noon"], "16 09:00 - 16 12:00"),
        (["--start", "yesterday 22:00-1:00"], "15 22:00 - 16 01:00"),
        (["--start", "yesterday 9:00-10:00"], "15 09:00 - 15 10:00"),
        (["--start", "last friday 9:00-5:30pm"], "14 09:00 - 14 17:30"),
        (["--start", "2023-7-1 9am-10am"], "01 09:00 - 01 10:00"),
        (["--start", "2023-07-01 09:00-10:00"], "01 09:00 - 01 10:00"),  # not an offset
        (["--start", "2023-07-01 0900 - 1000"], "01 09:00 - 01 10:00"),
        (["--start", "yesterday 9:00", "--end", "10:00"], "15 09:00 - 15 10:00"),  # as in edit
        (["--start", "yesterday 22:00", "--end", "1:00"], "15 22:00 - 16 01:00"),
        (["--start", "yesterday 9:00", "--end", "today 1:00"], "15 09:00 - 16 01:00"),
        (["--start", "8am", "--for", "20m"], "16 08:00 - 16 08:20"),
        (["--end", "11:30am", "--for", "20m"], "16 11:10 - 16 11:30"),
    ],
)
def test_task_is_recorded(run: Run, words: list[str], expected: str) -> None:
    assert run("track", "write", *words).exit_code == 0
    assert period(run) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--start", "9:00-10:00"], "15 09:00 - 15 10:00"),  # on the day of the task
        (["--start", "22:00-1:00"], "15 22:00 - 16 01:00"),
        (["--start", "today 9:00-10:00"], "16 09:00 - 16 10:00"),
        (["--start", "2023-7-1 9am-10am"], "01 09:00 - 01 10:00"),
        (["--start", "2023-07-01 09:00-10:00"], "01 09:00 - 01 10:00"),
        (["--end", "5:30pm"], "15 08:00 - 15 17:30"),
        (["--end", "1730"], "15 08:00 - 15 17:30"),
        (["--end", "noon"], "15 08:00 - 15 12:00"),
        (["--start", "7 am"], "15 07:00 - 15 09:00"),
    ],
)
def test_task_is_edited(run: Run, words: list[str], expected: str) -> None:
    run("track", "write", "--start", "yesterday 8:00-9:00")
    assert run("edit", "1", *words).exit_code == 0
    assert period(run) == expected


@pytest.mark.parametrize("command", [["track", "write"], ["edit", "1"]])
@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (
            ["--start", "9:00-10:00", "--end", "11:00"],
            2,
            "error: --end cannot be used with the range '9:00-10:00'\nhint: omit one of them\n",
        ),
        (["--start", "9:00-10:00", "--for", "1h"], 2, "error: a start, an end and a duration cannot all be given\n"),
        (["--end", "9:00-10:00"], 2, "error: invalid time '9:00-10:00': it is a range\nhint: use one time, such as"),
        (["--start", "2023-07-16 9:00-05:00"], 2, "error: invalid time '2023-07-16 9:00-05:00': it is either a range"),
        (["--start", "2023-13-45 9:00-05:00"], 2, "error: the date 2023-13-45 does not exist\nhint: use a month from"),
        (["--start", "2023-13-45 9:00-10:00"], 2, "error: the date 2023-13-45 does not exist\nhint: use a month from"),
        (["--start", "today 9:00-14:00"], 1, "error: the end is in the future: 14:00 (it is 12:00 now)\n"),
        (["--start", "today 9:00-8:00"], 1, "error: "),
        (["--start", "8"], 2, "error: invalid time '8'\nhint: use 8:00 or 8am\n"),
    ],
)
def test_invalid_range_changes_nothing(run: Run, command: list[str], words: list[str], code: int, error: str) -> None:
    run("track", "write", "--start", "8:00-8:30")
    result = run(*command, *words)
    assert (result.exit_code, result.out) == (code, "")
    assert result.err.startswith(error)
    assert run("list", "all").out.count("\n") == 1
    assert period(run) == "16 08:00 - 16 08:30"


def test_dates_are_typed_in_every_form(run: Run) -> None:
    run("track", "march", "--start", "2023-3-1 9am-10am")
    run("track", "friday", "--start", "last friday 9am-10am")
    assert run("list", "march").out.split("\t")[0] == run("list", "2023-3-1").out.split("\t")[0] == "1"
    assert run("times", "--date", "last friday").out.split("\t")[0] == run("list", "last", "friday").out[0] == "2"
    assert run("list", "--from", "last friday 8:59am", "--to", "last friday noon").out[0] == "2"
    assert run("times", "--date", "march").err == (
        "error: invalid date 'march'\n"
        "hint: to list several days, run: tasktimer list march; for totals by project, run: tasktimer report march\n"
    )
    assert run("times", "--date", "8").err == "error: invalid date '8'\nhint: use 2023-07-08\n"
    hint = "2023-08-07 is in the future; for the one before, use 2022-08-07 or 2023-07-08"
    assert run("list", "08/07").err == f"error: invalid date range '08/07'\nhint: {hint}\n"
