"""Reports on both engines, compared with the timesheets of their buckets."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tasktimer.core.buckets import TIME_KEYS, Bucket, split_window
from tasktimer.core.calendar_zone import CalendarZone
from tasktimer.core.interval import Interval, Window, covered_duration
from tasktimer.core.report import KEYS, Key, Report, ReportQuery, parse_keys, validate_query
from tasktimer.core.rounding import Rounding, parse_rounding_unit
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.core.timesheet import timesheet
from tasktimer.errors import InvalidValue
from tasktimer.services.report import report
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import task_writes

EVERYONE = Actor(None, ALL_USERS)
BERLIN = CalendarZone(ZoneInfo("Europe/Berlin"))
FROM_FOUR = CalendarZone(ZoneInfo("Europe/Berlin"), day_starts_at=timedelta(hours=4), week_starts_on=6)
ZONES = (BERLIN, FROM_FOUR, CalendarZone(ZoneInfo("Australia/Lord_Howe")))
BEGIN = datetime(2025, 3, 28, 20, tzinfo=UTC)  # two days before the clocks go forward in Berlin
NOW = BEGIN + timedelta(days=9)
ZERO = timedelta()

tasks_to_store = st.lists(
    st.fixed_dictionaries(
        {
            "start_time": st.integers(0, 8 * 24 * 60).map(lambda count: BEGIN + timedelta(minutes=count)),
            "length": st.one_of(st.none(), st.integers(0, 40 * 60), st.integers(0, 40)).map(
                lambda count: None if count is None else timedelta(minutes=count, microseconds=count)
            ),
            "user_id": st.integers(1, 2),
            "description": st.sampled_from(["call", "docs"]),
            "project": st.sampled_from([None, "acme", "acme/website", "acme/website/shop", "Zoo"]),
            "tags": st.sampled_from([(), ("a",), ("a", "b"), ("b",)]),
        }
    ),
    max_size=12,
)
windows = st.tuples(st.integers(-24, 9 * 24), st.integers(1, 6 * 24)).map(
    lambda hours: Window(BEGIN + timedelta(hours=hours[0]), BEGIN + timedelta(hours=hours[0] + hours[1]))
)
keys_of_reports = st.lists(st.sampled_from(KEYS), min_size=1, max_size=2, unique=True).map(tuple)


def insert(connection: Connection, *, length: timedelta | None, **values: Any) -> Task:
    end = None if length is None else values["start_time"] + length
    return task_writes.insert_task(connection, end_time=end, **values)


def values_of(key: str, task: Task, bucket: Bucket, query: ReportQuery) -> list[Key]:
    if key in TIME_KEYS:
        return [bucket.labels[query.time_keys.index(key)]]
    if key == "tag":
        return list(task.tags) or [None]
    if key == "project" and task.project is not None:
        return ["/".join(task.project.split("/")[: query.depth])]
    return [{"project": None, "user": str(task.user_id), "description": task.description}[key]]


class Naive:
    """A report from the timesheet of each bucket."""

    def __init__(self, tasks: list[Task], query: ReportQuery, buckets: list[Bucket], now: datetime) -> None:
        self.parts: defaultdict[Any, list[tuple[Task, Interval]]] = defaultdict(list)
        units: defaultdict[Any, timedelta] = defaultdict(timedelta)
        for number, bucket in enumerate(buckets):
            for task, part in timesheet(tasks, bucket.window, now).entries:
                axes = [values_of(key, task, bucket, query) for key in query.by]
                for names in (
                    [(one,) for one in axes[0]]
                    if len(axes) == 1
                    else [(one, other) for one in axes[0] for other in axes[1]]
                ):
                    self.parts[names].append((task, part))
                for place, axis in enumerate(axes):
                    for name in axis:
                        self.parts[place, name].append((task, part))
                self.parts["total"].append((task, part))
                if query.rounding is not None:
                    unit = (number, task.id) if query.rounding.each else (number, task.user_id, task.project)
                    units[unit] += part.duration
        self.rounded = sum(map(query.rounding.apply, units.values()), ZERO) if query.rounding else ZERO

    def worked(self, key: Any) -> timedelta:
        return sum((part.duration for _, part in self.parts[key]), ZERO)

    def elapsed(self, key: Any) -> timedelta:
        return covered_duration(part for _, part in self.parts[key])

    def tasks(self, key: Any) -> int:
        return len({task.id for task, _ in self.parts[key]})


def check(found: Report, naive: Naive) -> None:
    by, has_elapsed = found.query.by, found.query.elapsed
    assert set(found.cells) == {key for key in naive.parts if isinstance(key, tuple) and isinstance(key[0], str | None)}
    for names, cell in found.cells.items():
        assert (cell.worked, cell.tasks) == (naive.worked(names), naive.tasks(names)), names
        assert cell.elapsed == (naive.elapsed(names) if has_elapsed else None)
    for place, margin in enumerate((found.rows, found.columns)[: len(by)]):
        for name, amount in margin.items():
            assert amount.worked == naive.worked((place, name))
            if amount.elapsed is not None:
                assert amount.elapsed == naive.elapsed((place, name))
                assert amount.elapsed <= amount.worked
        assert all((amount.elapsed is None) != (has_elapsed or by[place] in TIME_KEYS) for amount in margin.values())
    assert (found.total.worked, found.total.tasks) == (naive.worked("total"), naive.tasks("total"))
    assert found.total.elapsed == naive.elapsed("total")
    if "tag" not in by:
        assert sum((cell.worked for cell in found.cells.values()), ZERO) == found.total.worked
        assert sum((cell.rounded for cell in found.cells.values()), ZERO) == found.total.rounded
    assert found.total.rounded == naive.rounded


def roundings(by: tuple[str, ...]) -> Iterator[Rounding | None]:
    yield None
    for rounding in (Rounding(timedelta(minutes=15)), Rounding(timedelta(minutes=6), "nearest", each=True)):
        query = ReportQuery(by, rounding=rounding)
        try:
            yield validate_query(query).rounding
        except InvalidValue:
            continue


@settings(max_examples=examples(150))
@given(
    tasks=tasks_to_store,
    window=windows,
    by=keys_of_reports,
    zone=st.sampled_from(ZONES),
    depth=st.sampled_from([None, 1, 2]),
)
def test_report_equals_timesheets_of_buckets(
    store: Store, tasks: list[dict[str, Any]], window: Window, by: tuple[str, ...], zone: Any, depth: int | None
) -> None:
    now = NOW.astimezone(zone)
    depth = depth if "project" in by else None
    with store.write() as connection:
        connection.execute("DELETE FROM tasks", {})
        stored = [insert(connection, **values) for values in tasks]
    for elapsed, rounding in [(True, None), *((False, rounding) for rounding in roundings(by))]:
        query = ReportQuery(by, depth, elapsed=elapsed, rounding=rounding)
        buckets = split_window(window, query.time_keys, zone, by_day=rounding is not None)
        check(report(store, EVERYONE, query, window=window, now=now), Naive(stored, query, buckets, now))


@pytest.mark.parametrize("by", ["project", "user", "day", "weekday", "week", "month", "quarter", "year", "day,project"])
def test_rounded_total_is_the_same_in_every_grouping(store: Store, by: str) -> None:
    """Three calls of 11 minutes a day are one unit of 45 minutes."""
    with store.write() as connection:
        for day in range(8):
            for number in range(3):
                start = BEGIN + timedelta(days=day, hours=number)
                insert(connection, start_time=start, length=timedelta(minutes=11), user_id=1, description="call")
    query = ReportQuery(parse_keys(by), rounding=Rounding(timedelta(minutes=15)))
    window = Window(BEGIN - timedelta(days=1), BEGIN + timedelta(days=9))
    total = report(store, EVERYONE, query, window=window, now=NOW.astimezone(FROM_FOUR)).total
    assert (total.worked, total.rounded, total.tasks) == (timedelta(minutes=264), timedelta(hours=6), 24)


def test_all_time_extends_from_first_task_to_today(store: Store) -> None:
    now = NOW.astimezone(BERLIN)
    query = ReportQuery(("day",), fill=True)
    empty = report(store, EVERYONE, query, now=now)
    assert list(empty.rows) == ["2025-04-06"]
    with store.write() as connection:
        insert(connection, start_time=BEGIN, length=timedelta(hours=30), user_id=1, description="call")
        insert(connection, start_time=BEGIN, length=None, user_id=2, description="call")
    everything = report(store, EVERYONE, query, now=now)
    assert (len(everything.rows), everything.total.worked) == (10, timedelta(hours=30) + (NOW - BEGIN))
    mine = report(store, Actor(1, 1), query, TaskFilter(search="call"), now=now)
    assert (len(mine.rows), mine.total.worked) == (10, timedelta(hours=30))


def test_clock_that_was_set_back_counts_no_time(store: Store) -> None:
    with store.write() as connection:
        insert(connection, start_time=NOW + timedelta(hours=1), length=None, user_id=1, description="call")
    found = report(store, EVERYONE, ReportQuery(("project",)), now=NOW.astimezone(BERLIN))
    assert (found.total.tasks, found.total.worked, found.total.elapsed) == (1, ZERO, ZERO)


def test_skipped_day_has_no_row(store: Store) -> None:
    zone = ZoneInfo("Pacific/Apia")
    window = Window(datetime(2011, 12, 29, 10, tzinfo=UTC), datetime(2011, 12, 31, 10, tzinfo=UTC))
    found = report(store, EVERYONE, ReportQuery(("day",), fill=True), window=window, now=NOW.astimezone(zone))
    assert list(found.rows) == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        (ReportQuery(("day",), depth=1), "a depth requires", "add project to the keys, or omit the depth"),
        (ReportQuery(("project",), fill=True), "only a report by time", "add a key such as day, or omit this option"),
        (
            ReportQuery(("day",), elapsed=True, rounding=Rounding(timedelta(minutes=15))),
            "elapsed time cannot be rounded",
            "omit the rounding, or show the time worked",
        ),
        (
            ReportQuery(("hour",), rounding=Rounding(timedelta(minutes=15), each=True)),
            "times by hour cannot be rounded",
            "use another key, such as day",
        ),
        (
            ReportQuery(("tag",), rounding=Rounding(timedelta(minutes=15))),
            "daily project totals cannot be rounded by tag",
            None,
        ),
    ],
)
def test_conflicting_options_are_rejected(store: Store, query: ReportQuery, message: str, hint: str | None) -> None:
    with pytest.raises(InvalidValue, match=message) as caught:
        report(store, EVERYONE, query, now=NOW)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("projct", "unknown key 'projct'", "did you mean 'project'?"),
        ("day,day", "contains the same key twice", "use one or two keys"),
        ("day,project,tag", "contains 3 keys", "use one or two keys"),
        ("", "unknown key ''", f"use one of {', '.join(KEYS)}"),
    ],
)
def test_invalid_keys_are_rejected(text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidValue, match=message) as caught:
        parse_keys(text)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("7m", "it does not divide 24 hours evenly", "use 6m or 8m"),
        ("90s", "it is not a whole number of minutes", "use a duration such as 15m or 1h"),
        ("0m", "it is not a whole number of minutes", "use a duration such as 15m or 1h"),
        ("25h", "it is longer than 4 hours", "use a shorter duration, such as 15m or 1h"),
    ],
)
def test_invalid_rounding_unit_is_rejected(text: str, reason: str, hint: str) -> None:
    with pytest.raises(InvalidValue, match=reason) as caught:
        parse_rounding_unit(text)
    assert caught.value.hint == hint
