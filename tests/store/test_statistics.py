"""Statistics of a store, on both engines."""

from datetime import timedelta

from tests.conftest import NOW

from tasktimer.core.store_info import StoreStats
from tasktimer.store.protocols import Store
from tasktimer.store.statements import statistics, task_writes

DISTINCT = """
SELECT COUNT(DISTINCT user_id), COUNT(DISTINCT project), (SELECT COUNT(DISTINCT tag) FROM task_tags) FROM tasks
"""


def test_counts_equal_those_of_distinct_values(store: Store) -> None:
    with store.write() as connection:
        for number in range(60):
            task_writes.insert_task(
                connection,
                user_id=number % 7 + 1,
                description=f"task {number}",
                start_time=NOW,
                end_time=NOW + timedelta(hours=1) if number % 2 else None,
                project=None if number % 3 else f"p{number % 11}",
                tags=tuple(f"t{other}" for other in range(number % 4)),
            )
        for user_id in (1, 2):
            task_writes.insert_entry(connection, "track", user_id=user_id, given_time=NOW)
    with store.read() as connection:
        ((users, projects, tags),) = connection.execute(DISTINCT, {})
        assert (users, projects, tags) == (7, 11, 3)
        assert statistics.store_stats(connection) == StoreStats(60, 30, users, projects, tags, 2)


def test_empty_store_has_counts_of_0(store: Store) -> None:
    with store.read() as connection:
        assert statistics.store_stats(connection) == StoreStats(0, 0, 0, 0, 0, 0)
