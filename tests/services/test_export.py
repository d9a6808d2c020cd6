"""Exports of stored tasks, which can be imported again, and what their format cannot represent."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import Prepare
from tests.hostile import DESCRIPTIONS_KEPT, PROJECTS_KEPT, TAGS_KEPT

from tasktimer.core.interval import Window
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.errors import Conflict, InvalidValue
from tasktimer.formats.registry import WRITABLE, Loss
from tasktimer.output.losses import format_losses
from tasktimer.services.export import Export, ExportFormat, export
from tasktimer.services.imports import import_files, open_import, open_source
from tasktimer.services.queries import list_tasks
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_writes

NOW = datetime(2026, 11, 27, 12, tzinfo=ZoneInfo("Europe/Berlin"))
START = datetime(2026, 11, 27, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYONE = Actor(None, ALL_USERS)
LOSSLESS = ("json", "jsonl", "csv")


def insert(store: Store, *tasks: Task) -> None:
    """Store tasks, whose IDs must count from 1."""
    with store.write() as connection:
        for task in tasks:
            values = {name: getattr(task, name) for name in Task.__slots__ if name != "id"}
            assert task_writes.insert_task(connection, **values) == task


def start(store: Store, name: str, *, actor: Actor = EVERYONE, **options: Any) -> Export:
    flags = {flag: options.pop(flag) for flag in ("flatten", "for_spreadsheets") if flag in options}
    return export(store, actor, ExportFormat(name, **flags), now=NOW, **options)


def exported(store: Store, name: str, **options: Any) -> str:
    return "".join(start(store, name, **options))


def descriptions(store: Store, **options: Any) -> list[str]:
    return [json.loads(line)["description"] for line in exported(store, "jsonl", **options).splitlines()]


def values(store: Store) -> list[tuple[Any, ...]]:
    """All tasks without their IDs."""
    return [task._values()[1:] for task in list_tasks(store, EVERYONE, NO_FILTER, now=NOW)]


TASKS = [
    Task(1, 1, "plan", START - 30 * HOUR, START - 28 * HOUR, "acme/web", ("docs", "urgent"), "one\ntwo"),
    Task(2, 2, "other", START - 2 * HOUR, START - HOUR + timedelta(microseconds=5)),
    Task(3, 1, "empty", START - HOUR, START - HOUR),
    Task(4, 1, "write", START, None, note="=1+1"),
]


@pytest.fixture
def tasks(store: Store) -> Store:
    insert(store, *TASKS)
    return store


@pytest.fixture
def file(tmp_path: Path, prepare: Prepare) -> Iterator[Store]:
    """An empty file, for tests that do not depend on the engine."""
    with closing(open_store(tmp_path / "tasks.db")) as store:
        prepare("empty", tmp_path / "tasks.db", store.upgrade)
        yield store


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["plan", "other", "empty", "write"]),
        ({"actor": Actor(1, 1)}, ["plan", "empty", "write"]),
        ({"actor": Actor(1, 1), "task_filter": TaskFilter(running=True)}, ["write"]),
        ({"task_filter": TaskFilter(project="nothing")}, []),
        # Tasks are not cut, and a running one extends to now.
        ({"window": Window(START - 29 * HOUR, START - 28 * HOUR)}, ["plan"]),
        ({"window": Window(START + HOUR, START + 2 * HOUR)}, ["write"]),
        ({"window": Window(START, START)}, []),
    ],
)
def test_tasks_are_selected_and_sorted_by_start(tasks: Store, options: dict[str, Any], expected: list[str]) -> None:
    assert descriptions(tasks, **options) == expected


def test_task_that_overlaps_window_is_written_as_a_whole(tasks: Store) -> None:
    window = Window(START - 29 * HOUR, START)
    text = exported(tasks, "csv", window=window, task_filter=TaskFilter(search="plan"))
    assert text.splitlines()[1] == (
        '1,1,plan,2026-11-26T03:00:00+01:00,2026-11-26T05:00:00+01:00,7200,acme/web,"docs,urgent","one'
    )


def hostile_tasks() -> Iterator[Task]:
    """Yield tasks with every text that may be stored, of two users; the last one is running."""
    for number, text in enumerate(DESCRIPTIONS_KEPT, 1):
        length = number * HOUR / 7
        begin = START - 1000 * HOUR + number * length
        project = PROJECTS_KEPT[number % len(PROJECTS_KEPT)]
        yield Task(number, 1 + number % 2, text, begin, begin + length, project, tuple(sorted(TAGS_KEPT)), text)
    yield Task(len(DESCRIPTIONS_KEPT) + 1, 3, "running", START, None)


@pytest.mark.parametrize("name", LOSSLESS)
def test_everything_is_imported_again(store: Store, tmp_path: Path, name: str) -> None:
    insert(store, *hostile_tasks())
    path = tmp_path / "tasks"
    path.write_text(exported(store, name), encoding="utf-8", newline="")
    with closing(open_store(tmp_path / "copy.db")) as copy:
        for added in (len(list(hostile_tasks())), 0):
            file = open_import(open_source(path), zone=UTC)
            (report,) = import_files(copy, Actor(1, 1), [file], keep_users=True, now=NOW).files
            assert (report.format_name, report.added, report.rejected) == (name, added, 0)
        assert values(copy) == values(store)


@pytest.mark.parametrize(
    ("name", "tasks_written", "losses"),
    [
        *((name, 4, {}) for name in LOSSLESS),
        ("watson", 3, {Loss.ONE_WORD: 3, Loss.USER: 1, Loss.NOTE: 1, Loss.FRACTION: 1, Loss.RUNNING: 1}),
        ("timewarrior", 4, {Loss.ONE_WORD: 2, Loss.USER: 1, Loss.FRACTION: 1}),
        ("ics", 4, {Loss.USER: 1, Loss.ENDED: 1, Loss.FRACTION: 1}),
        ("org", 4, {Loss.USER: 1, Loss.SECONDS: 1}),
        ("klog", 4, {Loss.USER: 1, Loss.SECONDS: 1}),
    ],
)
def test_tasks_and_losses_are_counted(file: Store, name: str, tasks_written: int, losses: dict[Loss, int]) -> None:
    insert(file, *TASKS)
    started = start(file, name)
    assert (started.found, started.losses) == (0, {})
    "".join(started)
    assert (started.tasks, started.found, +started.losses) == (tasks_written, 4, losses)


def test_every_loss_has_a_sentence() -> None:
    assert len(list(format_losses("klog", dict.fromkeys(Loss, 2)))) == len(Loss) - 1
    assert list(format_losses("Timewarrior", {Loss.OVERLAP: 2, Loss.OVERLAP_SECONDS: 5400})) == [
        "Timewarrior has no place for the overlaps of 2 tasks, which are cut by 1:30:00"
    ]
    for count, tasks in ((1, "1 running task ends"), (2, "2 running tasks end")):
        sentence = f"{tasks} at the time of the export, because iCalendar requires an end"
        assert list(format_losses("iCalendar", {Loss.ENDED: count})) == [sentence]


def test_formulas_and_escaped_characters_are_different_losses(file: Store) -> None:
    insert(
        file, Task(1, 1, "=A1", START, START), Task(2, 1, "\x1b[31m", START, START), Task(3, 1, "plan", START, START)
    )
    started = start(file, "csv", for_spreadsheets=True)
    assert [line.split(",")[6] for line in "".join(started).split("\r\n")[1:-1]] == ["'=A1", r"\x1b[31m", "plan"]
    assert started.losses == {Loss.FORMULA: 1, Loss.TEXT: 1}


@pytest.mark.parametrize("name", WRITABLE)
def test_control_characters_of_other_programs_are_escaped(file: Store, name: str) -> None:
    damaged = "a\x1b[31mb\x9bc\x07"
    insert(file, Task(1, 1, damaged, START, START + HOUR, damaged, (damaged,), damaged))
    assert not {"\x1b", "\x9b", "\x07"} & {*exported(file, name)}


def test_format_without_overlaps_refuses_them_unless_they_are_cut(file: Store) -> None:
    insert(file, Task(1, 1, "plan", START, START + 2 * HOUR), Task(2, 1, "call", START + HOUR, START + 3 * HOUR))
    with pytest.raises(
        Conflict, match=r"^tasks 1 and 2 overlap, but Timewarrior allows only one task at a time$"
    ) as error:
        exported(file, "timewarrior")
    assert error.value.code == "export-overlaps"
    flat = start(file, "timewarrior", flatten=True)
    assert [line.split(" # ")[0] for line in "".join(flat).splitlines()] == [
        "inc 20261127T080000Z - 20261127T090000Z",
        "inc 20261127T090000Z - 20261127T110000Z",
    ]
    assert (flat.tasks, flat.losses) == (2, {Loss.OVERLAP: 1, Loss.OVERLAP_SECONDS: 3600})


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (ExportFormat("excel"), "invalid-format-name"),
        (ExportFormat(""), "invalid-format-name"),
        (ExportFormat("klog", flatten=True), "flatten-and-format"),
        (ExportFormat("jsonl", for_spreadsheets=True), "spreadsheets-and-format"),
        (ExportFormat("timewarrior", flatten=True, for_spreadsheets=True), "spreadsheets-and-format"),
    ],
)
def test_invalid_format_is_refused_before_anything_is_written(tmp_path: Path, chosen: ExportFormat, code: str) -> None:
    with closing(open_store(tmp_path / "none.db")) as store, pytest.raises(InvalidValue) as error:
        export(store, EVERYONE, chosen, now=NOW)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("name", "empty"),
    [("json", "[]\n"), ("jsonl", ""), ("timewarrior", ""), ("klog", ""), ("org", ""), ("watson", "[]\n")],
)
def test_missing_file_is_exported_as_nothing(tmp_path: Path, name: str, empty: str) -> None:
    with closing(open_store(tmp_path / "none.db")) as store:
        assert exported(store, name.upper(), task_filter=NO_FILTER) == empty
    assert list(tmp_path.iterdir()) == []


def test_text_is_written_while_tasks_are_read(store: Store) -> None:
    insert(store, *(Task(number, 1, f"task {number} {'x' * 100}", START, START) for number in range(1, 3001)))
    for name in WRITABLE.keys() - {"org"}:  # which sorts tasks by headline
        started = start(store, name)
        found = [started.found for _ in started]
        assert found[-1] == started.tasks == 3000
        assert max(after - before for before, after in pairwise([0, *found])) <= 1000, name
