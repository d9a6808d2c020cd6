"""A date without a time of day, given to `move` or `edit`, and a start after the end, which suggests `move`."""

import json
from datetime import datetime

import pytest
from tests.conftest import BERLIN, Run


@pytest.mark.parametrize("start", ["9:00-11:00", "9:00", "yesterday 9:00:07.5"])
def test_move_to_date_keeps_time_of_day(run: Run, start: str) -> None:
    run("track", "write", "--start", start)
    before = json.loads(run("show", "1", "--json").out)
    for words in (["2023-03-01"], ["wednesday"], ["last", "friday"], ["--at", "2023-1-2"]):
        assert run("move", "1", *words).out == "1\n"
        after = json.loads(run("show", "1", "--json").out)
        assert after["start_time"][10:19] == before["start_time"][10:19]
        assert (after["end_time"] or "")[10:16] == (before["end_time"] or "")[10:16]
    assert json.loads(run("show", "1", "--json").out)["start_time"][:10] == "2023-01-02"
    assert run("move", "1", "2023-07-17").err.startswith("error: the start is in the future: 2023-07-17 09:00 (")


def test_move_to_date_without_that_time_fails(run: Run) -> None:
    now = datetime(2024, 11, 1, 12, tzinfo=BERLIN)
    run("track", "write", "--start", "2024-07-01 2:30-3:30", now=now)
    for date, problem in (("2024-03-31", "does not exist"), ("2024-10-27", "occurs twice")):
        result = run("move", "1", date, now=now)
        assert (result.exit_code, result.out) == (2, "")
        assert result.err.startswith(f"error: the time {date} 02:30:00 {problem} in Europe/Berlin because ")


def test_start_of_edit_requires_time_of_day(run: Run) -> None:
    run("track", "early", "--start", "7:15-8:00")
    run("track", "late", "--start", "yesterday 22:15-23:00")
    for task_id, date, hint in (
        ("1", "yesterday", "add a time of day: 'yesterday 07:15'"),
        ("2", "2023-07-01", "add a time of day: '2023-07-01 22:15'"),
        ("2", "today", "add a time of day: 'today 9:00'"),
        ("2", "2023-07-17", "use a time in the past"),
    ):
        result = run("edit", task_id, "--start", date)
        assert (result.exit_code, result.out) == (2, "")
        assert result.err == f"error: invalid time {date!r}\nhint: {hint}\n"
    assert run("edit", "2", "--start", "yesterday 22:15").exit_code == 0


def test_start_after_end_suggests_move(run: Run) -> None:
    run("track", "write", "--start", "yesterday 9:00-10:00")
    result = run("edit", "1", "--start", "today 9:00")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        "error: task 1 cannot start at 09:00, after its end at 2023-07-15 10:00\n"
        "hint: use an earlier start, or also give a later end; "
        "to move the whole task, run: tasktimer move 1 '2023-07-16 09:00'\n"
    )
    assert run("move", "1", "2023-07-16 09:00").out == "1\n"
    run("undo")
    result = run("edit", "1", "--start", "today 11:30")  # would end in the future
    assert result.err.endswith("\nhint: use an earlier start, or also give a later end\n")


def test_changed_date_is_shown(run: Run) -> None:
    run("track", "write", "--start", "2023-07-14 8:00-9:00")
    same_day = "start 2023-07-14 08:00 -> 2023-07-14 08:30"
    assert same_day in run("edit", "1", "--start", "2023-07-14 8:30", terminal=True).out
    changed = "start 2023-07-14 08:30 -> 2023-07-16 08:30, end 2023-07-14 09:00 -> 2023-07-16 09:00"
    words = ["edit", "1", "--start", "today 8:30", "--end", "9:00"]
    shown = [run(*words, *more, terminal=True).out for more in (["--dry-run"], [])]
    assert all(
        changed in " ".join(text.split()) for text in [*shown, run("history", "--limit", "1", terminal=True).out]
    )
    changed_back = "start 2023-07-16 08:30 -> 2023-07-14 08:30, end 2023-07-16 09:00 -> 2023-07-14 09:00"
    assert changed_back in run("undo", terminal=True).out
