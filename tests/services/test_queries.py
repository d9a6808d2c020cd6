"""What runs, and the day so far, on both engines."""

from datetime import UTC, timedelta

from tests.conftest import NOW
from tests.services.test_switch import HOUR, record, start

from tasktimer.core.interval import Window
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.queries import status
from tasktimer.services.stop import stop
from tasktimer.services.transaction import journaled
from tasktimer.store.protocols import Store


def test_status_reads_tasks_and_day_from_one_snapshot(store: Store) -> None:
    day_start = NOW.replace(hour=0)
    ended, theirs = record(store, 13, 11), start(store, hours_ago=2, user_id=2)
    late, early = start(store), start(store, hours_ago=30)
    day = Window(day_start, day_start + 24 * HOUR)
    tasks, today = status(store, Actor(1, 1), day, now=NOW)
    assert tasks == [early, late]
    assert [(entry.task, entry.time_spent) for entry in today.entries] == [
        (early, 12 * HOUR),
        (ended, HOUR),
        (late, HOUR),
    ]
    assert status(store, Actor(None, ALL_USERS), day, now=NOW)[0] == [early, theirs, late]
    stop(store, Actor(1, ALL_USERS), [early.id, late.id], now=NOW)
    assert status(store, Actor(1, 1), day, now=NOW)[0] == []


def test_running_task_with_future_start_is_listed(store: Store) -> None:
    """The clock was set back by a day."""
    with journaled(store, Actor(1, ALL_USERS), "track", now=NOW) as made:
        task = made.add(user_id=1, description="x", start_time=(NOW + 24 * HOUR).astimezone(UTC), end_time=None)
    tasks, today = status(store, Actor(None, ALL_USERS), Window(NOW - HOUR, NOW + HOUR), now=NOW)
    assert (tasks, today.worked) == ([task], timedelta())
