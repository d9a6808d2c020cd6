"""Tasks split by local day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.interval import Interval
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.core.timesheets_by_day import add_empty_days, split_by_day

BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
NOW = datetime(2023, 7, 16, 12, tzinfo=BERLIN)


def task(number: int, start: str, end: str | None) -> Task:
    ends = [None if text is None else datetime.fromisoformat(text).astimezone(UTC) for text in (start, end)]
    assert ends[0]
    return Task(number, 1, "x", ends[0], ends[1])


def shown(days: list[tuple[date, Timesheet]]) -> list[tuple[str, list[int], float]]:
    return [
        (str(day), [entry.task.id for entry in sheet.entries], sheet.worked / timedelta(hours=1)) for day, sheet in days
    ]


def test_task_appears_on_every_day_it_overlaps() -> None:
    tasks = [
        task(1, "2023-07-13T23:00+02:00", "2023-07-15T01:00+02:00"),
        task(2, "2023-07-15T00:00+02:00", "2023-07-16T00:00+02:00"),  # not on the 16th: touching ends do not overlap
        task(3, "2023-07-16T11:00+02:00", None),
    ]
    assert shown(split_by_day(tasks, None, BERLIN, NOW)) == [
        ("2023-07-13", [1], 1),
        ("2023-07-14", [1], 24),
        ("2023-07-15", [1, 2], 25),
        ("2023-07-16", [3], 1),
    ]
    window = Interval(*(datetime.fromisoformat(f"2023-07-14T{hour}:00+02:00") for hour in (10, 12)))
    assert shown(split_by_day(tasks, window, BERLIN, NOW)) == [("2023-07-14", [1], 2)]


def test_skipped_day_is_omitted() -> None:
    days = split_by_day([task(1, "2011-12-29T12:00-10:00", "2011-12-31T12:00+14:00")], None, APIA, NOW)
    assert shown(days) == [("2011-12-29", [1], 12), ("2011-12-31", [1], 12)]


def test_empty_task_appears_on_its_day() -> None:
    midnight = "2023-07-15T00:00+02:00"
    assert shown(split_by_day([task(1, midnight, midnight)], None, BERLIN, NOW)) == [("2023-07-15", [1], 0)]


def window(start: str, end: str) -> Interval:
    return Interval(*(datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (start, end)))


@pytest.mark.parametrize(
    ("bounds", "first", "last", "count"),
    [
        (("2023-07-10", "2023-07-17"), "2023-07-10", "2023-07-16", 7),
        (("2023-07-13T09:00", "2023-07-15T08:00"), "2023-07-13", "2023-07-15", 3),
        (("2023-07-10", "2023-07-24"), "2023-07-10", "2023-07-16", 7),  # no days after today
        (("2023-07-01", "2023-08-01"), "2023-07-01", "2023-07-16", 16),
        (("2023-06-15", "2023-07-16"), "2023-06-15", "2023-07-15", 31),
        (("2023-06-14", "2023-07-16"), "2023-07-14", "2023-07-15", 2),  # more than a month
        (("0001-01-02", "2023-07-16"), "2023-07-14", "2023-07-15", 2),
        (("2023-07-10", "9999-12-30"), "2023-07-10", "2023-07-16", 7),
    ],
)
def test_empty_days_are_added_up_to_month(bounds: tuple[str, str], first: str, last: str, count: int) -> None:
    tasks = [task(1, "2023-07-14T22:00+02:00", "2023-07-15T01:00+02:00")]
    days = split_by_day(tasks, window(*bounds), BERLIN, NOW)
    added = shown(add_empty_days(days, window(*bounds), BERLIN, NOW))
    assert (added[0][0], added[-1][0], len(added)) == (first, last, count)
    assert [day for day in added if day[1]] == shown(days)
    assert add_empty_days(days, None, BERLIN, NOW) == days


def test_skipped_day_is_not_empty_day() -> None:
    bounds = Interval(*(datetime.fromisoformat(text) for text in ("2011-12-29T00:00-10:00", "2012-01-01T00:00+14:00")))
    days = split_by_day([task(1, "2011-12-29T12:00-10:00", "2011-12-29T13:00-10:00")], bounds, APIA, NOW)
    assert shown(add_empty_days(days, bounds, APIA, NOW)) == [("2011-12-29", [1], 1), ("2011-12-31", [], 0)]


starts = st.datetimes(datetime(2023, 3, 20), datetime(2023, 4, 2), timezones=st.just(UTC))  # noqa: DTZ001
tasks_of_weeks = st.lists(st.tuples(starts, st.timedeltas(timedelta(), timedelta(days=4))), max_size=8)


@given(tasks_of_weeks, st.booleans())
def test_days_add_up_to_whole(parts: list[tuple[datetime, timedelta]], bounded: bool) -> None:
    window = Interval(datetime(2023, 3, 24, 5, tzinfo=UTC), datetime(2023, 3, 28, 7, tzinfo=UTC))
    tasks = [Task(number, 1, "x", start, start + length) for number, (start, length) in enumerate(parts)]
    days = split_by_day(tasks, window if bounded else None, BERLIN, NOW)
    everything = Interval(datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC))
    whole = timesheet(tasks, window if bounded else everything, NOW)
    assert sum((sheet.worked for _, sheet in days), timedelta()) == whole.worked
    assert {entry.task.id for _, sheet in days for entry in sheet.entries} == {e.task.id for e in whole.entries}
    assert [day for day, _ in days] == sorted({day for day, _ in days})
    assert all(isinstance(day, date) for day, _ in days)


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "UTC"])
def test_first_and_last_dates_hide_no_other_day(zone: str) -> None:
    tasks = [
        task(1, "0001-01-02T00:00+00:00", "0001-01-02T20:00+00:00"),
        task(2, "2023-07-16T10:00+02:00", "2023-07-16T11:00+02:00"),
        task(3, "9999-12-30T20:00+00:00", "9999-12-30T23:59+00:00"),
    ]
    days = split_by_day(tasks, None, ZoneInfo(zone), datetime(9999, 12, 30, 23, 59, tzinfo=UTC))
    assert [entry.task.id for _, sheet in days for entry in sheet.entries][-2:] == (
        [2, 3] if zone != "Pacific/Kiritimati" else [1, 2]
    )
