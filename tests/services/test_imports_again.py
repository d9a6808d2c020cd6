"""Imports of a source that has changed: rows that have ended since, and rows that were edited."""

from datetime import timedelta

import pytest
from tests.services.conftest import Import
from tests.services.import_steps import HOUR, MINE, NINE, NOW, counts, dump, row, tasks_in

from tasktimer.core.task import Task
from tasktimer.services import edit, history, stop, undo
from tasktimer.services.undo_conflict import UndoConflict
from tasktimer.store.protocols import Store

START = NOW - 2 * HOUR
OPEN = row(start_time=START, end_time=None)
ENDED = row(start_time=START, end_time=NOW - HOUR)


def test_running_task_ends_when_its_row_has_ended(store: Store, imported: Import) -> None:
    (first,) = imported(row(0), OPEN).files
    assert (first.added, first.running, first.ended) == (2, 1, 0)
    assert counts(imported(row(0), OPEN)) == (0, 2, 0)
    changed = ENDED._replace(source_id="7", description="Write", project="acme", tags=("a",))
    report = imported(row(0), changed, row(1))
    assert (counts(report), report.ended, report.files[0].running) == ((1, 1, 0), 1, 0)
    assert tasks_in(store)[-1] == Task(2, 1, "Write", START, NOW - HOUR, "acme", ("a",))
    assert counts(imported(row(0), changed, row(1))) == (0, 3, 0)


def test_one_undo_reverts_what_was_added_and_what_was_ended(store: Store, imported: Import) -> None:
    imported(row(0), OPEN)
    before = dump(store)
    imported(ENDED, row(1))
    after = dump(store)
    with pytest.raises(UndoConflict, match=r"task 2 has changed since command 1 .*\(command 2, import"):
        undo.undo_entry(store, MINE, 1, now=NOW)
    for _ in range(2):
        (entry,) = undo.undo(store, MINE, now=NOW)
        assert [change.task_id for change in entry.changes] == [2, 3]
        assert dump(store) == before
        undo.redo(store, MINE, now=NOW)
        assert dump(store) == after
    undo.undo(store, MINE, now=NOW)
    assert imported(ENDED, row(1)).ended == 1
    assert dump(store)[0][1] == after[0][1]
    undo.undo(store, MINE, 2, now=NOW)
    assert tasks_in(store) == []
    assert counts(imported(ENDED)) == (1, 0, 0)


def test_history_lists_what_was_ended_before_what_was_added(store: Store, imported: Import) -> None:
    imported(row(0), OPEN)
    imported(ENDED, row(1), row(2))
    _, entry = history.list_entries(store, MINE, limit=10)
    changes = [(change.task_id, change.before is None) for change in entry.changes]
    assert changes == [(2, False), (3, True), (4, True)]
    _, few = history.list_entries(store, MINE, limit=10, max_changes=1)
    assert (few.changes, few.omitted_changes) == (entry.changes[:1], 2)
    assert list(history.changes_of(store, few)) == list(entry.changes)
    assert [entry.id for entry in history.list_entries(store, MINE, 2, limit=10)] == [1, 2]


def test_what_was_edited_here_is_kept(store: Store, imported: Import) -> None:
    imported(OPEN)
    edit.edit(store, MINE, [1], edit.EditFields(description="edited"), now=NOW)
    assert imported(ENDED).ended == 1
    assert tasks_in(store) == [Task(1, 1, "edited", START, NOW - HOUR)]


@pytest.mark.parametrize("pruned", [False, True])
def test_task_that_was_stopped_here_is_present(store: Store, imported: Import, *, pruned: bool) -> None:
    imported(OPEN)
    stop.stop(store, MINE, [1], end_time=START + HOUR / 2, now=NOW)
    if pruned:
        history.prune_history(store, MINE, NOW + HOUR)
    assert counts(imported(ENDED)) == (0, 1, 0)
    assert [task.end_time for task in tasks_in(store)] == [START + HOUR / 2]


def test_deleted_task_is_present_unless_again(store: Store, imported: Import) -> None:
    imported(OPEN)
    edit.delete(store, MINE, [1], now=NOW)
    assert counts(imported(ENDED)) == (0, 1, 0)
    assert counts(imported(ENDED, again=True)) == (1, 0, 0)
    assert counts(imported(ENDED, again=True)) == (0, 1, 0)


def test_end_before_the_start_that_was_edited_here_is_ignored(store: Store, imported: Import) -> None:
    imported(OPEN)
    edit.edit(store, MINE, [1], edit.EditFields(start_time=NOW - HOUR / 2), now=NOW)
    assert counts(imported(ENDED)) == (0, 1, 0)
    assert [task.running for task in tasks_in(store)] == [True]


def test_only_one_row_ends_a_task(imported: Import) -> None:
    imported(OPEN)
    rows = [ENDED, ENDED._replace(description="other", end_time=NOW)]
    (file,) = imported(*rows).files
    assert (file.ended, file.added) == (1, 1)
    assert counts(imported(*rows, row(start_time=START, end_time=NOW, description="third"))) == (1, 2, 0)


def test_own_file_ends_the_task_with_the_same_id(imported: Import) -> None:
    imported(OPEN._replace(task_id=70))
    (file,) = imported(ENDED._replace(task_id=80), ENDED._replace(task_id=70)).files
    assert (file.ended, file.added) == (1, 1)


def test_dry_run_ends_nothing(store: Store, imported: Import) -> None:
    imported(OPEN)
    before = dump(store)
    report = imported(ENDED, dry_run=True)
    assert (report.ended, report.entry_id, dump(store)) == (1, None, before)


def test_added_rows_with_the_times_of_earlier_tasks_are_counted(imported: Import) -> None:
    assert imported(row(0), row(0), row(1)).files[0].duplicates == 0
    edited = [row(0, description="edited"), row(0, end_time=NINE), row(1, start_time=NINE + timedelta(minutes=1))]
    (file,) = imported(*edited, *(row(number, description="same") for number in (5, 5))).files
    assert (file.added, file.duplicates) == (5, 1)
