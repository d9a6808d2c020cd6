"""Statements on tasks, on both engines, compared with the core."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tasktimer.core.interval import Interval
from tasktimer.core.task import MAX_INTEGER, Task
from tasktimer.core.timesheet import timesheet
from tasktimer.errors import TaskNotFound
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import task_queries, task_writes

NINE = datetime(2023, 7, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def insert(connection: Connection, start: datetime, end: datetime | None, user_id: int = 1) -> Task:
    return task_writes.insert_task(connection, user_id=user_id, description="write", start_time=start, end_time=end)


def test_stored_task_is_read_unchanged(store: Store) -> None:
    text = "🦀 שלום 'x'; DROP TABLE tasks;-- %s :id \\ \n\t"
    start = datetime(1, 1, 2, 0, 0, 0, 1, tzinfo=UTC)
    end = datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC)
    with store.write() as connection:
        task = task_writes.insert_task(
            connection, user_id=MAX_INTEGER, description=text, start_time=start, end_time=end
        )
    assert task == Task(1, MAX_INTEGER, text, start, end)
    with store.read() as connection:
        assert task_queries.get_task(connection, 1) == task


def test_rolled_back_insert_leaves_nothing(store: Store) -> None:
    with store.write() as connection:
        first = insert(connection, NINE, None)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        insert(connection, NINE, None)
        raise ZeroDivisionError
    with store.write() as connection:
        last = insert(connection, NINE, None)
        assert [task.id for task in task_queries.running_tasks(connection, None)] == [first.id, last.id]


def test_ids_are_never_reused(store: Store) -> None:
    with store.write() as connection:
        first = insert(connection, NINE, None)
        list_of_none = connection.execute("DELETE FROM tasks WHERE id = :id RETURNING id", {"id": first.id})
        assert list(list_of_none) == [(first.id,)]
    with store.write() as connection:
        assert insert(connection, NINE, None).id > first.id


def test_missing_task_is_not_found(store: Store) -> None:
    with store.read() as connection, pytest.raises(TaskNotFound, match="no task 7"):
        task_queries.get_task(connection, 7)


def tags_of(connection: Connection) -> list[tuple[int, int, str]]:
    rows = connection.execute("SELECT task_id, user_id, tag FROM task_tags ORDER BY task_id, tag", {})
    return [(task_id, user_id, tag) for task_id, user_id, tag in rows]


def test_update_delete_and_restore_keep_tags(store: Store) -> None:
    with store.write() as connection:
        before = insert(connection, NINE, None, 42)
        ended = before._replace(end_time=NINE + HOUR)
        task_writes.update_task(connection, before, ended)
        after = Task(
            before.id, 42, "Größe", NINE - HOUR, NINE, "acme/website", ("docs", "übung"), "a note\nof two lines"
        )
        task_writes.update_task(connection, ended, after)
        assert task_writes.lock_tasks(connection, [before.id]) == {before.id: after}
        assert task_queries.get_task(connection, before.id) == after
        assert tags_of(connection) == [(after.id, 42, "docs"), (after.id, 42, "übung")]
        ((folded,),) = connection.execute("SELECT folded FROM tasks", {})
        assert folded == "grösse\na note\nof two lines"
        task_writes.delete_task(connection, after.id)
        assert task_writes.lock_tasks(connection, [after.id]) == {}
        assert tags_of(connection) == []
        task_writes.apply_changes(connection, [(None, after)])
        assert task_queries.get_task(connection, after.id) == after
        assert len(tags_of(connection)) == 2
        assert insert(connection, NINE, None).id > after.id


def test_running_tasks_are_ordered_by_start_and_id(store: Store) -> None:
    with store.write() as connection:
        for start, end, user in [(NINE, None, 1), (NINE - HOUR, None, 2), (NINE, None, 2), (NINE - HOUR, NINE, 1)]:
            insert(connection, start, end, user)
        assert [task.id for task in task_queries.running_tasks(connection, None)] == [2, 1, 3]
        assert [task.id for task in task_queries.running_tasks(connection, 2)] == [2, 3]
        assert task_queries.running_tasks(connection, 3) == []


@pytest.mark.parametrize(
    ("user_id", "start", "end"), [(0, NINE, None), (-1, NINE, None), (1, NINE, NINE - timedelta(microseconds=1))]
)
def test_schema_rejects_invalid_rows(store: Store, user_id: int, start: datetime, end: datetime | None) -> None:
    with pytest.raises(Exception, match=r"(?i)check constraint|constraint failed"), store.write() as connection:
        insert(connection, start, end, user_id)


# Times around a window of a day, with its edges, and lengths around the 24 h that divide the indexes.
WINDOW = Interval(NINE, NINE + 24 * HOUR)
edges = st.sampled_from([WINDOW.start, WINDOW.end, WINDOW.start - 24 * HOUR, WINDOW.start - 48 * HOUR])
starts = st.builds(lambda edge, shift: edge + shift, edges, st.integers(-2, 2).map(lambda n: timedelta(microseconds=n)))
starts |= st.datetimes(datetime(2023, 7, 10), datetime(2023, 7, 20), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.sampled_from([timedelta(), 24 * HOUR, 24 * HOUR + timedelta(microseconds=1), 72 * HOUR, HOUR])
lengths |= st.timedeltas(timedelta(), timedelta(days=9))
intervals = st.tuples(starts, st.none() | lengths, st.integers(1, 2))


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A transaction that is rolled back."""

    class Undo(Exception):
        pass

    try:
        with store.write() as connection:
            yield connection
            raise Undo  # noqa: TRY301
    except Undo:
        pass


@settings(max_examples=examples(150))
@given(tasks=st.lists(intervals, max_size=12), now=starts, empty=st.booleans())
def test_sql_overlap_equals_core_overlap(
    store: Store, tasks: list[tuple[datetime, timedelta | None, int]], now: datetime, empty: bool
) -> None:
    window = Interval(WINDOW.start, WINDOW.start) if empty else WINDOW
    with undone(store) as connection:
        stored = [
            insert(connection, start, None if length is None else start + length, user) for start, length, user in tasks
        ]
        for user in (None, 1, 2):
            found = task_queries.overlapping_tasks(connection, window, user_id=user, now=now)
            mine = [task for task in stored if user in (None, task.user_id)]
            assert found == [entry.task for entry in timesheet(mine, window, now).entries]


@settings(max_examples=examples(150))
@given(tasks=st.lists(intervals, max_size=12))
def test_last_task_of_user_is_found(store: Store, tasks: list[tuple[datetime, timedelta | None, int]]) -> None:
    with undone(store) as connection:
        stored = [
            insert(connection, start, None if length is None else start + length, user) for start, length, user in tasks
        ]
        for user in (1, 2, 3):
            mine = [task for task in stored if task.user_id == user]
            last = max(mine, key=lambda task: (task.start_time, task.id), default=None)
            assert task_queries.find_last_task(connection, user) == last
            ended = [(task.end_time, task.id, task) for task in mine if task.end_time]
            last_ended = max(ended)[2] if ended else None
            assert task_queries.find_last_ended(connection, user) == last_ended
            is_running = any(task.running for task in mine)  # all tasks have the same description
            found = task_queries.find_last_ended(connection, user, unlike_running=True)
            assert found == (None if is_running else last_ended)
