"""The time per day of random histories, compared with Timewarrior and Watson where they are installed."""

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tasktimer.core.report import ReportQuery
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.report import report
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_writes

History = list[tuple[datetime, datetime]]  # starts and ends
Days = dict[str, timedelta]

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
ZERO = timedelta()

# Two days before the clocks change. Not in Havana, where midnight occurs twice: Timewarrior omits the hour between.
EVES = [
    ("Europe/Berlin", date(2025, 3, 28)),
    ("Europe/Berlin", date(2025, 10, 24)),
    ("America/New_York", date(2025, 3, 7)),
    ("America/New_York", date(2025, 10, 31)),
    ("Australia/Lord_Howe", date(2025, 4, 4)),  # by half an hour
    ("Australia/Lord_Howe", date(2025, 10, 3)),
    ("America/Sao_Paulo", date(2016, 2, 18)),  # from midnight to 23:00
    ("America/Sao_Paulo", date(2016, 10, 14)),  # from midnight to 1:00
    ("Pacific/Apia", date(2011, 12, 28)),  # by 24 hours: there is no 30 December
]

seconds = st.one_of(
    st.integers(1, 4 * 3600),
    st.integers(1, 60 * 3600),  # over midnight, or several days
    st.integers(1, 60).map(lambda count: count * 1800),  # often to midnight, or to the change
)
gaps_and_lengths = st.lists(st.tuples(st.one_of(st.just(0), seconds), seconds), min_size=1, max_size=12)
in_zones = pytest.mark.parametrize(("name", "eve"), EVES)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "tasks.db")) as store:
        store.upgrade()
        yield store


def history_from(eve: date, zone: ZoneInfo, steps: Iterable[tuple[int, int]]) -> History:
    """Return intervals that do not overlap, because Timewarrior does not allow it."""
    history: History = []
    end = midnight(eve, zone)
    for gap, length in steps:
        start = end + timedelta(seconds=gap)
        end = start + timedelta(seconds=length)
        history.append((start, end))
    return history


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def exact_days(history: History, zone: ZoneInfo) -> Days:
    """Add up the quarters of an hour: days begin and clocks change only at their edges."""
    days: defaultdict[str, timedelta] = defaultdict(timedelta)
    for first, last in history:
        start = first
        while start < last:
            end = min(last, start + QUARTER - (start - datetime.min.replace(tzinfo=UTC)) % QUARTER)
            days[f"{start.astimezone(zone).date()}"] += end - start
            start = end
    return dict(days)


def days_of_report(store: Store, history: History, zone: ZoneInfo) -> Days:
    with store.write() as connection:
        connection.execute("DELETE FROM tasks", {})
        for start, end in history:
            task_writes.insert_task(connection, user_id=1, description="call", start_time=start, end_time=end)
    now = history[-1][1].astimezone(zone)
    found = report(store, Actor(None, ALL_USERS), ReportQuery(("day",)), now=now)
    return {str(day): amount.worked for day, amount in found.rows.items()}


def days_of_timewarrior(folder: Path, history: History, days: Iterable[str], environ: dict[str, str]) -> Days:
    """Write a data file per month, and read the total of each day from the last of its rows."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    folder.joinpath("timewarrior.cfg").write_text("confirmation=no\n")  # it asks before it creates this file
    for month, intervals in groupby(history, lambda times: f"{times[0]:%Y-%m}"):
        lines = [f"inc {start:%Y%m%dT%H%M%SZ} - {end:%Y%m%dT%H%M%SZ}\n" for start, end in intervals]
        data.joinpath(f"{month}.data").write_text("".join(lines))
    # After a day without a midnight, a summary of :all omits a last day on which the last interval ends before 1:00.
    span = (min(days), "-", str(date.fromisoformat(max(days)) + DAY))
    output = run("timew", "summary", *span, env=environ | {"TIMEWARRIORDB": str(folder)})
    *_, table, _total = output.strip().split("\n\n")
    totals, day = {}, ""
    for row in table.splitlines()[2:]:
        if first_of_day := re.match(r"W\d+ +(\S+)", row):
            day = first_of_day[1]
        hours, minutes, secs = map(int, row.split()[-1].split(":"))
        totals[day] = timedelta(hours=hours, minutes=minutes, seconds=secs)
    return totals


def days_of_watson(folder: Path, history: History, days: Iterable[str], environ: dict[str, str]) -> Days:
    frames = [
        [int(start.timestamp()), int(end.timestamp()), "acme", f"{number:032x}", [], int(end.timestamp())]
        for number, (start, end) in enumerate(history)
    ]
    folder.joinpath("frames").write_text(json.dumps(frames))
    span = ("--from", min(days), "--to", max(days))
    output = run("watson", "aggregate", "--json", *span, env=environ | {"WATSON_DIR": str(folder)})
    reports = json.loads(output)
    return {found["timespan"]["from"][:10]: timedelta(seconds=found["time"]) for found in reports}


def run(*command: str, env: dict[str, str]) -> str:
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8", timeout=120, check=True
    ).stdout


@pytest.mark.skipif(shutil.which("timew") is None, reason="requires Timewarrior")
@in_zones
@settings(max_examples=examples(100))
@given(steps=gaps_and_lengths)
def test_days_equal_those_of_timewarrior(
    name: str,
    eve: date,
    steps: list[tuple[int, int]],
    sqlite_store: Store,
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    zone = ZoneInfo(name)
    history = history_from(eve, zone, steps)
    ours = days_of_report(sqlite_store, history, zone)
    assert ours == exact_days(history, zone)
    assert ours == days_of_timewarrior(tmp_path, history, ours, environ | {"TZ": name})


def watson_is_right(day: date, zone: ZoneInfo) -> bool:
    """Return whether a day is one that Watson measures correctly: 24 hours long, from midnight to midnight.

    Watson subtracts the local times at which it cuts a task, so it counts 24 hours for a whole day of 23 or 25 hours.
    If the next midnight does not exist, it extends a day into the next one. It repeats the time of 31 December 2011 for
    the day before, which Samoa skipped.
    """
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    local = [instant.astimezone(zone).replace(tzinfo=None) for instant in (start, end)]
    return end - start == DAY and local == [datetime.combine(day, time()), datetime.combine(day + DAY, time())]


@pytest.mark.skipif(shutil.which("watson") is None, reason="requires Watson")
@in_zones
@settings(max_examples=examples(25))
@given(steps=gaps_and_lengths)
def test_days_equal_those_of_watson(
    name: str,
    eve: date,
    steps: list[tuple[int, int]],
    sqlite_store: Store,
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    zone = ZoneInfo(name)
    history = history_from(eve, zone, steps)
    ours = days_of_report(sqlite_store, history, zone)
    assert ours == exact_days(history, zone)
    for text, found in days_of_watson(tmp_path, history, ours, environ | {"TZ": name}).items():
        day = date.fromisoformat(text)
        if watson_is_right(day, zone):
            # It ends a day, and the task that it cuts, one microsecond early.
            end = midnight(day + DAY, zone)
            cut = any(start < end <= last for start, last in history)
            assert found == ours.get(text, ZERO) - cut * timedelta.resolution
