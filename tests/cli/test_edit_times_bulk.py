"""A time of day alone, given to `edit` for several tasks: it is of the one day on which they start."""

import re

import pytest
from tests.cli.test_edit_times import listed
from tests.conftest import Run

DAYS = [["1", "3"], ["3", "1", "2"], ["--search", "write", "--yes"], ["--from", "2023-07-14", "--yes"]]
SAME_DAY = [["1", "2"], ["2", "1"], ["--search", "write", "--to", "2023-07-14", "--yes"]]


@pytest.fixture(autouse=True)
def _tasks(run: Run) -> None:
    run("track", "write", "--at", "2023-07-14 9:00", "--until", "2023-07-14 10:00")
    run("track", "write", "--at", "2023-07-14 11:00", "--until", "2023-07-14 12:00")
    run("track", "write", "--at", "yesterday 9:00", "--until", "yesterday 10:00")


UNCHANGED = ["14 09:00 - 14 10:00", "14 11:00 - 14 12:00", "15 09:00 - 15 10:00"]


@pytest.mark.parametrize("which", SAME_DAY)
@pytest.mark.parametrize(
    ("times", "first", "second"),
    [
        (["--end", "12:30"], "14 09:00 - 14 12:30", "14 11:00 - 14 12:30"),
        (["--end", "1:00"], "14 09:00 - 15 01:00", "14 11:00 - 15 01:00"),
        (["--start", "8:30"], "14 08:30 - 14 10:00", "14 08:30 - 14 12:00"),
        (["--start", "23:00", "--end", "1:00"], "14 23:00 - 15 01:00", "14 23:00 - 15 01:00"),
        (["--end", "8:45", "--for", "30m"], "14 08:15 - 14 08:45", "14 08:15 - 14 08:45"),
    ],
)
def test_time_of_day_for_tasks_of_one_day(
    run: Run, which: list[str], times: list[str], first: str, second: str
) -> None:
    result = run("edit", *which, *times)
    assert result.exit_code == 0
    assert re.match(r"note: task \d overlaps task \d ", result.err)
    assert sorted(listed(run)) == sorted([first, second, "15 09:00 - 15 10:00"])


@pytest.mark.parametrize("which", SAME_DAY)
def test_end_between_starts_is_not_on_next_day(run: Run, which: list[str]) -> None:
    """It would make the first of them longer than a day."""
    result = run("edit", *which, "--end", "10:30")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith(
        "error: task 2 cannot end at 2023-07-14 10:30, before its start at 2023-07-14 11:00\nhint: "
    )
    assert listed(run) == UNCHANGED


@pytest.mark.parametrize("which", DAYS)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
@pytest.mark.parametrize(
    ("times", "hint"),
    [
        (["--end", "17:30"], "--end '2023-07-15 17:30'"),
        (["--start", " 8:30 "], "--start '2023-07-15 8:30'"),
        (["--start", "8:30", "--end", "17:30"], "--start '2023-07-15 8:30'"),
        (["--end", "17:30", "--for", "30m"], "--end '2023-07-15 17:30'"),
    ],
)
def test_time_of_day_for_several_days_fails(
    run: Run, which: list[str], dry: list[str], times: list[str], hint: str
) -> None:
    result = run("edit", *which, *times, *dry)
    assert (result.exit_code, result.out) == (2, "")
    clock = hint.partition(" ")[2].rstrip("'").rpartition(" ")[2]
    assert result.err == (
        f"error: the time '{clock}' is ambiguous, because the tasks start on different days: "
        "task 1 on 2023-07-14, task 3 on 2023-07-15\n"
        f"hint: select tasks that start on the same day, or add the date, as in {hint}\n"
    )
    assert listed(run) == UNCHANGED


@pytest.mark.parametrize("which", DAYS)
def test_time_with_date_for_several_days_works(run: Run, which: list[str]) -> None:
    assert run("edit", *which, "--end", "2023-07-15 10:00").exit_code == 0
    assert run("edit", *which, "--start", "yesterday 9:00", "--end", "9:30").exit_code == 0
    assert listed(run)[-1] == "15 09:00 - 15 09:30"


def test_dry_run_shows_resolved_day(run: Run) -> None:
    result = run("edit", "1", "2", "--end", "12:30", "--dry-run", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert " Fri 14 July\n" in result.out
    assert "     end 10:00 -> 12:30 (3:30:00)\n" in result.out
    assert listed(run) == UNCHANGED


def test_invalid_time_fails_without_matching_tasks(run: Run) -> None:
    words = ["edit", "--search", "nothing", "--yes", "--end"]
    assert run(*words, "9:00", terminal=True).out == "No task matches.\n"
    assert run(*words, "23:00", terminal=True).out == "No task matches.\n"  # at whatever hour it is asked
    assert run(*words, "23:00", "--start", "22:00").exit_code == 0
    assert run(*words, "25:00").exit_code == 2
