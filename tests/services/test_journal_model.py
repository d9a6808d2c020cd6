"""Whatever is done, taken back and done again: the store holds what a model in memory holds."""

from datetime import UTC, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW
from tests.examples import examples
from tests.services.steps import Steps

from tasktimer.core.task_filter import TaskFilter
from tasktimer.services.edit import EditFields
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_queries, task_writes

users = st.sampled_from([1, 1, 2])
places = st.integers(0, 5)
minutes = st.integers(0, 20)
edits = st.sampled_from(
    [
        EditFields(description="call"),
        EditFields(description="write"),
        EditFields(project="acme"),
        EditFields(project="acme/web"),
        EditFields(project=None),
        EditFields(add_tags=["b"]),
        EditFields(remove_tags=["b"]),
        EditFields(add_tags=["c"], remove_tags=["a"]),
        EditFields(end_time=None),
        EditFields(duration=timedelta()),
        EditFields(duration=timedelta(seconds=1), project="acme"),
    ]
)
filters = st.sampled_from(
    [
        TaskFilter(project="acme"),
        TaskFilter(tags=("a",)),
        TaskFilter(tags=("a", "b")),
        TaskFilter(exclude_tags=("b",)),
        TaskFilter(running=True),
        TaskFilter(untagged=True),
        TaskFilter(search="RIT"),
        TaskFilter(search="e", tags=("c",)),
    ]
)
names = st.sampled_from(
    [
        ("project", "acme", "ace"),
        ("project", "ace", "acme"),
        ("project", "acme", "acme/web"),  # deeper below itself each time
        ("project", "acme/web", "acme"),
        ("project", "acme", "acme"),
        ("tag", "a", "b"),
        ("tag", "b", "a"),
        ("tag", "c", "c"),
    ]
)
counts = st.sampled_from([1, 1, 1, 2, 3])
owners = st.sampled_from([1, 2, None])
tracks = st.tuples(
    st.just("track"), users, st.tuples(st.sampled_from([1, 1, 1, 2]), st.sampled_from([None, "acme", "acme/web"]))
)
steps = st.one_of(
    tracks,
    st.tuples(st.sampled_from(["switch", "resume", "track_on"]), users, users),
    st.tuples(st.sampled_from(["stop", "cancel"]), users, st.sets(places, min_size=1, max_size=3)),
    st.tuples(st.just("stop_running"), users, st.tuples(owners, st.booleans())),
    st.tuples(st.just("cancel_running"), users, owners),
    st.tuples(st.just("edit"), users, st.tuples(st.sets(places, min_size=1, max_size=3), edits)),
    st.tuples(st.sampled_from(["move", "split"]), users, st.tuples(places, minutes)),
    st.tuples(st.just("join"), users, st.tuples(places, places, minutes)),
    st.tuples(st.just("delete"), users, st.sets(places, min_size=1, max_size=2)),
    st.tuples(st.just("edit_many"), users, st.tuples(filters, edits)),
    st.tuples(st.just("delete_many"), users, filters),
    st.tuples(st.just("apply_again"), users, st.none()),
    st.tuples(st.just("rename"), users, st.tuples(names, owners).map(lambda message: (*message[0], message[1]))),
    st.tuples(st.just("undo"), users, counts),
    st.tuples(st.sampled_from(["undo", "redo"]), users, counts),
    st.tuples(st.just("there_and_back"), users, counts),
)


def forget_all(store: Store) -> None:
    with store.write() as connection:
        for table in ("changes", "commands", "task_tags", "tasks"):
            list(connection.execute(f"DELETE FROM {table} RETURNING 1", {}))


@settings(max_examples=examples(80), suppress_health_check=list(HealthCheck))
@given(st.lists(tracks, min_size=2, max_size=4), st.lists(steps, min_size=10, max_size=30))
def test_store_matches_model(
    store: Store, tracked: list[tuple[str, int, Any]], script: list[tuple[str, int, Any]]
) -> None:
    forget_all(store)
    run = Steps(store)
    for number, (name, user, message) in enumerate(tracked + script):
        run.run(name, user, message, (NOW + timedelta(minutes=number)).astimezone(UTC))
        check_tasks(store, run)
        run.check_last_commands()
    run.check_journal()


def check_tasks(store: Store, run: Steps) -> None:
    with store.read() as connection:
        rows = connection.execute(task_queries.SELECT_TASK.replace("WHERE id = :id", ""), {})
        found = {row[0]: task_queries.row_to_task(tuple(row)) for row in rows}
        tags = set(connection.execute("SELECT task_id, user_id, tag FROM task_tags", {}))
        folded: dict[int, str | None] = dict(connection.execute("SELECT id, folded FROM tasks", {}))
    # What is searched is kept beside what is shown.
    assert tags == {(task.id, task.user_id, tag) for task in found.values() for tag in task.tags}
    assert folded == {task.id: task_writes.search_text(task.description, task.note) for task in found.values()}
    assert found == {task_id: task for task_id, task in run.model.tasks.items() if task}
