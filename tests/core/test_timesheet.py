"""Timesheets: the tasks in a window and their totals."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.interval import Interval
from tasktimer.core.local_time import day_window
from tasktimer.core.task import Task
from tasktimer.core.timesheet import timesheet

DAY = datetime(2023, 7, 16, tzinfo=UTC)
WINDOW = Interval(DAY, DAY + timedelta(hours=24))
NOON = DAY + timedelta(hours=12)
HOUR = timedelta(hours=1)


def task(number: int, start: float, end: float | None) -> Task:
    return Task(number, 1, "write", DAY + start * HOUR, None if end is None else DAY + end * HOUR)


def test_task_counts_on_every_day_it_overlaps() -> None:
    tasks = [
        task(1, -1, 25),  # covers the day
        task(2, -5, 0),  # only touches the start of the day
        task(3, 24, 30),  # only touches the end of the day
        task(4, -2, 1),
        task(5, 23, 26),
        task(6, 11, None),  # running
        task(7, 13, None),  # starts after now: the clock was set back
        task(8, 5, 5),
    ]
    sheet = timesheet(tasks, WINDOW, NOON)
    assert [(entry.task.id, entry.time_spent / HOUR) for entry in sheet.entries] == [
        (4, 1), (1, 24), (8, 0), (6, 1), (7, 0), (5, 1),
    ]  # fmt: skip


def test_future_day_is_empty() -> None:
    tomorrow = Interval(WINDOW.end, WINDOW.end + 24 * HOUR)
    assert timesheet([task(1, 11, None)], tomorrow, NOON).entries == ()


def test_worked_is_sum_and_elapsed_is_union() -> None:
    sheet = timesheet([task(1, 9, 11), task(2, 10, 12), task(3, 14, 15)], WINDOW, NOON)
    assert (sheet.worked, sheet.elapsed) == (5 * HOUR, 4 * HOUR)


def test_lengths_in_whole_seconds_are_differences_of_shown_ends() -> None:
    second = timedelta(seconds=1) / HOUR
    sheet = timesheet([task(1, 9 + 0.6 * second, 9 + 1.2 * second), task(2, 9.5, 10.5 + 0.9 * second)], WINDOW, NOON)
    shown = sheet.in_whole_seconds
    assert [entry.time_spent / HOUR / second for entry in shown.entries] == [1, 3600]
    assert [(part.start.second, part.end.second) for _, part in shown.entries] == [(0, 1), (0, 0)]
    assert (shown.worked / HOUR, sheet.worked / HOUR) == (1 + second, 1 + 1.5 * second)


def test_tasks_with_equal_start_are_ordered_by_id() -> None:
    sheet = timesheet([task(2, 9, 10), task(10, 9, 9.5), task(1, 9, 11)], WINDOW, NOON)
    assert [entry.task.id for entry in sheet.entries] == [1, 2, 10]


def test_skipped_day_is_empty() -> None:
    samoa = ZoneInfo("Pacific/Apia")
    long = Task(1, 1, "sail", datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 3, tzinfo=UTC))
    days = [day_window(date(2011, 12, day), samoa) for day in (29, 30, 31)]
    assert [timesheet([long], day, NOON).worked / HOUR for day in days] == [24, 0, 24]
    assert timesheet([long], days[1], NOON).entries == ()


@given(
    st.datetimes(datetime(2011, 12, 1), datetime(2012, 1, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(), timedelta(days=20)),
    st.sampled_from(["Pacific/Apia", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]),
)
def test_days_of_task_add_up(start: datetime, duration: timedelta, zone: str) -> None:
    whole = Task(1, 1, "write", start, start + duration)
    days = (date(2011, 11, 28) + timedelta(days=number) for number in range(90))
    sheets = [timesheet([whole], day_window(day, ZoneInfo(zone)), NOON) for day in days]
    assert sum((sheet.worked for sheet in sheets), timedelta()) == duration
    assert sum(len(sheet.entries) for sheet in sheets) >= 1


@given(st.integers(-30, 30), st.none() | st.integers(0, 60), st.integers(-30, 30))
def test_time_spent_equals_entry(start: int, length: int | None, now: int) -> None:
    found = task(1, start, None if length is None else start + length)
    entries = timesheet([found], WINDOW, DAY + now * HOUR).entries
    expected = entries[0].time_spent if entries else timedelta()
    assert found.time_spent(WINDOW, DAY + now * HOUR) == expected
