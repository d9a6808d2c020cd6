"""Filters on both engines, compared with a filter in Python."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.expressions import expressions, is_found

from tasktimer.core.expression_parser import parse_expression
from tasktimer.core.expressions import And
from tasktimer.core.interval import Interval, overlaps
from tasktimer.core.labels import parse_project, parse_tags
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.errors import InvalidValue
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import statistics, task_writes
from tasktimer.store.statements.task_filter import find_tasks

NOW = datetime(2023, 7, 16, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = ["'", '"', "%", "_", "!", "!%", "\\", ":id", "; DROP TABLE tasks;--", "100%", "ß", "İ", "🦀", "*", "?", "[a]"]


def insert(connection: Connection, text: str = "write", hours: float = 1, **labels: Any) -> Task:
    """A task that ended now."""
    given: dict[str, Any] = {"user_id": 1, "end_time": NOW} | labels
    return task_writes.insert_task(connection, description=text, start_time=NOW - hours * HOUR, **given)


def found(connection: Connection, task_filter: TaskFilter, **options: Any) -> list[int]:
    given: dict[str, Any] = {"window": None, "user_id": None, "now": NOW} | options
    return [task.id for task in find_tasks(connection, task_filter, **given)]


def test_project_filter_includes_subprojects_only(store: Store) -> None:
    with store.write() as connection:
        names = ["acme", "acme/web", "acme/web/css", "acme2", "acme web", "acme-x", "Acme", "acm", None]
        ids = {name: insert(connection, project=name).id for name in names}
        assert found(connection, TaskFilter(project="acme")) == [ids["acme"], ids["acme/web"], ids["acme/web/css"]]
        assert found(connection, TaskFilter(project="acme/web")) == [ids["acme/web"], ids["acme/web/css"]]
        assert found(connection, TaskFilter(project="acme web")) == [ids["acme web"]]
        assert found(connection, TaskFilter(project="a")) == []


def test_tag_filters_require_all_and_exclude_any(store: Store) -> None:
    with store.write() as connection:
        none, docs, both = (insert(connection, tags=tags).id for tags in ((), ("docs",), ("docs", "it's")))
        assert found(connection, TaskFilter(tags=("docs",))) == [docs, both]
        assert found(connection, TaskFilter(tags=("docs", "it's"))) == [both]
        assert found(connection, TaskFilter(exclude_tags=("it's",))) == [none, docs]
        assert found(connection, TaskFilter(tags=("docs",), exclude_tags=("it's", "other"))) == [docs]
        assert found(connection, TaskFilter(untagged=True)) == [none]
        assert found(connection, TaskFilter(untagged=True, tags=("docs",))) == []
        assert found(connection, TaskFilter(tags=("doc",))) == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_search_ignores_unicode_composition(store: Store, form: Literal["NFC", "NFD"]) -> None:
    name = normalize(form, "Zoë")
    with store.write() as connection:
        given: dict[str, Any] = {"project": parse_project(name), "tags": parse_tags([name])}
        ids = [insert(connection, normalize(other, "call ZOË"), **given).id for other in ("NFC", "NFD")]
        ids.append(insert(connection, "call", note=normalize("NFD", "with zoë"), **given).id)
        insert(connection, "call Zoe")
        for task_filter in (TaskFilter(search=name), TaskFilter(project=name), TaskFilter(tags=(name,))):
            assert found(connection, task_filter) == ids


def test_length_bounds_are_strict_and_running_tasks_end_now(store: Store) -> None:
    with store.write() as connection:
        short, long = insert(connection, hours=1).id, insert(connection, hours=3).id
        runs = insert(connection, hours=2, end_time=None).id
        ahead = insert(connection, hours=-1, end_time=None).id  # the clock was set back
        assert found(connection, TaskFilter(longer_than=HOUR)) == [long, runs]
        assert found(connection, TaskFilter(longer_than=2 * HOUR)) == [long]
        assert found(connection, TaskFilter(shorter_than=2 * HOUR)) == [short, ahead]
        assert found(connection, TaskFilter(longer_than=HOUR, shorter_than=3 * HOUR)) == [runs]
        assert found(connection, TaskFilter(running=True)) == [runs, ahead]


@pytest.mark.parametrize("text", HOSTILE)
def test_search_matches_text_literally(store: Store, text: str) -> None:
    with store.write() as connection:
        there = insert(connection, f"before {text} behind").id
        noted = insert(connection, note=f"see {text}").id
        insert(connection, "nothing of it here ")
        assert found(connection, TaskFilter(search=text)) == [there, noted]


def test_search_ignores_case_in_every_script(store: Store) -> None:
    with store.write() as connection:
        ids = [insert(connection, text).id for text in ("Straße", "STRASSE", "ΌΣΟΣ", "write")]
        assert found(connection, TaskFilter(search="strasse")) == ids[:2]
        assert found(connection, TaskFilter(search="STRAßE")) == ids[:2]
        assert found(connection, TaskFilter(search="όσοσ")) == [ids[2]]
        assert found(connection, TaskFilter(search="WRITE")) == [ids[3]]


def test_limit_keeps_last_tasks(store: Store) -> None:
    with store.write() as connection:
        ids = [insert(connection, hours=hours, user_id=hours % 2 + 1).id for hours in (5, 4, 3, 2, 1)]
        assert found(connection, NO_FILTER, limit=2) == ids[3:]
        assert found(connection, NO_FILTER, limit=2, user_id=1) == [ids[1], ids[3]]
        window = Interval(NOW - 4.5 * HOUR, NOW - 2.5 * HOUR)
        assert found(connection, NO_FILTER, limit=1, window=window) == [ids[2]]
        assert found(connection, NO_FILTER, window=Interval(NOW, NOW)) == []


@pytest.mark.parametrize(
    "choice",
    [
        {"project": "a//b"},
        {"tags": ("a b",)},
        {"exclude_tags": ("",)},
        {"search": ""},
        {"search": "x" * 1001},
        {"search": "\0"},
    ],
)
def test_impossible_filter_is_rejected(choice: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        TaskFilter(**choice)


@pytest.mark.parametrize(
    ("before", "last", "after", "levels"),
    [
        ("(", "tag:b", ")", 50),
        ("not ", "note:b", "", 50),
        ("tag:a or (longer:1h and (", "project:b", "))", 24),
        ("(tag:a or (", "longer:1h", ") and note:a)", 24),
        ("not (tag:a or longer:1h and not (", "note:b", "))", 12),
        ("not (not (tag:a or longer:1h) and note:a or (", "from:today", "))", 16),
    ],
)
@pytest.mark.parametrize("window", [None, Interval(NOW - HOUR, NOW)])
def test_deepest_expressions_run(
    store: Store, before: str, last: str, after: str, levels: int, window: Interval | None
) -> None:
    # The stack of SQLite's parser has only 100 places before 3.46.
    chosen = TaskFilter(where=parse_expression(f"{before * levels}{last}{after * levels}", NOW))
    with store.write() as connection:
        task = insert(connection)
        expected = [task.id] if is_found(task, chosen, NOW) else []
        assert found(connection, chosen, window=window, user_id=1) == expected


projects = st.sampled_from([None, "acme", "acme/web", "acme/web/css", "acme0", "none", "other"])
tag_sets = st.sets(st.sampled_from("abc")).map(lambda tags: tuple(sorted(tags)))
lengths = st.sampled_from([None, HOUR, 30 * HOUR])
filters = st.builds(
    TaskFilter,
    project=projects,
    tags=st.sets(st.sampled_from("ab"), max_size=1).map(tuple),
    exclude_tags=st.sets(st.sampled_from("bc"), max_size=1).map(tuple),
    running=st.booleans(),
    untagged=st.booleans(),
    longer_than=lengths,
    shorter_than=lengths,
    search=st.none() | st.sampled_from(["WRIT", "x", "é"]),
    where=st.just(And(())) | expressions(NOW),
)
notes = st.sampled_from([None, "x", "É\nwrite", "100% 1_"])
rows = st.tuples(
    st.sampled_from(["write", "Écrire", "XX", "écrire\nxx\n\nß!"]),
    st.integers(-1, 60),
    lengths,
    projects,
    tag_sets,
    st.integers(1, 2),
    notes,
)


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(
    st.lists(rows, max_size=8),
    filters,
    st.sampled_from([None, 1]),
    st.sampled_from([None, 2, 40]),
    st.none() | st.just(2),
)
def test_sql_filter_equals_python_filter(
    store: Store,
    given_rows: list[Any],
    task_filter: TaskFilter,
    user_id: int | None,
    hours: int | None,
    limit: int | None,
) -> None:
    window = None if hours is None else Interval(NOW - hours * HOUR, NOW)
    with store.write() as connection:
        list(connection.execute("DELETE FROM tasks RETURNING 1", {}))
        tasks = []
        for text, back, length, project, tags, user, note in given_rows:
            end = None if length is None else NOW - back * HOUR + length
            labels = {"user_id": user, "end_time": end, "project": project, "tags": tags, "note": note}
            tasks.append(insert(connection, text, back, **labels))
        expected = [
            task
            for task in sorted(tasks, key=lambda task: (task.start_time, task.id))
            if is_found(task, task_filter, NOW)
            and user_id in (None, task.user_id)
            and (window is None or overlaps(task.interval(NOW), window))
        ]
        ids = [task.id for task in (expected if limit is None else expected[-limit:])]
        assert found(connection, task_filter, window=window, user_id=user_id, limit=limit) == ids
        if window is None:
            asked: dict[str, Any] = {"user_id": user_id, "unit": timedelta.resolution, "now": NOW}
            projects = statistics.projects(connection, task_filter, **asked)
            assert {tuple(names): count for names, count, *_ in projects} == Counter(
                (task.project,) if task.project else () for task in expected
            )
            tags = statistics.tags(connection, task_filter, **asked)
            assert {tuple(names): count for names, count, *_ in tags} == Counter(task.tags for task in expected)
            assert statistics.count_tasks(connection, task_filter, user_id=user_id, now=NOW) == len(expected)
