"""Every flag that accepts a duration, or a time that many ago, accepts the same forms."""

import json
from datetime import datetime, timedelta

import pytest
from tests.conftest import NOW, Run

HOUR = timedelta(hours=1)
FORMS = {
    "90s": HOUR / 40,
    "90m": 1.5 * HOUR,
    "1h30m": 1.5 * HOUR,
    "1.5h": 1.5 * HOUR,
    "20 minutes": HOUR / 3,
    "1:30": 1.5 * HOUR,
    "1:30:05": 1.5 * HOUR + timedelta(seconds=5),
    "2d": 48 * HOUR,
    "1d 2h": 26 * HOUR,
    "1w": 168 * HOUR,
    "PT1H30M": 1.5 * HOUR,
    "P2DT3H": 51 * HOUR,
    "P1W": 168 * HOUR,
}
INVALID = ["", "soon", "90", "-5m", "1mo", "P1M", "2h1d", "999999999w"]


def start_of(text: str) -> datetime:
    return datetime.fromisoformat(json.loads(text)["start_time"])


@pytest.mark.parametrize(("text", "duration"), FORMS.items())
def test_every_flag_accepts_same_durations(run: Run, text: str, duration: timedelta) -> None:
    assert NOW - start_of(run("track", "one", "--for", text, "--json").out) == duration
    assert run("edit", "1", "--end", "now", "--for", text).out == "1\n"
    assert NOW - start_of(run("track", "two", "--at", f"{text} ago", "--json").out) == duration
    run("track", "longer", "--at=2023-01-01 9:00", "--until=2023-03-01 9:00")
    assert [line.split("\t")[0] for line in run("list", "--longer-than", text).out.splitlines()] == ["3"]
    run("track", "shorter", "--for", "1s")
    assert run("list", "--shorter-than", text).out.split("\t")[0] == "4"
    created = json.loads(run("token", "create", "--expires", text, "--json").out)
    assert datetime.fromisoformat(created["expiry_time"]) - NOW == duration


@pytest.mark.parametrize("text", [*FORMS, "1mo", "6 months", "1y"])
def test_prune_also_accepts_months_and_years(run: Run, text: str) -> None:
    years_ago, recently = NOW.replace(year=2021), NOW - timedelta(seconds=80)
    run("track", "early", now=years_ago)
    run("track", "late", now=recently)
    assert run("history", "--prune", text, "--yes").out == "1\n"
    assert run("history").out.split("\t")[0] == "2"


@pytest.mark.parametrize("text", INVALID)
@pytest.mark.parametrize(
    "arguments",
    [
        ("track", "x", "--for"),
        ("edit", "1", "--for"),
        ("list", "--longer-than"),
        ("list", "--shorter-than"),
        ("token", "create", "--expires"),
    ],
)
def test_every_flag_rejects_same_durations(run: Run, arguments: tuple[str, ...], text: str) -> None:
    run("track", "x", "--for", "1m")
    flag = f"{arguments[-1]}={text}"
    result = run(*arguments[:-1], flag)
    assert (result.exit_code, result.out) == (2, "")
    assert f"duration {text!r}" in result.err


@pytest.mark.parametrize("text", ["", "soon", "90", "-5m", "P1M", "2h1d", "999999999w", "9999y"])
def test_prune_rejects_invalid_age(run: Run, text: str) -> None:
    result = run("history", f"--prune={text}", "--yes")
    assert (result.exit_code, result.out) == (2, "")
    assert f"age {text!r}" in result.err


def test_range_hints_at_days(run: Run) -> None:
    assert "hint: did you mean '2 days ago'?" in run("list", "2d ago").err
