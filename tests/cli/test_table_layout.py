"""The layout of tasks in `times`, `list` and previews."""

from datetime import datetime

import pytest
from tests.conftest import BERLIN, Run


def rows(run: Run, *command: str, now: datetime | None = None) -> list[str]:
    """The lines of a table below its header."""
    options = {} if now is None else {"now": now}
    _, _, table = run(*command, terminal=True, **options).out.partition("─\n")
    return table.splitlines()


def test_year_is_shown_unless_it_is_this_year(week: Run) -> None:
    new_year = datetime(2024, 1, 1, 12, tzinfo=BERLIN)
    assert rows(week, "times", "--date", "2023-07-14")[0] == " Fri 14 July         2:00:00"
    assert rows(week, "times", "--date", "2023-07-14", now=new_year)[0] == " Fri 14 July 2023    2:00:00"


def test_date_is_shown_if_more_than_a_day_away(run: Run) -> None:
    run("track", "sail", "--at", "2023-07-12 22:00", "--until", "2023-07-16 01:00")
    found = [line.split()[1:-2] for line in rows(run, "list", "week") if line.endswith("sail")]
    assert found == [
        ["22:00", "16", "Jul", "01:00", "→"],
        ["←", "22:00", "16", "Jul", "01:00", "→"],
        ["←", "12", "Jul", "22:00", "16", "Jul", "01:00", "→"],
        ["←", "12", "Jul", "22:00", "01:00", "→"],
        ["←", "12", "Jul", "22:00", "01:00"],
    ]


def test_end_of_range_within_day_is_not_midnight(run: Run) -> None:
    run("track", "write", "--at", "9:00", "--until", "10:00")
    assert "  1  09:00  10:00  1:00:00  write" in rows(run, "list", "--from", "9:00", "--to", "10:00")
    run("track", "late", "--at", "yesterday 22:00", "--until", "0:00")
    assert "  2  22:00  24:00  2:00:00  late" in rows(run, "times", "--date", "yesterday")


def test_columns_that_would_be_empty_are_left_out(run: Run) -> None:
    def heads() -> list[str]:
        return run("times", terminal=True).out.splitlines()[2].split()

    run("track", "write", "--for", "1m")
    assert heads() == ["ID", "Start", "End", "Length", "Description"]
    run("track", "write", "+docs", "--for", "1m")
    assert heads() == ["ID", "Start", "End", "Length", "Description", "Tags"]
    run("track", "write", "-p", "acme", "--user", "2", "--for", "1m")
    assert heads() == ["ID", "User", "Start", "End", "Length", "Project", "Description", "Tags"]


@pytest.mark.parametrize("command", [["times"], ["list"], ["delete", "--search", "write", "--dry-run"]])
def test_note_is_marked_and_tags_are_sorted(run: Run, command: list[str]) -> None:
    run("track", "write", "-t", "Zoo", "-t", "ändern", "-t", "bug", "--for", "1m", "--note", "invoice 17")
    (row,) = [line for line in rows(run, *command) if "write" in line]
    assert row.endswith("  write [note]  +ändern +bug +Zoo")


def test_markup_is_text(run: Run) -> None:
    run("track", "[bold]x[/] :smile:", "-p", "[red]acme[/]", "-t", "[b]", "--for", "1m")
    (row,) = [line for line in rows(run, "times") if "smile" in line]
    assert row.split()[-4:] == ["[red]acme[/]", "[bold]x[/]", ":smile:", "+[b]"]


def seconds(text: str) -> int:
    """Parse a length or a time of day in a table."""
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest


@pytest.mark.parametrize("command", [["list", "week"], ["delete", "--search", "write", "--dry-run"]])
def test_fractions_of_seconds_are_cut_off_before_subtracting(run: Run, command: list[str]) -> None:
    for start, end in (("9:00:00.6", "9:00:01.2"), ("9:10:00.9", "9:10:01.1"), ("9:20", "9:30:00.9")):
        run("track", "write", "--at", f"yesterday {start}", "--until", f"yesterday {end}")
    run("track", "write", "--at", "yesterday 23:59:59.5", "--until", "0:00:00.5")
    shown = [line.split() for line in rows(run, *command) if "write" in line and "→" not in line and "←" not in line]
    assert len(shown) >= 3
    for _, start, end, length, _ in shown:
        assert seconds(end) - seconds(start) == seconds(length)


def test_lengths_of_fractional_times_add_up_to_totals(run: Run) -> None:
    run("track", "write", "--at", "yesterday 23:59:58.7", "--until", "0:00:01.5")
    for number in range(1, 10):
        run("track", "write", "--at", f"9:0{number}:00.6", "--until", f"9:0{number}:01.5")
    lines = [line.split() for line in rows(run, "list", "week", "--skip-empty") if line]
    assert [line[3] for line in lines if line[0] in {"Sat", "Sun"}] == ["0:00:02", "0:00:10"]
    assert lines[-1] == ["Total", "0:00:12"]
    assert sum(seconds(line[-2]) for line in lines if line[-1] == "write") == 12


def test_seconds_are_shown_in_all_rows_or_none(run: Run) -> None:
    run("track", "write", "--at", "yesterday 22:00", "--until", "0:00")
    assert "  1  22:00  24:00  2:00:00  write" in rows(run, "times", "--date", "yesterday")
    run("track", "call", "--at", "yesterday 9:00", "--until", "yesterday 9:00:05.9")
    assert rows(run, "times", "--date", "yesterday")[1:3] == [
        "  2  09:00:00  09:00:05  0:00:05  call",
        "  1  22:00:00  24:00:00  2:00:00  write",
    ]


def test_rows_and_days_add_up_to_total(week: Run) -> None:
    shown = [line for line in rows(week, "list", "week", "--skip-empty") if line]
    *headings, total = [seconds(line[29:36]) for line in shown if line[1].isalpha()]
    tasks = [seconds(line[29:36]) for line in shown if not line[1].isalpha()]
    assert sum(headings) == sum(tasks) == total == seconds("8:15:00")
