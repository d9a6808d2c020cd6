"""Descriptions with words that look like a duration."""

import shlex

import pytest
from tests.cli.test_misplaced_words import UNDO, run_hint
from tests.cli.test_track import task
from tests.conftest import Run


@pytest.mark.parametrize(
    ("line", "typed", "corrected"),
    [
        ("10m standup", "'10m' is", "track standup --for 10m"),
        ("standup for 1h30m", "'for 1h30m' is", "track standup --for 1h30m"),
        ("45min", "'45min' is", "track 'write docs' --for 45min"),
        ("11:30 1h call", "'11:30' and '1h' are", "track call --start 11:30"),
        ("10:15 10m phone call -p acme", "'10:15' and '10m' are", "track phone call -p acme --start 10:15 --for 10m"),
        ("1h mail 8:00", "'8:00' and '1h' are", "track mail --start 8:00 --for 1h"),
        ("mail 8:00 1.5h", "'8:00' and '1.5h' are", "track mail --start 8:00 --for 1.5h"),
    ],
)
def test_duration_prints_corrected_command(run: Run, line: str, typed: str, corrected: str) -> None:
    err = run("track", *line.split()).err
    assert err == f"note: {typed} part of the description\nhint: {UNDO} {corrected}\n"
    run_hint(run, err)
    assert task(run)["running"] is ("--for" not in corrected)


@pytest.mark.parametrize(
    ("line", "typed", "corrected"),
    [
        ("1h mail --start 8:00", "'1h' is", "--description mail --for 1h"),
        ("mail for 20m --start 8:00 -p acme", "'for 20m' is", "--description mail --for 20m"),
        ("1h mail @acme --start 8:00", "'1h' and '@acme' are", "--description mail -p acme --for 1h"),
        ("1h mail --no-gap", "'1h' is", "--description mail --for 1h"),
        ("1h mail --start 11:30", "'1h' is", "--description mail"),  # it would end in the future
    ],
)
def test_duration_beside_start_prints_edit(run: Run, line: str, typed: str, corrected: str) -> None:
    run("track", "before", "--start", "7:00-7:30")
    err = run("track", *shlex.split(line)).err
    assert err == (f"note: {typed} part of the description\nhint: to correct this, run: tasktimer edit 2 {corrected}\n")
    run_hint(run, err)
    assert task(run)["description"] == "mail"


def test_duration_without_time_is_text_of_switch(run: Run) -> None:
    run("track", "write", "--at", "9:00")
    err = run("switch", "call", "11:40", "5m").err
    assert err.endswith(f"{UNDO} track call --start 11:40 --for 5m\n")
    assert run("switch", "5m", "break").err == ""  # it has not ended


@pytest.mark.parametrize(
    "line",
    [
        "5k run",
        "1d planning",
        "fix 30s timeout",
        "raise 10m limit",
        "2 h",
        "5m walk --for 5m",
        "5m walk --end 11:00 --for 5m",
        "-- 10m standup",
    ],
)
def test_other_text_prints_no_note(run: Run, line: str) -> None:
    assert run("track", *line.split()).err == ""
