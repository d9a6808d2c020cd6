"""Projects and tags: which there are, and renaming them everywhere, on both engines."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from tests.conftest import NOW

from tasktimer.cli.hints import hint_for
from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import InvalidValue
from tasktimer.services import labels as label_services
from tasktimer.services.history import list_entries
from tasktimer.services.labels import LabelNotFound, rename_project, rename_tag, unknown_labels
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.undo import undo
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore

HOUR = timedelta(hours=1)
ANYONE = Actor(None, ALL_USERS)


def done(store: Store, user_id: int = 1, hours: float = 1, **labels: Any) -> Task:
    """A task that ended now."""
    start = NOW - hours * HOUR
    return start_task(store, Actor(user_id, user_id), NewTask("x", start_time=start, end_time=NOW, **labels), now=NOW)


def projects(*arguments: Any, **options: Any) -> list[LabelUsage]:
    return label_services.projects(*arguments, **options).labels


def tags(*arguments: Any, **options: Any) -> list[LabelUsage]:
    return label_services.tags(*arguments, **options).labels


def rename(verb: Any, store: Store, old: str, new: str, user_id: int | None = None) -> int:
    count: int = verb(store, Actor(7, user_id or ALL_USERS), old, new, now=NOW).changed
    return count


def test_labels_are_sorted_without_regard_to_case_and_accents(store: Store) -> None:
    for name in ("Zoo", "acme-x", "\u00c9clair", "acme/web", "acme", "eclipse"):
        done(store, project=name, tags=[name.replace("/", "-")])
    ordered = ["acme", "acme/web", "acme-x", "\u00c9clair", "eclipse", "Zoo"]
    for window in (None, Window(NOW - timedelta(days=1), NOW)):
        assert [usage.name for usage in projects(store, ANYONE, window=window, now=NOW)] == ordered
        names = [usage.name for usage in tags(store, ANYONE, window=window, now=NOW)]
        assert names == ["acme", "acme-web", "acme-x", *ordered[3:]]


def test_labels_are_listed_with_their_usage(store: Store) -> None:
    done(store, project="b", tags=["x", "y"])
    done(store, hours=3, project="b", tags=["y"])
    start_task(store, Actor(2, 2), NewTask("runs", project="B/a", tags=["y"], start_time=NOW - 2 * HOUR), now=NOW)
    done(store)
    an_hour, two = ((NOW - hours * HOUR).astimezone(UTC) for hours in (1, 2))
    assert projects(store, Actor(None, ALL_USERS), now=NOW) == [
        LabelUsage("b", 2, an_hour, 4 * HOUR),
        LabelUsage("B/a", 1, two, 2 * HOUR),
        LabelUsage(None, 1, an_hour, HOUR),
    ]
    assert projects(store, Actor(2, 2), now=NOW) == [LabelUsage("B/a", 1, two, 2 * HOUR)]
    assert tags(store, Actor(None, ALL_USERS), now=NOW) == [
        LabelUsage("x", 1, an_hour, HOUR),
        LabelUsage("y", 3, an_hour, 6 * HOUR),
        LabelUsage(None, 1, an_hour, HOUR),
    ]
    assert [usage.name for usage in tags(store, Actor(2, 2), now=NOW)] == ["y"]
    assert (
        projects(store, Actor(None, ALL_USERS), now=NOW - 9 * HOUR)[1].worked == timedelta()
    )  # the clock was set back
    assert projects(store, Actor(3, 3), now=NOW) == []


def test_usage_within_window(store: Store) -> None:
    done(store, hours=1, project="b", tags=["x", "y"])
    done(store, hours=40, project="b", tags=["y"])  # longer than a day
    start_task(store, Actor(2, 2), NewTask("runs", project="B/a", tags=["y"], start_time=NOW - 9 * HOUR), now=NOW)
    done(store, hours=5)
    one, five, nine, forty = ((NOW - hours * HOUR).astimezone(UTC) for hours in (1, 5, 9, 40))
    window = Window(NOW - 2 * HOUR, NOW - HOUR / 2)
    half, both = timedelta(minutes=30), timedelta(minutes=90)
    asked: dict[str, Any] = {"window": window, "now": NOW}
    none = LabelUsage(None, 1, five, both)
    in_projects = [LabelUsage("b", 2, one, half + both), LabelUsage("B/a", 1, nine, both), none]
    assert projects(store, ANYONE, **asked) == in_projects
    with_tags = [LabelUsage("x", 1, one, half), LabelUsage("y", 3, one, half + 2 * both), none]
    assert tags(store, ANYONE, **asked) == with_tags
    assert tags(store, ANYONE, TaskFilter(project="b"), **asked)[1] == LabelUsage("y", 2, one, half + both)
    assert projects(store, Actor(2, 2), **asked) == [LabelUsage("B/a", 1, nine, both)]
    early = Window(NOW - 40 * HOUR, NOW - 39 * HOUR)
    assert projects(store, ANYONE, **asked | {"window": early}) == [LabelUsage("b", 1, forty, HOUR)]
    assert tags(store, ANYONE, **asked | {"window": Window(NOW + HOUR, NOW + 2 * HOUR)}) == []
    ever = Window(NOW - 99 * HOUR, NOW + HOUR)
    for verb in (projects, tags):
        assert verb(store, ANYONE, **asked | {"window": ever}) == verb(store, ANYONE, now=NOW)


@pytest.mark.parametrize("window", [None, Window(NOW - timedelta(days=1), NOW)])
def test_total_counts_each_task_once(store: Store, window: Window | None) -> None:
    done(store, project="a", tags=["x", "y"])
    done(store, hours=2, project="a/b", tags=["y"])
    done(store, hours=4)
    done(store, user_id=2, hours=8, tags=["x", "z"])
    for verb in (label_services.projects, label_services.tags):
        everyone, one = (verb(store, actor, window=window, now=NOW) for actor in (ANYONE, Actor(1, 1)))
        assert (everyone.count, everyone.worked) == (4, 15 * HOUR)
        assert (one.count, one.worked) == (3, 7 * HOUR)
        tagged = verb(store, ANYONE, TaskFilter(tags=("y",)), window=window, now=NOW)
        assert (tagged.count, tagged.worked) == (2, 3 * HOUR)
        assert None not in [usage.name for usage in tagged.labels]


@pytest.mark.parametrize("window", [None, Window(NOW - timedelta(days=1), NOW)])
def test_whole_seconds_are_differences_of_truncated_times(store: Store, window: Window | None) -> None:
    for year in (1960, 2023):  # before and after 1970, when stored times change their sign
        start = NOW.replace(year=year) - HOUR + timedelta(seconds=0.9)
        new_task = NewTask("x", start_time=start, end_time=start + timedelta(seconds=1.2), project="a", tags=["t"])
        start_task(store, Actor(1, 1), new_task, now=NOW)
    count = 2 if window is None else 1
    for verb in (label_services.projects, label_services.tags):
        assert verb(store, ANYONE, window=window, now=NOW).worked == count * timedelta(seconds=1.2)
        assert verb(store, ANYONE, window=window, whole_seconds=True, now=NOW).worked == count * timedelta(seconds=2)


def test_rename_project_renames_levels_below(store: Store) -> None:
    names = ["acme", "acme/web", "acme2", "new", None, "acme/a/acme"]
    tasks = {name: done(store, project=name) for name in names}
    assert rename(rename_project, store, "acme", "new/acme") == 3
    found = {name: get_task(store, Actor(None, ALL_USERS), task.id).project for name, task in tasks.items()}
    assert found == {
        "acme": "new/acme",
        "acme/web": "new/acme/web",
        "acme2": "acme2",
        "new": "new",
        None: None,
        "acme/a/acme": "new/acme/a/acme",
    }
    (command,) = list_entries(store, Actor(7, 7), limit=9)
    assert (command.name, len(command.changes)) == ("rename project", 3)
    undo(store, Actor(7, 7), now=NOW)
    assert all(get_task(store, Actor(None, ALL_USERS), task.id) == task for task in tasks.values())


def test_rename_tag_to_existing_tag_merges_them(store: Store) -> None:
    old, both, other = (done(store, tags=names) for names in (["a", "z"], ["a", "b"], ["ab"]))
    assert rename(rename_tag, store, "a", "b") == 2
    assert [get_task(store, Actor(None, ALL_USERS), task.id).tags for task in (old, both, other)] == [
        ("b", "z"),
        ("b",),
        ("ab",),
    ]
    assert [usage.name for usage in tags(store, Actor(None, ALL_USERS), now=NOW)] == ["ab", "b", "z"]
    assert rename(rename_tag, store, "b", "b") == 0
    undo(store, Actor(7, 7), now=NOW)
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in (old, both, other)] == [old, both, other]


@pytest.mark.parametrize(
    ("verb", "old", "new", "joined"),
    [
        (rename_project, "acme", "beta", 2),
        (rename_project, "beta", "acme", 3),
        (rename_project, "acme", "gamma", 0),
        (rename_project, "acme/web", "acme", 2),  # the tasks of acme that are not in acme/web
        (rename_project, "acme", "acme/web", 0),  # acme/web becomes acme/web/web
        (rename_project, "acme", "acme", 0),
        (rename_tag, "docs", "text", 1),  # not the task that has both tags
        (rename_tag, "docs", "notes", 0),
        (rename_tag, "docs", "docs", 0),
    ],
)
def test_rename_counts_tasks_that_it_joins(store: Store, verb: Any, old: str, new: str, joined: int) -> None:
    for project in ("acme", "acme/api", "acme/web", "beta", "beta/web", "beta-2", None):
        done(store, project=project)
    for tags_of_task in (["docs"], ["docs", "text"], ["text"]):
        done(store, tags=tags_of_task)
    done(store, user_id=2, project="beta", tags=["text"])
    assert verb(store, Actor(1, 1), old, new, now=NOW).joined == joined


def test_plus_sign_of_tag_is_not_stored(store: Store) -> None:
    task = done(store, tags=["docs"])
    assert rename(rename_tag, store, "+docs", "+writing") == 1
    assert get_task(store, Actor(None, ALL_USERS), task.id).tags == ("writing",)
    assert TaskFilter(tags=("+b", "a", "a"), exclude_tags=("+c",)) == TaskFilter(tags=("a", "b"), exclude_tags=("c",))


def test_rename_is_restricted_to_tasks_of_user(store: Store) -> None:
    mine, theirs = (done(store, user, project="p", tags=["t"]) for user in (1, 2))
    assert rename(rename_project, store, "p", "q", 1) == rename(rename_tag, store, "t", "u", 1) == 1
    assert (
        get_task(store, Actor(None, ALL_USERS), mine.id).project,
        get_task(store, Actor(None, ALL_USERS), mine.id).tags,
    ) == ("q", ("u",))
    assert get_task(store, Actor(None, ALL_USERS), theirs.id) == theirs


def test_unknown_label_suggests_similar_one(store: Store) -> None:
    task = done(store, project="acme", tags=["docs"])
    with pytest.raises(LabelNotFound) as refusal:
        rename(rename_project, store, "acmee", "x")
    assert hint_for(refusal.value) == "did you mean 'acme'?"
    with pytest.raises(LabelNotFound) as refusal:
        rename(rename_tag, store, "invoice", "x")
    assert hint_for(refusal.value) == "to list the tags, run: tasktimer tags"
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
    task_filter = TaskFilter(project="acme/web", tags=("docs", "dogs"), exclude_tags=("dcos",))
    assert [error.message for error in unknown_labels(store, Actor(None, ALL_USERS), task_filter)] == [
        "no task has the project 'acme/web'",
        "no task has the tag 'dogs'",
        "no task has the tag 'dcos'",
    ]


def test_used_label_is_known_among_many(store: Store) -> None:
    done(store, tags=[f"a{number}" for number in range(10_000)])
    done(store, project="acme-2", tags=["a", "docs", "docs-2"])
    done(store, project="acme/web")
    for task_filter in (
        TaskFilter(project="acme"),
        TaskFilter(project="acme/web"),
        TaskFilter(tags=("a", "docs", "docs-2")),
    ):
        assert unknown_labels(store, Actor(1, 1), task_filter) == []
    task_filter = TaskFilter(project="acme/we", tags=("doc", "docs-"))
    assert len(unknown_labels(store, Actor(1, 1), task_filter)) == 3
    assert len(unknown_labels(store, Actor(2, 2), TaskFilter(project="acme", tags=("docs",)))) == 2


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (TaskFilter(project="acm"), "acme"),  # which no task has itself
        (TaskFilter(project="ACME"), "acme"),
        (TaskFilter(project="acme corp/sup"), "acme corp/sub"),
        (TaskFilter(project="acme crp"), "acme corp"),
        (TaskFilter(project="ACME/WEBSITES"), "acme/website"),
        (TaskFilter(project="ueber"), "Über"),
        (TaskFilter(tags=("DOCS",)), "docs"),
        (TaskFilter(exclude_tags=("DOC",)), "docs"),
    ],
)
def test_unknown_label_suggests_upper_level_or_other_case(store: Store, asked: TaskFilter, meant: str) -> None:
    for project in ("acme/website", "acme corp/sub", "Über"):
        done(store, project=project, tags=["docs"])
    (unknown,) = unknown_labels(store, Actor(None, ALL_USERS), asked)
    assert hint_for(unknown) == f"did you mean {meant!r}?"
    (term,) = asked.terms
    with pytest.raises(LabelNotFound) as refusal:
        rename(rename_project if term.key == "project" else rename_tag, store, term.value, "x")
    assert hint_for(refusal.value) == hint_for(unknown)


def test_unknown_label_ignores_other_users(store: Store) -> None:
    done(store, project="acme/website/shop", tags=["docs"])
    for project in ("acme", "acme/website", "acme/website/shop"):
        assert unknown_labels(store, Actor(1, 1), TaskFilter(project=project)) == []
    (unknown,) = unknown_labels(store, Actor(2, 2), TaskFilter(project="acm"))
    assert hint_for(unknown) == "to list the projects, run: tasktimer projects"


@pytest.mark.parametrize(("verb", "new"), [(rename_project, "a//b"), (rename_project, ""), (rename_tag, "a b")])
def test_invalid_label_fails(verb: Any, new: str) -> None:
    with pytest.raises(InvalidValue):
        rename(verb, SqliteStore(None), "old", new)  # type: ignore[arg-type]


def test_rename_to_too_long_name_changes_nothing(store: Store) -> None:
    short, long = (done(store, project=name) for name in ("a", f"a/{'x' * 190}"))
    with pytest.raises(InvalidValue):
        rename(rename_project, store, "a", "y" * 50)
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in (short, long)] == [short, long]
