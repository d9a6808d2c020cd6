"""`tasktimer times`, as people and scripts use it."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import NOW, Golden, Run
from tests.hostile import DATES_REFUSED, DESCRIPTIONS_KEPT, USERS_REFUSED, ZONES_REFUSED

SEVERAL_DAYS = "to list several days, run: tasktimer list {0}; for totals by project, run: tasktimer report {0}"


@pytest.fixture
def busy_day(run: Run) -> None:
    """A Sunday: a night across midnight, a task of days, tasks that overlap, an empty one, one that runs."""
    eleven = NOW.replace(hour=11)
    for user, description, *ends in [
        ("1", "night shift", "--at", "yesterday 23:00", "--until", "1:00"),
        ("1", "write docs", "--at", "09:00", "--until", "10:30"),
        ("42", "write docs", "--at", "10:00", "--until", "11:00"),
        ("1", "yesterday only", "--at", "yesterday 9:00", "--until", "today 0:00"),
        ("1", "blink"),
        ("1", "call [bold]ACME[/] 🦀", "--at", "11:15"),
    ]:
        assert run("track", description, "--user", user, *ends, now=NOW if ends else eleven).exit_code == 0
        if not ends:
            assert run("stop", now=eleven).exit_code == 0


@pytest.mark.usefixtures("busy_day")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("times-table.txt", ["--format", "table"]),
        ("times-table-one-user.txt", ["--format", "table", "--user", "1", "--date", "yesterday"]),
        ("times-empty.txt", ["--format", "table", "--date", "2023-07-01"]),
        ("times.tsv", []),
        ("times.csv", ["--format", "csv"]),
        ("times-empty.csv", ["--format", "csv", "--date", "2023-07-01"]),
        ("times.json", ["--json"]),
        ("times-empty.json", ["--format", "json", "--date", "2023-07-01"]),
        ("times-elsewhere.json", ["--json", "--tz", "America/New_York"]),
    ],
)
def test_output_in_every_format(run: Run, golden: Golden, name: str, options: list[str]) -> None:
    result = run("times", *options)
    assert (result.exit_code, result.err) == (0, "")
    golden(name, result.out)


def test_empty_day_prints_nothing_on_pipe(run: Run) -> None:
    run("track", "write")
    assert run("times", "--date", "2023-07-01").out == ""


def test_terminal_gets_table(run: Run) -> None:
    run("track", "write")
    assert "2023-07-16, Europe/Berlin" in run("times", terminal=True).out
    assert run("times", "--format", "tsv", terminal=True).out.startswith("1\t1\twrite\t")


@pytest.mark.parametrize("form", ["table", "json", "csv", "tsv"])
def test_format_comes_from_environment(run: Run, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    run("track", "write")
    asked = run("times", "--format", form).out
    monkeypatch.setenv("TASKTIMER_FORMAT", form)
    assert run("times").out == asked
    assert json.loads(run("times", "--json").out)


@pytest.mark.parametrize(
    ("zone", "date", "start", "end", "heading", "hours"),
    [
        ("Europe/Berlin", "2024-03-31", "2024-03-30 12:00", "2024-04-01 12:00", "23 hours long", 23),
        ("Europe/Berlin", "2024-10-27", "2024-10-26 12:00", "2024-10-28 12:00", "25 hours long", 25),
        ("America/New_York", "2024-11-03", "2024-11-02 12:00", "2024-11-04 12:00", "25 hours long", 25),
        ("America/Sao_Paulo", "2016-10-16", "2016-10-15 12:00", "2016-10-17 12:00", "23 hours long", 23),
        ("America/Havana", "2024-11-03", "2024-11-02 12:00", "2024-11-04 12:00", "25 hours long", 25),
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-06 12:00", "2024-04-08 12:00", "24.5 hours long", 24.5),
        ("Pacific/Apia", "2011-12-29", "2011-12-28 12:00", "2012-01-02 12:00", "Thu 29 December 2011", 24),
        ("Pacific/Apia", "2011-12-30", "2011-12-28 12:00", "2012-01-02 12:00", "the clocks skipped that day", 0),
    ],
)
def test_task_over_whole_day_counts_length_of_day(
    run: Run, monkeypatch: pytest.MonkeyPatch, zone: str, date: str, start: str, end: str, heading: str, hours: float
) -> None:
    now = datetime(2025, 1, 1, tzinfo=ZoneInfo(zone))
    monkeypatch.setenv("TZ", zone)
    run("track", "sail", "--at", start, "--until", end, now=now)
    assert (
        sum(task["time_spent"] for task in json.loads(run("times", "--date", date, "--json", now=now).out))
        == hours * 3600
    )
    assert heading in run("times", "--date", date, "--format", "table", now=now).out


def test_duration_is_exact_across_autumn_change(run: Run) -> None:
    ends = ["--at", "2024-10-27T02:30+02:00", "--until", "2024-10-27T02:15+01:00"]
    later = NOW + timedelta(days=800)
    run("track", "shift", *ends, now=later)
    table = run("times", "--date", "2024-10-27", "--format", "table", now=later).out
    assert table.splitlines()[5].split() == ["1", "02:30+02:00", "02:15+01:00", "0:45:00", "shift"]


def test_future_day_is_empty(run: Run) -> None:
    run("track", "write")
    assert run("times", "--date", "2023-07-17", "--json").out == "[]\n"
    assert run("times", "--date", "9999-12-30").out == ""


def test_tz_selects_days_of_zone(run: Run) -> None:
    """Half past midnight in Berlin is still yesterday in New York."""
    run("track", "night", "--at", "0:00", "--until", "1:00")
    assert json.loads(run("times", "--tz", "America/New_York", "--json").out) == []
    (task,) = json.loads(run("times", "--tz", "America/New_York", "--date", "2023-07-15", "--json").out)
    assert (task["start_time"], task["time_spent"]) == ("2023-07-15T18:00:00-04:00", 3600)


def test_times_without_store_creates_nothing(run: Run, data_file: Path) -> None:
    for options, out in [([], ""), (["--json"], "[]\n"), (["--format", "table"], "")]:
        result = run("times", *options)
        assert result.exit_code == 0
        assert result.out == out
        assert result.err.startswith(
            f"note: nothing has been tracked yet: {data_file} does not exist\nhint: to start a task"
        )
    assert not data_file.parent.exists()


@pytest.mark.parametrize("text", DESCRIPTIONS_KEPT)
def test_description_survives_every_format(run: Run, text: str) -> None:
    run("track", "--", text)
    assert json.loads(run("times", "--json").out)[0]["description"] == text
    assert next(csv.DictReader(io.StringIO(run("times", "--format", "csv").out)))["description"] == text
    (line,) = run("times").out.removesuffix("\n").split("\n")
    escapes = {"\\\\": "\\", "\\t": "\t", "\\n": "\n"}
    field, plain = line.split("\t")[2], ""
    while field:
        length = 2 if field.startswith("\\") else 1
        plain += escapes[field[:2]] if length == 2 else field[0]
        field = field[length:]
    assert plain == text
    table = run("times", "--format", "table").out
    assert "\x1b" not in table
    if text.isascii() and text.isprintable() and len(text) < 40:
        assert text.rstrip() in table


def test_rows_add_up_to_total(run: Run) -> None:
    for number in range(3):
        run("track", "tick", "--at", f"09:00:0{number}.5", "--for", "0.7s")
    table = run("times", "--format", "table").out
    assert [line.split()[-2] for line in table.splitlines() if line.endswith("tick")] == [
        "0:00:01",
        "0:00:01",
        "0:00:01",
    ]
    assert table.splitlines()[-1].split() == ["Total", "0:00:03"]
    assert [task["time_spent"] for task in json.loads(run("times", "--json").out)] == [0.7] * 3


@pytest.mark.parametrize(("length", "shown"), [("1.9s", "0:00:01"), ("0.2s", "0:00:00"), ("1:00:00.999999", "1:00:00")])
def test_duration_is_same_in_every_command(run: Run, length: str, shown: str) -> None:
    run("track", "a", "--at", "9:00", "--for", "1m")
    commands = [
        ("edit", "1", "--for", length),
        ("move", "1", "9:01"),
        ("show", "1"),
        ("times",),
        ("list",),
        ("delete", "1"),
    ]
    told = {command: run(*command, terminal=True).out for command in commands}
    assert {command for command, out in told.items() if not re.search(rf"[ (]{shown}[)\s]", out)} == set()


def test_tiny_duration_is_plain_decimal(run: Run) -> None:
    run("track", "blink", "--for", "0.000001s")
    assert run("times").out.endswith("\t0.000001\t\t\t\n")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        *((["--date", date], "date") for date in DATES_REFUSED),
        *((["--tz", zone], "unknown time zone") for zone in ZONES_REFUSED),
        *(([f"--user={user}"], "invalid user") for user in USERS_REFUSED),
        (["--format", "yaml"], "invalid format 'yaml'"),
        (["--format", "csv", "--json"], "cannot be used together"),
        (["extra"], "invalid date 'extra'"),
    ],
)
def test_invalid_option_fails(run: Run, options: list[str], word: str) -> None:
    run("track", "write")
    result = run("times", *options)
    assert (result.exit_code, result.out) == (2, "")
    assert word in result.err
    assert "hint: " in result.err


def test_table_without_utf8_has_ascii_arrows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    run("track", "night", "--at", "yesterday 23:00", "--until", "1:00")
    monkeypatch.setattr(Console, "encoding", "iso-8859-1")
    assert "< 23:00" in run("times", "--format", "table").out


@pytest.mark.usefixtures("busy_day")
@pytest.mark.parametrize("columns", [0, 1, 20, 30, 50])
def test_narrow_terminal_shows_everything(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    wide = run("times", "--format", "table").out
    monkeypatch.setenv("COLUMNS", str(columns))
    narrow = run("times", "--format", "table").out
    assert "…" not in narrow
    assert set("".join(wide.split())) <= set("".join(narrow.split()))
    for word in ("ID", "User", "← 23:00", "running", "Length", "0:45:00", "Description", "write docs"):
        assert word in narrow


def test_invalid_default_does_not_affect_option(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_FORMAT", "xml")
    monkeypatch.setenv("TASKTIMER_USER", "ada")
    assert run("track", "write", "--user", "3").out == "1\n"
    assert run("times", "--json", "--user", "3").exit_code == 0
    assert run("times", "--json", "--user", "all").exit_code == 0
    assert run("times", "--user", "3").err.startswith("error: TASKTIMER_FORMAT: invalid format 'xml'")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2026-W34", SEVERAL_DAYS.format("2026-W34")),
        ("last  week", SEVERAL_DAYS.format("last week")),
        ("3 days ago", "use 2023-07-13"),
        ("yesterdy", "did you mean 'yesterday'?"),
        ("soon", "use a format like 2023-07-16, today, yesterday or monday"),
    ],
)
@pytest.mark.parametrize("option", [["--date"], []])
def test_invalid_date_gets_suggestion(run: Run, text: str, hint: str, option: list[str]) -> None:
    result = run("times", *option, text)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == f"error: invalid date {text!r}\nhint: {hint}\n"


def test_hint_for_several_days_works(run: Run) -> None:
    run("track", "write", "-p", "acme", "--for", "1h")
    hint = run("times", "last", "7", "days").err.partition("hint: ")[2]
    lines = re.findall("run: tasktimer ([^;\n]+)", hint)
    assert [run(*line.split()).out.count("acme") for line in lines] == [1, 1]


def test_day_is_argument(run: Run) -> None:
    run("track", "friday", "--start", "last friday 9:00-10:00")
    run("track", "yesterday", "--start", "yesterday 9:00-10:00")
    for words in (["last", "friday"], ["last friday"], ["Friday"], ["2023-07-14"], ["--untagged", "--date=-2"]):
        assert run("times", *words).out == run("times", "--date", "last friday").out != ""
    assert run("times", "yesterday", "--json").out == run("times", "--date", "yesterday", "--json").out


def test_day_is_given_once(run: Run) -> None:
    result = run("times", "friday", "--date", "last")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == (
        "error: the day 'friday' cannot be used with --date\n"
        "hint: omit one of them; put quotes around a value that contains spaces: --date 'last friday'\n"
    )


def test_equal_totals_are_shown_once(run: Run) -> None:
    run("track", "a", "--at", "9:00", "--until", "10:00:00.3")
    run("track", "b", "--at", "10:00", "--until", "11:00")
    for command in ("times", "list"):
        assert "elapsed" not in run(command, terminal=True).out
    assert run("status", terminal=True).out == "Nothing is running. Today: 2:00:00.\n"
    run("edit", "1", "--end", "10:00:01")
    for command in ("times", "list"):
        assert "elapsed" in run(command, terminal=True).out
