"""The time per day of random histories, compared with Timewarrior and Watson where they are installed."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from tests.examples import examples
from tests.system.histories import ZERO, Days, History, exact_days, gaps_and_lengths, history_from, in_zones
from tests.system.timewarrior import read_summary, write_database
from tests.system.watson import read_reports, time_cut_off, watson_is_right, write_frames

from tasktimer.core.report import ReportQuery
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.report import report
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_writes

TIMES = "%Y%m%dT%H%M%SZ"


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "tasks.db")) as store:
        store.upgrade()
        yield store


def days_of_report(store: Store, history: History, zone: ZoneInfo) -> Days:
    with store.write() as connection:
        connection.execute("DELETE FROM tasks", {})
        for start, end in history:
            task_writes.insert_task(connection, user_id=1, description="call", start_time=start, end_time=end)
    now = history[-1][1].astimezone(zone)
    found = report(store, Actor(None, ALL_USERS), ReportQuery(("day",)), now=now)
    return {str(day): amount.worked for day, amount in found.rows.items()}


def days_of_watson(folder: Path, history: History, days: Iterable[str], environ: dict[str, str]) -> Days:
    frames = [
        [int(start.timestamp()), int(end.timestamp()), "acme", f"{number:032x}", [], int(end.timestamp())]
        for number, (start, end) in enumerate(history)
    ]
    write_frames(folder, frames)
    reports = read_reports(folder, min(days), max(days), environ=environ)
    return {day: timedelta(seconds=found["time"]) for day, found in reports.items()}


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
    write_database(tmp_path, "".join(f"inc {start:{TIMES}} - {end:{TIMES}}\n" for start, end in history))
    assert ours == read_summary(tmp_path, ours, environ | {"TZ": name})


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
            assert found == ours.get(text, ZERO) - time_cut_off(history, day, zone)
