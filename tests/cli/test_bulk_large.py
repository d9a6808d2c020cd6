"""Commands on more tasks than are kept in memory, on both engines."""

import gc
import json
import os
import re
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from tests.commits import connect_with, connection_with
from tests.conftest import NOW, Run

from tasktimer import open_tracker
from tasktimer.cli.app import run as run_command
from tasktimer.cli.streams import ExitCode
from tasktimer.client import Tracker
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.batches import BATCH_SIZE
from tasktimer.store.factory import open_store
from tasktimer.store.statements.task_queries import to_microseconds

MANY = 2 * BATCH_SIZE + 3
COMMANDS = {
    "edit": ["edit", "--where", "project:acme", "+client", "-y"],
    "delete": ["delete", "--project", "acme", "-y"],
    "rename project": ["rename", "project", "acme", "acme/corp"],
    "rename tag": ["rename", "tag", "docs", "writing"],
}

Give = Callable[..., Any]


@contextmanager
def before_statements(action: Callable[[str], None]) -> Iterator[None]:
    """Call a function with each statement before it runs, on both engines."""

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        action(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        with pytest.MonkeyPatch.context() as patch:
            connect_with(patch, connection_with(action))
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def without_memory(pattern: str, *, after: int = 0) -> AbstractContextManager[None]:
    """Let statements that match fail with MemoryError after the first ones."""
    remaining = count(after, -1)

    def fail(statement: str) -> None:
        if re.match(pattern, statement.lstrip()) and next(remaining) <= 0:
            raise MemoryError

    return before_statements(fail)


def fill(database: str, number_of_tasks: int) -> None:
    """Store finished tasks, each of which starts before the one that was stored before it."""
    end = to_microseconds(NOW)
    rows = [{"start": end - (number + 2) * 60_000_000} for number in range(number_of_tasks)]
    place = database if "://" in database else Path(database)
    with closing(open_store(place)) as store, store.write(create=True) as connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time, project, tags)"
            " VALUES (1, 'write', :start, :start + 60000000, 'acme', 'docs')",
            rows,
        )
        connection.execute("INSERT INTO task_tags (task_id, user_id, tag) SELECT id, user_id, 'docs' FROM tasks", {})


@pytest.fixture
def many(database: str) -> str:
    fill(database, MANY)
    return database


@pytest.fixture
def give(run: Run, many: str, monkeypatch: pytest.MonkeyPatch) -> Give:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    return lambda *words, **given: run("--database", many, *words, **given)


@pytest.fixture
def tracker(many: str) -> Iterator[Tracker]:
    with open_tracker(many, user=1, clock=NOW.astimezone) as tracker:
        yield tracker


@pytest.mark.parametrize("command", COMMANDS)
def test_command_on_many_tasks_is_undone_and_redone(give: Give, tracker: Tracker, command: str) -> None:
    before = tracker.list_tasks()
    result = give(*COMMANDS[command])
    assert (result.exit_code, result.err) == (0, "")
    after = tracker.list_tasks()
    assert not set(before) & set(after)
    if command.startswith("rename"):
        assert result.out == f"{MANY}\n"
    else:
        assert [int(line) for line in result.out.split()] == [task.id for task in before]
    (entry,) = tracker.history()
    assert (entry.name, len(entry.changes), entry.omitted_changes) == (command, MANY, 0)
    for verb, tasks in (("undo", before), ("redo", after)):
        result = give(verb)
        assert (result.exit_code, result.err) == (0, "")
        assert [int(number) for number in result.out.split("\t")[6].split(",")] == sorted(task.id for task in before)
        assert tracker.list_tasks() == tasks
        last = tracker.history()[-1]
        assert (last.name, last.reverted_entry_id, len(last.changes)) == (verb, entry.id, MANY)


def test_results_have_order_and_json_of_list(give: Give, tracker: Tracker) -> None:
    def ids() -> list[int]:
        return [task["id"] for task in json.loads(give("list", "all", "--json").out)]

    listed = ids()
    foreseen = give("edit", "--where", "project:acme", "+client", "--dry-run", "--json").out
    assert give("edit", "--where", "project:acme", "+client", "--dry-run").out.split() == [
        str(number) for number in listed
    ]
    out = give("edit", "--where", "project:acme", "+client", "-y", "--json").out
    assert out == foreseen == json.dumps(json.loads(out), ensure_ascii=False, indent=2) + "\n"
    assert [(task["id"], task["tags"]) for task in json.loads(out)] == [
        (number, ["client", "docs"]) for number in listed
    ]
    taken_back = give("undo", "--json").out
    assert taken_back == json.dumps(json.loads(taken_back), ensure_ascii=False, indent=2) + "\n"
    (command,) = json.loads(taken_back)
    assert (command["undone"], len(command["changes"])) == (True, MANY)
    deleted = json.loads(give("delete", "--project", "acme", "-y", "--json").out)
    assert [(task["id"], task["tags"]) for task in deleted] == [(number, ["docs"]) for number in listed]
    history = give("history", "--json").out
    assert history == json.dumps(json.loads(history), ensure_ascii=False, indent=2) + "\n"
    assert [len(command["changes"]) for command in json.loads(history)] == [MANY] * 3
    tracker.undo()
    assert ids() == listed


def test_terminal_shows_first_tasks_and_count(give: Give) -> None:
    out = give("edit", "--where", "project:acme", "--start", "2023-06-01 12:00", "-y", terminal=True)
    assert out.out.endswith(f" and {MANY - 19:,} more\n\n{MANY:,} tasks edited; to undo this, run: tasktimer undo\n")
    assert out.err.startswith(f"note: {MANY:,} tasks now last more than 16 hours each: {MANY} {MANY - 1} ")
    assert f"    and {MANY - 10:,} more tasks\n" in give("undo", terminal=True).out.replace("  and", "    and")
    assert f"and {MANY - 10:,} more tasks" in " ".join(give("history", terminal=True).out.split())


def test_undo_reverts_more_commands_than_fit_in_batch(give: Give, tracker: Tracker) -> None:
    before = tracker.list_tasks()
    for number in range(25):
        tracker.edit(1, description=f"{number}")
    tracker.edit_all(all_tasks=True, add_tags=["x"])
    assert [len(command.changes) for command in tracker.undo(26)] == [MANY] + [1] * 25
    assert tracker.list_tasks() == before
    out = give("redo", "26", terminal=True).out
    assert out.count("Redid edit") == 26
    assert out.count("1: ") == 26
    assert tracker.list_tasks()[-1].description == "24"


@pytest.mark.parametrize("place", [0, BATCH_SIZE, MANY - 1])
def test_concurrently_changed_task_fails_whole_command(tracker: Tracker, place: int) -> None:
    from tasktimer.services import bulk

    tasks = tracker.list_tasks()
    selection = bulk.select_edited(tasks, {"add_tags": ["x"]}, by_id=False, now=NOW)
    assert not selection.is_complete
    tracker.edit(tasks[place].id, note="new")
    changed = tracker.list_tasks()
    for verb in (
        lambda: bulk.apply_changes(tracker._store, Actor(1, ALL_USERS), "edit", selection, now=NOW),
        lambda: list(bulk.previewed_tasks(tracker._store, selection)),
    ):
        with pytest.raises(bulk.TaskChangedConcurrently, match=f"task {tasks[place].id} has changed"):
            verb()
    assert tracker.list_tasks() == changed
    assert [command.name for command in tracker.history()] == ["edit"]


@pytest.mark.parametrize("command", [*COMMANDS, "undo", "redo"])
def test_command_without_memory_changes_nothing(give: Give, tracker: Tracker, command: str) -> None:
    if command in ("undo", "redo"):
        give(*COMMANDS["edit"])
    if command == "redo":
        give("undo")
    before, history = tracker.list_tasks(), tracker.history()
    words = COMMANDS.get(command, [command])
    with without_memory("(UPDATE|DELETE FROM) tasks", after=2):  # in the second batch, or the third
        result = give(*words)
    assert (result.exit_code, result.out) == (ExitCode.UNAVAILABLE, "")
    hint = "nothing was changed; close other programs, or select fewer tasks"
    assert result.err == f"error: there is not enough memory\nhint: {hint}\n"
    assert (tracker.list_tasks(), tracker.history()) == (before, history)
    assert give(*words).exit_code == 0
    assert tracker.list_tasks() != before


def test_change_with_unreadable_result_is_reported(give: Give, tracker: Tracker) -> None:
    with without_memory("(?s)SELECT .* FROM changes"):
        result = give("delete", "--project", "acme", "-y", "--json")
    assert result.exit_code == ExitCode.UNAVAILABLE
    done = f"deleted {MANY:,} tasks, but the output was lost: there is not enough memory"
    assert re.fullmatch(
        rf"error: {done}\nhint: to show past commands, run: tasktimer --database \S+ history\n", result.err
    )
    assert tracker.list_tasks() == []


def peaks_of(database: str, number_of_tasks: int, commands: list[list[str]]) -> dict[str, int]:
    """The most memory of Python's that commands on so many tasks take, in bytes."""
    fill(database, number_of_tasks)
    peaks: dict[str, int] = {}
    for words in commands:
        gc.collect()
        tracemalloc.start()
        assert run_command(["--database", database, *words], NOW.astimezone) == 0
        peaks[f"{len(peaks)} {' '.join(words)}"] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peaks


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_memory_does_not_grow_with_tasks(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """Each of 1,000 more tasks may take 600 bytes; it takes 16, and one that is kept 700 or more.

    Garbage of SQLAlchemy's makes the rest, which is not collected at the same moments in both. PostgreSQL runs a
    command for each way of reading tasks and changes.
    """
    monkeypatch.setenv("TASKTIMER_USER", "1")
    edit, delete, project, tag = COMMANDS.values()
    commands = [[*edit, "--json"], ["undo", "--json"], ["history", "--json"]]
    if engine == "sqlite":
        commands += [[*edit, "--dry-run", "--json"], ["redo"], delete, ["undo"], project, tag]
    paths = (str(tmp_path / f"{number}.db") for number in count(1))
    database = request.getfixturevalue("postgres_server") if engine == "postgres" else paths.__next__
    with Path(os.devnull).open("w") as nowhere:
        monkeypatch.setattr(sys, "stdout", nowhere)
        few, more = (peaks_of(database(), number, commands) for number in (2 * BATCH_SIZE, 2 * BATCH_SIZE + 1_000))
    assert {words: more[words] - few[words] for words in few if more[words] - few[words] > 600_000} == {}


def check_list_without_memory(give: Give) -> None:
    result = give("list", "all", "--json")
    assert (result.exit_code, result.out) == (ExitCode.UNAVAILABLE, "")
    assert result.err.startswith("error: there is not enough memory\nhint: ")


def test_list_without_memory_for_tasks_fails(give: Give) -> None:
    with without_memory("(?s)SELECT .* FROM tasks"):
        check_list_without_memory(give)


def test_list_without_memory_for_json_fails(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("json.dumps", fail)
    check_list_without_memory(give)
