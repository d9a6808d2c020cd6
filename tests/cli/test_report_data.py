"""The data formats and the errors of `tasktimer report`."""

import csv
import json
import subprocess
import sys
from io import StringIO

import pytest
from tests.conftest import Run

from tasktimer.core.report import KEYS


@pytest.fixture
def reported(run: Run) -> Run:
    run("track", "plan", "-p", "acme", "+a", "+b", "--at", "2023-07-10 23:00", "--for", "3h10m")
    run("track", "mail\tsent", "--at", "2023-07-10T23:30+02:00", "--until", "2023-07-10T23:35:30.5+02:00")
    return run


def test_json_has_everything(reported: Run) -> None:
    assert json.loads(reported("report", "--by", "day,project", "--round", "15m", "--json").out) == {
        "from": "2023-07-10T00:00:00+02:00",
        "to": "2023-07-17T00:00:00+02:00",
        "tz": "Europe/Berlin",
        "day_starts_at": "00:00",
        "by": ["day", "project"],
        "round": {"unit": 900, "direction": "up", "each": False},
        "rows": [
            {"keys": ["2023-07-10", "acme"], "seconds": 3600.0, "tasks": 1, "rounded": 3600.0},
            {"keys": ["2023-07-10", None], "seconds": 330.5, "tasks": 1, "rounded": 900.0},
            {"keys": ["2023-07-11", "acme"], "seconds": 7800.0, "tasks": 1, "rounded": 8100.0},
        ],
        "total": {"worked": 11730.5, "elapsed": 11400.0, "tasks": 2, "rounded": 12600.0},
    }


def test_json_without_rounding_or_tasks(reported: Run) -> None:
    assert json.loads(reported("report", "2022", "--tz", "UTC", "--json").out) == {
        "from": "2022-01-01T00:00:00Z",
        "to": "2023-01-01T00:00:00Z",
        "tz": "UTC",
        "day_starts_at": "00:00",
        "by": ["project"],
        "round": None,
        "rows": [],
        "total": {"worked": 0.0, "elapsed": 0.0, "tasks": 0},
    }


@pytest.mark.parametrize(
    ("options", "rounding"),
    [
        (["--nearest"], {"unit": 3600, "direction": "nearest", "each": False}),
        (["--down", "--each"], {"unit": 3600, "direction": "down", "each": True}),
    ],
)
def test_json_contains_rounding(reported: Run, options: list[str], rounding: object) -> None:
    assert json.loads(reported("report", "--round", "1h", *options, "--json").out)["round"] == rounding


def test_tsv_and_csv_have_line_per_row(reported: Run) -> None:
    assert reported("report", "--by", "project,day").out == (
        "acme\t2023-07-10\t3600\t1\nacme\t2023-07-11\t7800\t1\n\t2023-07-10\t330.5\t1\n"
    )
    assert reported("report", "--by", "tag").out == "a\t11400\t1\nb\t11400\t1\n\t330.5\t1\n"
    assert reported("report", "--by", "description", "--format", "csv").out == (
        "description,seconds,tasks\nplan,11400,1\nmail\tsent,330.5,1\n"
    )
    assert reported("report", "--by", "description").out == "plan\t11400\t1\nmail\\tsent\t330.5\t1\n"
    assert reported("report", "-p", "acme", "--round", "1h", "--down").out == (
        "2023-07-10\t3600\t3600\t1\n2023-07-11\t7800\t7200\t1\n"
    )
    assert reported("report", "2022", "--format", "csv").out == "project,seconds,tasks\n"


def test_elapsed_time_is_measure_of_data(reported: Run) -> None:
    assert reported("report", "--by", "week", "--elapsed").out == "2023-W28\t11400\t2\n"
    assert json.loads(reported("report", "--by", "user", "--elapsed", "--json").out)["rows"] == [
        {"keys": ["1"], "seconds": 11400.0, "tasks": 2}
    ]


@pytest.mark.parametrize("key", KEYS)
def test_formats_agree(reported: Run, key: str) -> None:
    for options in ([], ["--fill"] if key in ("hour", "day", "month") else ["--elapsed"]):
        data = json.loads(reported("report", "--by", key, *options, "--json").out)
        rows = list(csv.reader(StringIO(reported("report", "--by", key, *options, "--format", "csv").out)))
        assert rows[0] == [key, "seconds", "tasks"]
        assert [(row[0], float(row[1]), int(row[2])) for row in rows[1:]] == [
            (row["keys"][0] or "", row["seconds"], row["tasks"]) for row in data["rows"]
        ]
        assert len(reported("report", "--by", key, *options).out.splitlines()) == len(data["rows"])


YEARS = ["--from", "0001-01-02", "--to", "9999-12-30"]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--by", "day,day"], "'day,day' contains the same key twice", "use one or two keys"),
        (["--by", "day,tag,user"], "'day,tag,user' contains 3 keys", "use one or two keys"),
        (["--by", "dya"], "unknown key 'dya' for a report", "did you mean 'day'?"),
        (["--by", ""], "unknown key '' for a report", f"use one of {', '.join(KEYS)}"),
        (["--by", "day,"], "unknown key '' for a report", f"use one of {', '.join(KEYS)}"),
        (["--round", "7m"], "cannot round to '7m': it does not divide 24 hours evenly", "use 6m or 8m"),
        (
            ["--round", "25h"],
            "cannot round to '25h': it is longer than 4 hours",
            "use a shorter duration, such as 15m or 1h",
        ),
        (
            ["--round", "90s"],
            "cannot round to '90s': it is not a whole number of minutes",
            "use a duration such as 15m or 1h",
        ),
        (
            ["--round", "15m", "--elapsed"],
            "elapsed time cannot be rounded",
            "omit the rounding, or show the time worked",
        ),
        (["--round", "15m", "--by", "hour"], "times by hour cannot be rounded", "use another key, such as day"),
        (
            ["--round", "15m", "--by", "day,tag"],
            "daily project totals cannot be rounded by tag",
            "add --each to round the time of each task",
        ),
        (
            ["--round", "15m", "--by", "description"],
            "daily project totals cannot be rounded by description",
            "add --each to round the time of each task",
        ),
        (["--each"], "--each requires --round", "add a length: --round 15m"),
        (["--round", "5m", "--nearest", "--down"], "--nearest and --down cannot be used together", "omit one of them"),
        (
            ["--average"],
            "an average requires a key such as day",
            "use --by day, or another of week, month, quarter and year",
        ),
        (
            ["--fill", "--by", "user"],
            "only a report by time has empty rows to fill in",
            "add a key such as day, or omit this option",
        ),
        (
            ["--depth", "1", "--by", "day"],
            "a depth requires a report by project",
            "add project to the keys, or omit the depth",
        ),
        (["--depth", "0"], "invalid depth '0'", "use an integer from 1 to 9223372036854775807"),
        (["--hours", "h"], "unknown unit 'h' for --hours", "use one of seconds, minutes, decimal"),
        (
            [*YEARS, "--by", "day"],
            "the range has more than 20,000 days",
            "use --by week, or a shorter range",
        ),
        ([*YEARS, "--calendar"], "the range has more than 20,000 days", "use a shorter range"),
        (
            ["--from", "2020-01-01", "--by", "weekday,hour"],
            "the range has more than 20,000 hours",
            "use a shorter range",
        ),
        ([*YEARS, "--by", "tag,week"], "the range has more than 20,000 weeks", "use --by month, or a shorter range"),
        ([*YEARS, "--by", "year,weekday"], "the range has more than 20,000 days", "use a shorter range"),
    ],
)
def test_invalid_options_are_explained(reported: Run, arguments: list[str], message: str, hint: str) -> None:
    result = reported("report", *arguments)
    assert (result.exit_code, result.out, result.err) == (2, "", f"error: {message}\nhint: {hint}\n")


@pytest.mark.parametrize("arguments", [["report", "--from", ""], ["list", "--to", ""], ["track", "x", "--start", ""]])
def test_hint_for_empty_time_does_not_repeat_command(reported: Run, arguments: list[str]) -> None:
    result = reported(*arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert "hint: use a format like " in result.err


@pytest.mark.parametrize("length", ["-15m", "soon"])
def test_invalid_length_is_reported(reported: Run, length: str) -> None:
    result = reported("report", "--round", length)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(f"error: invalid duration '{length}'\nhint: use a format like 90m")


def test_rounding_to_nothing_is_reported(reported: Run) -> None:
    result = reported("report", "--round", "0")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == (
        "error: cannot round to '0': it is not a whole number of minutes\nhint: use a duration such as 15m or 1h\n"
    )


@pytest.mark.usefixtures("reported")
def test_pipe_needs_no_rich() -> None:
    code = (
        "import sys; from tasktimer.cli.app import run; run(['report', '--by', 'day,project', '--round', '15m']); "
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
