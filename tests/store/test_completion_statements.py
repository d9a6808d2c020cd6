"""Labels in use and recent tasks, on both engines."""

from datetime import timedelta

from tests.conftest import NOW

from tasktimer.store.protocols import Store
from tasktimer.store.statements import completion, task_writes


def fill(store: Store) -> None:
    with store.write() as connection:
        for number, (user, project, tags) in enumerate(
            [
                (1, "acme", ("docs",)),
                (1, "acme/website", ("docs", "urgent")),
                (7, "Zeta", ("über",)),
                (7, None, ()),
                (1, "acme", ("a'b",)),
                (7, "ö", ("docs",)),
            ]
        ):
            task_writes.insert_task(
                connection,
                user_id=user,
                description=f"task {number}",
                start_time=NOW - timedelta(hours=number // 2),
                end_time=None,
                project=project,
                tags=tags,
            )


def test_names_are_distinct_and_sorted(store: Store) -> None:
    fill(store)
    with store.read() as connection:
        assert completion.project_names(connection, None, "", 10) == ["Zeta", "acme", "acme/website", "ö"]
        assert completion.project_names(connection, 1, "", 10) == ["acme", "acme/website"]
        assert completion.project_names(connection, 7, "", 10) == ["Zeta", "ö"]
        assert completion.project_names(connection, 8, "", 10) == []
        assert completion.tag_names(connection, None, "", 10) == ["a'b", "docs", "urgent", "über"]
        assert completion.tag_names(connection, 7, "", 10) == ["docs", "über"]


def test_names_start_with_prefix_up_to_limit(store: Store) -> None:
    fill(store)
    with store.read() as connection:
        assert completion.project_names(connection, None, "acme", 10) == ["acme", "acme/website"]
        assert completion.project_names(connection, None, "acme", 1) == ["acme"]
        assert completion.project_names(connection, 1, "acme/", 10) == ["acme/website"]
        assert completion.project_names(connection, None, "z", 10) == []
        assert completion.tag_names(connection, None, "u", 10) == ["urgent"]
        assert completion.tag_names(connection, 1, "u", 10) == ["urgent"]
        assert completion.tag_names(connection, None, "'; DROP TABLE tasks;--", 10) == []


def test_recent_tasks_are_newest_first(store: Store) -> None:
    fill(store)
    with store.read() as connection:
        assert [task.id for task in completion.recent_tasks(connection, None, 4)] == [2, 1, 4, 3]
        assert [task.id for task in completion.recent_tasks(connection, 7, 4)] == [4, 3, 6]


def test_id_prefix_finds_newest_tasks_of_each_length(store: Store) -> None:
    with store.write() as connection:
        for number in range(1, 124):
            task_writes.insert_task(
                connection,
                user_id=7 if number % 2 else 1,
                description=f"task {number}",
                start_time=NOW,
                end_time=None,
                project=None,
                tags=(),
            )
    with store.read() as connection:

        def ids(user_id: int | None, beginning: int, limit: int = 10) -> list[int]:
            return [task.id for task in completion.tasks_by_id_prefix(connection, user_id, beginning, limit)]

        assert ids(None, 1) == [1, *range(19, 9, -1), *range(123, 113, -1)]
        assert ids(None, 1, limit=2) == [1, 19, 18, 123, 122]
        assert ids(7, 1) == [1, *range(19, 9, -2), *range(123, 103, -2)]
        assert ids(1, 1) == [*range(18, 8, -2), *range(122, 102, -2)]
        assert ids(None, 12) == [12, 123, 122, 121, 120]
        assert ids(None, 123) == [123]
        assert ids(3, 1) == ids(None, 124) == ids(None, 10**19) == []


def test_id_prefix_without_tasks_finds_nothing(store: Store) -> None:
    with store.read() as connection:
        assert (
            completion.tasks_by_id_prefix(connection, None, 1, 10)
            == completion.tasks_by_id_prefix(connection, 1, 1, 10)
            == []
        )
