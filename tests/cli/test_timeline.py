"""`tasktimer timeline`: pictures at several widths, words, and rows for programs."""

import json
import re
from datetime import datetime
from itertools import zip_longest

import pytest
from rich.cells import cell_len
from tests.conftest import BERLIN, Golden, Run, Stream
from tests.hostile import DESCRIPTIONS_KEPT, PROJECTS_KEPT

from tasktimer.output.formatting import escape_for_terminal

COLUMNS = ["day", "start_time", "end_time", "seconds", "project", "description", "tags"]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TERM", "xterm-256color")
    return monkeypatch


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("color", [True, False])
def test_picture_of_week(week: Run, golden: Golden, terminal: pytest.MonkeyPatch, columns: int, color: bool) -> None:
    terminal.setenv("COLUMNS", str(columns))
    if not color:
        terminal.setenv("NO_COLOR", "1")
    shown = "\n".join(week("timeline", *words, terminal=True).out for words in ([], ["week"], ["2023-07-10"]))
    assert max(map(cell_len, plain(shown).splitlines())) <= columns
    golden(f"timeline-{columns}{'-color' if color else ''}.txt", shown if color else plain(shown))


def test_colors_only_decorate(week: Run, terminal: pytest.MonkeyPatch) -> None:
    colored = week("timeline", "week", terminal=True).out
    assert "\x1b[38;5;29m" in colored
    terminal.setenv("NO_COLOR", "1")
    assert plain(week("timeline", "week", terminal=True).out) == plain(colored)


@pytest.mark.parametrize("columns", [20, 30, 40, 50])
def test_narrow_terminal_has_picture_or_words(week: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = week("timeline", "week", terminal=True).out
    if "█" in shown:
        assert max(map(cell_len, shown.splitlines())) <= max(columns, len("2023-07-10 to 2023-07-16, Europe/Berlin"))
    else:
        assert shown == week("timeline", "week", "--plain", terminal=True).out


def test_words_for_screen_readers(week: Run, golden: Golden) -> None:
    result = week("timeline", "week", "--plain", terminal=True)
    assert not re.search("[█▌▐░·▼]", result.out)
    golden("timeline-plain.txt", result.out)
    assert week("timeline", "week", "--plain").out == week("timeline", "week", "--format", "table").out == result.out


def test_terminal_without_utf8(week: Run, golden: Golden) -> None:
    out = Stream(terminal=True)
    out.reconfigure(encoding="ascii")
    week("timeline", "week", stdout=out)
    shown = out.text()
    assert shown.isascii()
    assert "\\u" not in shown
    golden("timeline-ascii.txt", shown)


def test_pipe_has_a_row_for_each_part(week: Run) -> None:
    rows = [line.split("\t") for line in week("timeline", "2023-07-14", "--user", "1").out.splitlines()]
    assert rows == [
        [
            *("2023-07-14", "2023-07-14T22:00:00+02:00", "2023-07-15T00:00:00+02:00", "7200"),
            *("acme/web", "write docs", "docs,urgent"),
        ]
    ]
    table = week("timeline", "week", "--format", "csv").out.splitlines()
    assert table[0].split(",") == COLUMNS
    assert len(table) == 1 + 7  # the task across midnight has two parts
    parts = json.loads(week("timeline", "week", "--json").out)
    assert [list(part) for part in parts] == [COLUMNS] * 7
    assert parts[1]["tags"] == ["docs", "urgent"]
    assert sum(part["seconds"] for part in parts) == 8.25 * 3600
    assert parts[-1]["end_time"] == "2023-07-16T12:00:00+02:00"  # running until now


def test_filters_and_ranges_are_those_of_list(week: Run) -> None:
    assert week("timeline", "week", "-p", "acme/web").out.count("\n") == 2
    assert week("timeline", "--from", "2023-07-14 23:00", "--to", "2023-07-14").out.split("\t")[3] == "3600"
    assert week("timeline", "-t", "docs").out.split("\t")[5] == "review"  # today
    assert week("timeline", "yesterday", "--user", "2").out == ""
    assert week("timeline", "2023-07-14", "--tz", "UTC").out.split("\t")[2] == "2023-07-14T23:00:00Z"
    shown = week("timeline", "2023-07-14", "--from", "9:00")
    assert (shown.exit_code, shown.err.partition("\n")[0]) == (
        2,
        "error: date range '2023-07-14' cannot be used with --from or --to",
    )


def test_nothing_to_draw(run: Run) -> None:
    missing = run("timeline", terminal=True)
    assert (missing.exit_code, missing.out) == (0, "")
    assert missing.err.startswith("note: ")
    run("track", "write", "--for", "1h")
    assert (
        run("timeline", "2022", terminal=True).out == "Nothing tracked from 2022-01-01 to 2022-12-31, Europe/Berlin.\n"
    )
    found = run("timeline", "-p", "x", terminal=True)
    assert found.out == "No task matches on Sunday 2023-07-16, Europe/Berlin.\n"
    assert run("timeline", "2022").out == ""


def test_now_is_marked_today(run: Run) -> None:
    run("track", "write", "--start", "9:00-9:30")
    axis = run("timeline", terminal=True).out.splitlines()[-2]
    assert axis.index("▼") > axis.index("11")
    assert "12" not in axis  # the mark has its place
    late = datetime(2023, 7, 16, 9, 40, tzinfo=BERLIN)
    assert run("timeline", now=late, terminal=True).out.splitlines()[-2].split() == ["09", "▼"]
    tomorrow = datetime(2023, 7, 17, 9, tzinfo=BERLIN)
    assert "▼" not in run("timeline", "yesterday", now=tomorrow, terminal=True).out
    assert "▼" not in run("timeline", "--from", "9:00", "--to", "10:00", terminal=True).out


def test_day_of_25_hours_has_each_hour(run: Run) -> None:
    now = datetime(2024, 10, 28, 12, tzinfo=BERLIN)
    run("track", "x", "--start", "2024-10-27 01:00", "--end", "2024-10-27T02:30+01:00", now=now)
    *_, heading, axis, lane = run("timeline", "yesterday", now=now, terminal=True).out.splitlines()
    assert heading.startswith(" Sun 27 October, 25 hours long")
    assert axis.split() == ["01", "02", "02"]
    assert (lane.count("█"), lane[-7:]) == (30, "2:30:00")  # 5 minutes a column


def test_names_are_data(run: Run) -> None:
    for description, project in zip_longest(DESCRIPTIONS_KEPT, PROJECTS_KEPT, fillvalue="x"):
        run("track", "-p", project, "--for", "1h", "--", description)
    for options in ([], ["--plain"]):
        shown = run("timeline", *options, terminal=True).out
        assert all(escape_for_terminal(line) == line for line in shown.splitlines())
        assert max(map(cell_len, shown.splitlines())) <= 80 or options
    assert run("timeline").out.count("\n") == len(DESCRIPTIONS_KEPT)


@pytest.mark.parametrize(("options", "name"), [(["--json"], "--json"), (["--format", "csv"], "--format csv")])
def test_plain_is_a_format(week: Run, options: list[str], name: str) -> None:
    result = week("timeline", "--plain", *options)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == f"error: --plain and {name} cannot be used together\nhint: omit one of them\n"
