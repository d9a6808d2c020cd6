"""Tables on narrow terminals: they stay in them, and lose nothing."""

import re
from collections import Counter

import pytest
from rich.cells import cell_len
from tests.conftest import Golden, Run


def test_long_word_is_folded_within_terminal(run: Run) -> None:
    run("track", "see https://example.org/" + "x" * 300, "+" + "y" * 90, "-p", "z" * 150, "--for", "1h")
    run("track", "日本" * 60, "--for", "1h")
    for command in (["list"], ["times"], ["history"], ["projects"], ["tags"]):
        lines = run(*command, terminal=True).out.splitlines()
        assert max(cell_len(line) for line in lines) <= 80, command


def seen(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, *command: str) -> str:
    """What people see of a command on a terminal of so many columns, without its colours."""
    monkeypatch.setenv("TERM", "xterm-256color")  # in a process, Rich keeps to the colours that it used first
    monkeypatch.setenv("COLUMNS", str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", run(*command, terminal=True).out)


LONG = "Review the pull requests of the whole team and answer the questions about the release"
DATE = "--date", "2023-07-14"


def track_with_long_names(run: Run) -> None:
    """Add a task without a project, and tasks whose projects have long names."""
    for start, description, *labels in (
        ("08:00:01", "lunch"),
        ("10:00:00", "docs", "-p", "acme/website/frontend/components", "+docs"),
        ("11:00:00", LONG, "-p", "Website/Accessibility", "+review", "+team"),
    ):
        run("track", description, *labels, "--start", f"2023-07-14 {start}", "--for", "1h")


def test_projects_are_folded_between_levels(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    track_with_long_names(run)
    lines = [" ".join(line.split()) for line in seen(run, monkeypatch, 92, "times", *DATE).splitlines()]
    assert lines[5:] == [
        "1 08:00:01 09:00:01 1:00:00 lunch",
        "2 10:00:00 11:00:00 1:00:00 acme/website/ docs +docs",
        "frontend/",
        "components",
        "3 11:00:00 12:00:00 1:00:00 Website/ Review the pull requests +review +team",
        "Accessibility of the whole team and",
        "answer the questions",
        "about the release",
        "",
        "Total 3:00:00",
    ]


def test_project_of_narrow_table_has_place_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    track_with_long_names(run)
    _, _, *lines = seen(run, monkeypatch, 60, "times", *DATE).splitlines()
    assert [line for line in lines if "─" not in line] == [
        "ID     Start  End        Length  Project",
        "    Description  Tags",
        "Fri 14 July             3:00:00",
        " 1  08:00:01  09:00:01  1:00:00",
        "    lunch",
        " 2  10:00:00  11:00:00  1:00:00  acme/website/frontend/",
        "                                 components",
        "    docs  +docs",
        " 3  11:00:00  12:00:00  1:00:00  Website/Accessibility",
        "    Review the pull requests of the whole team and answer",
        "    the questions about the release  +review +team",
        "",
        "Total                   3:00:00",
    ]
    assert "\n    -  lunch\n" in seen(run, monkeypatch, 40, "times", *DATE)


@pytest.mark.parametrize("columns", [60, 80, 92, 120])
def test_description_has_room(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    track_with_long_names(run)
    assert "Review the pull requests" in seen(run, monkeypatch, columns, "times", *DATE)


def test_totals_fit_on_60_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for start, user in (("00:00:01", "1"), ("00:00:02", "2"), ("04:00:00", "1")):
        run("track", "call", "-p", "acme", "--user", user, "--start", f"2023-07-14 {start}", "--for", "20h")
    lines = [" ".join(line.split()) for line in seen(run, monkeypatch, 60, "times", *DATE).splitlines()]
    for name in ("Fri 14 July", "Total"):
        assert f"{name} 60:00:00 worked, 23:59:59 elapsed" in lines


TABLES = (["list", "week"], ["times"], ["projects"], ["tags"], ["history"])


@pytest.mark.parametrize("columns", [40, 56])
def test_tables_on_narrow_terminal(week: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    shown = "\n".join(seen(week, monkeypatch, columns, *command) for command in TABLES)
    assert max(map(cell_len, shown.splitlines())) <= columns
    golden(f"narrow-{columns}.txt", shown)


@pytest.mark.parametrize("columns", [1, 20, 30, 40, 50, 60])
def test_narrow_terminal_shows_everything(week: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    week("track", "see https://example.org/" + "x" * 300, "日本" * 60, "-p", "z" * 90, "--for", "1h")
    for command in TABLES:
        wide, narrow = (seen(week, monkeypatch, width, *command) for width in (999, columns))
        _, *lines = narrow.splitlines()  # the title goes on where the line ends
        assert max(map(cell_len, lines)) <= max(columns, 20), command
        lost = Counter("".join(wide.split())) - Counter("".join(narrow.split()))
        assert set(lost) <= {"─"}, command
