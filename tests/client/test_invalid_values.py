"""Invalid values in Python raise the errors of the commands, and change nothing."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.client.conftest import HOUR, clock
from tests.conftest import NOW
from tests.hostile import DESCRIPTIONS_REFUSED

from tasktimer import open_tracker
from tasktimer.core.rounding import Rounding
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict, InvalidValue, NotFound


@pytest.mark.parametrize("description", DESCRIPTIONS_REFUSED)
def test_track_rejects_hostile_description(tmp_path: Path, description: str) -> None:
    with pytest.raises(InvalidValue):
        open_tracker(tmp_path / "tasks.db").track(description)
    assert os.listdir(tmp_path) == []


EARLIEST = datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("naive-time", lambda tracker: tracker.track("x", start_time=datetime(2023, 7, 16, 9))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.track("x", start_time=NOW, end_time=datetime(2023, 7, 16, 9))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.stop(at=datetime(2023, 7, 16, 9))),  # noqa: DTZ001
        ("end-without-start", lambda tracker: tracker.track("x", end_time=NOW)),
        ("time-out-of-range", lambda tracker: tracker.track("x", start_time=datetime.min.replace(tzinfo=NOW.tzinfo))),
        ("date-out-of-range", lambda tracker: tracker.track("x", start_time=EARLIEST)),
        ("start-in-future", lambda tracker: tracker.track("x", start_time=NOW + HOUR)),
        ("end-before-start", lambda tracker: tracker.track("x", start_time=NOW, end_time=NOW - HOUR)),
        ("invalid-date", lambda tracker: tracker.times(NOW)),
        ("invalid-user", lambda tracker: tracker.track("x", user="all")),
        ("invalid-user", lambda tracker: tracker.track("x", user=0)),
        ("user-not-found", lambda tracker: tracker.running_tasks(user="ada")),
        ("invalid-id", lambda tracker: tracker.get_task(-1)),
        ("invalid-id", lambda tracker: tracker.stop(2**63)),
        ("ids-and-all", lambda tracker: tracker.stop(1, all_running=True)),
        ("filter-without-all", lambda tracker: tracker.stop(task_filter=TaskFilter(project="acme"))),
        ("ids-and-all", lambda tracker: tracker.stop(1, all_running=True, task_filter=TaskFilter(project="acme"))),
        ("invalid-count", lambda tracker: tracker.undo(0)),
        ("count-and-command", lambda tracker: tracker.undo(2, command=1)),
        ("invalid-limit", lambda tracker: tracker.history(limit=0)),
        ("invalid-project", lambda tracker: tracker.track("x", project="/")),
        ("invalid-tag", lambda tracker: tracker.track("x", tags=["a b"])),
        ("naive-time", lambda tracker: tracker.edit(1, start_time=datetime(2023, 7, 16))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.split(1, datetime(2023, 7, 16))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.list_tasks(between=(NOW, datetime(2023, 7, 16)))),  # noqa: DTZ001
        ("no-gap-and-start", lambda tracker: tracker.track("x", start_time=NOW, no_gap=True)),
        ("end-and-duration", lambda tracker: tracker.track("x", start_time=NOW, end_time=NOW, duration=HOUR)),
        ("invalid-duration", lambda tracker: tracker.track("x", duration=-HOUR)),
        ("invalid-duration", lambda tracker: tracker.track("x", no_gap=True, duration=-HOUR)),
        ("invalid-duration", lambda tracker: tracker.track("x", no_gap=True, duration=timedelta.max)),
        ("invalid-duration", lambda tracker: tracker.track("x", duration=timedelta.max)),
        ("end-in-future", lambda tracker: tracker.track("x", start_time=NOW - HOUR, duration=2 * HOUR)),
        ("store-missing", lambda tracker: tracker.track("x", no_gap=True)),
        ("naive-time", lambda tracker: tracker.prune_history(datetime(2023, 7, 16))),  # noqa: DTZ001
        ("no-selection", lambda tracker: tracker.edit(note="x")),
        ("no-selection", lambda tracker: tracker.delete()),
        ("no-selection", lambda tracker: tracker.edit_all(note="x")),
        ("no-selection", lambda tracker: tracker.edit_all(TaskFilter(), note="x", dry_run=True)),
        ("no-selection", lambda tracker: tracker.delete_all()),
        ("filter-and-all", lambda tracker: tracker.delete_all(TaskFilter(running=True), all_tasks=True)),
        ("filter-and-all", lambda tracker: tracker.delete_all(date_range="today", all_tasks=True)),
        ("too-many-terms", lambda tracker: tracker.list_tasks(TaskFilter(tags=[f"t{number}" for number in range(51)]))),
        ("invalid-duration", lambda tracker: tracker.list_tasks(TaskFilter(longer_than=-HOUR))),
        ("invalid-duration", lambda tracker: tracker.list_tasks(TaskFilter(shorter_than=timedelta.max))),
        ("invalid-duration", lambda tracker: tracker.list_tasks(TaskFilter(shorter_than=timedelta.min))),
        ("no-changes", lambda tracker: tracker.edit(1)),
        ("no-changes", lambda tracker: tracker.edit_all(date_range="today")),
        ("invalid-duration", lambda tracker: tracker.edit(1, end_time=NOW, duration=timedelta.max)),
        ("invalid-duration", lambda tracker: tracker.edit(1, duration=-HOUR)),
        ("naive-time", lambda tracker: tracker.edit_all(date_range="today", end_time=datetime(2023, 7, 16))),  # noqa: DTZ001
        ("blank-description", lambda tracker: tracker.edit_all(date_range="today", description=" ")),
        ("range-and-bounds", lambda tracker: tracker.delete_all(date_range="today", between=(NOW, NOW))),
        ("invalid-duration", lambda tracker: tracker.create_token(expires_in=-HOUR)),
        ("invalid-duration", lambda tracker: tracker.create_token(expires_in=timedelta.max)),
        ("invalid-token-name", lambda tracker: tracker.create_token(name=" ")),
        ("invalid-user", lambda tracker: tracker.create_token(user="all")),
        ("no-selection", lambda tracker: tracker.revoke_tokens()),
        ("invalid-id", lambda tracker: tracker.revoke_tokens(0)),
        ("invalid-path", lambda tracker: tracker.backup(" ")),
        ("invalid-path", lambda tracker: tracker.backup("a\0b")),
        ("store-missing", lambda tracker: tracker.backup()),
        ("same-task", lambda tracker: tracker.join(1, 1)),
        ("to-before-from", lambda tracker: tracker.list_tasks(between=(NOW, NOW - HOUR))),
        ("to-before-from", lambda tracker: tracker.list_tasks(between=(NOW, NOW))),
        ("range-and-bounds", lambda tracker: tracker.list_tasks(date_range="today", between=(NOW, NOW))),
        ("invalid-date-range", lambda tracker: tracker.list_tasks(date_range="soon")),
        ("invalid-report-key", lambda tracker: tracker.report("fortnight")),
        ("invalid-report-key", lambda tracker: tracker.report([])),
        ("invalid-report-key", lambda tracker: tracker.report(["day", 7])),
        ("invalid-report-key", lambda tracker: tracker.report(("day", "day"))),
        ("invalid-depth", lambda tracker: tracker.report(depth=0)),
        ("invalid-rounding", lambda tracker: tracker.report(rounding=Rounding(7 * HOUR))),
        ("invalid-rounding", lambda tracker: tracker.report(rounding=Rounding(HOUR, "sideways"))),  # type: ignore[arg-type]
        ("report-options", lambda tracker: tracker.report("day", depth=1)),
        ("report-options", lambda tracker: tracker.report(fill=True)),
        ("rounding-requires-each", lambda tracker: tracker.report("tag", rounding=Rounding(HOUR))),
        ("too-many-buckets", lambda tracker: tracker.report("day", between=(EARLIEST + timedelta(days=2), NOW))),
        ("range-and-bounds", lambda tracker: tracker.report(date_range="today", between=(NOW, NOW))),
        ("unknown-zone", lambda _: open_tracker(tz="Mars")),
        ("invalid-user", lambda _: open_tracker(user=0)),
        ("store-missing", lambda tracker: tracker.stop()),
        ("task-not-found", lambda tracker: tracker.get_task(1)),
    ],
)
def test_invalid_call_raises_code_and_changes_nothing(tmp_path: Path, code: str, call: Any) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    with pytest.raises((InvalidValue, Conflict, NotFound)) as error:
        call(tracker)
    assert error.value.code == code
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda tracker: tracker.track("x", tags="docs"), "invalid-tag"),
        (lambda tracker: tracker.edit(1, add_tags="docs"), "invalid-tag"),
        (lambda tracker: tracker.list_tasks(TaskFilter(exclude_tags="docs")), "invalid-tag"),
        (lambda tracker: tracker.track("x", start_time="9:00"), "invalid-time"),
        (lambda tracker: tracker.move(1, None), "invalid-time"),
        (lambda tracker: tracker.list_tasks(TaskFilter(longer_than=timedelta.max)), "invalid-duration"),
        (lambda tracker: tracker.list_tasks(TaskFilter(shorter_than=timedelta.min)), "invalid-duration"),
        (lambda tracker: tracker.join(1, 2, max_gap=-HOUR), "invalid-duration"),
    ],
)
def test_wrong_type_raises_code(database: str, call: Callable[[Any], object], code: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        before = [tracker.track("a", tags=["docs"]), tracker.track("a")]
        with pytest.raises(InvalidValue) as error:
            call(tracker)
        assert error.value.code == code
        assert tracker.list_tasks() == before
