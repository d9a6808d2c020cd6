"""Imports add each row once, can be undone as a whole, and keep no second copy of their tasks."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.postgres import wait_until_blocked
from tests.services.conftest import Import
from tests.services.import_steps import DEFAULT, HOUR, MINE, NINE, NOW, Listed, counts, dump, row, tasks_in

from tasktimer.core.task import Actor, Task
from tasktimer.errors import InvalidValue
from tasktimer.formats.import_report import FileReport
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.services import edit, history, undo
from tasktimer.services.imports import ImportFile, ImportObserver, import_files
from tasktimer.services.transaction import journaled_on_tasks
from tasktimer.services.undo_conflict import UndoConflict
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Store
from tasktimer.store.statements import sources, task_writes


def test_rows_become_tasks(store: Store, imported: Import) -> None:
    rows = [
        row(1, description="Write", project="acme/web", tags=("b", "a"), note="long"),
        row(0, end_time=NINE, adaptations=(Adaptation.UNTITLED,)),
    ]
    (file,) = imported(*rows).files
    assert tasks_in(store) == [
        Task(2, 1, "docs", NINE, NINE),
        Task(1, 1, "Write", NINE + HOUR, NINE + 2 * HOUR, "acme/web", ("a", "b"), "long"),
    ]
    assert (file.rows, file.added, file.added_time) == (2, 2, HOUR)
    assert (file.first_start, file.last_start) == (NINE, NINE + HOUR)
    assert file.adaptations == {Adaptation.UNTITLED: 1}


def test_second_import_adds_nothing_even_after_changes(store: Store, imported: Import) -> None:
    rows = [row(0), row(1), row(1), row(2, source_id="x"), row(2, source_id="y")]
    assert counts(imported(*rows)) == (5, 0, 0)
    edit.edit(store, MINE, [1], edit.EditFields(description="other"), now=NOW)
    edit.delete(store, MINE, [2], now=NOW)
    before = dump(store)
    report = imported(*rows)
    assert (report.entry_id, counts(report), dump(store)) == (None, (0, 5, 0), before)
    assert counts(imported(*rows, row(1), row(3))) == (2, 5, 0)
    assert counts(imported(*rows, again=True)) == (1, 4, 0)
    assert counts(imported(*rows, again=True)) == (0, 5, 0)


def test_users_import_the_same_rows_independently(store: Store, imported: Import) -> None:
    assert counts(imported(row(0))) == (1, 0, 0)
    assert counts(imported(row(0), actor=Actor(2, 2))) == (1, 0, 0)
    assert [task.user_id for task in tasks_in(store)] == [1, 2]


def test_own_file_keeps_users_unless_one_is_selected(store: Store, imported: Import) -> None:
    rows = [row(0, task_id=7, user_id=3), row(1, task_id=8, user_id=4)]
    imported(*rows, actor=DEFAULT, keep_users=True)
    imported(*rows, actor=Actor(5, 5))
    assert sorted(task.user_id for task in tasks_in(store)) == [3, 4, 5, 5]


def test_export_of_this_store_is_present(store: Store, imported: Import) -> None:
    with store.write(create=True) as connection:
        task = task_writes.insert_task(connection, user_id=1, description="docs", start_time=NINE, end_time=NINE + HOUR)
    assert counts(imported(row(0, task_id=task.id, user_id=1))) == (0, 1, 0)
    assert counts(imported(row(1, task_id=task.id, user_id=1))) == (1, 0, 0)


def test_import_is_undone_and_redone_as_a_whole(store: Store, imported: Import) -> None:
    with store.write(create=True) as connection:
        task_writes.insert_task(connection, user_id=1, description="before", start_time=NINE, end_time=NINE)
    before = dump(store)
    labels: dict[str, Any] = {"description": "Mixed Case", "tags": ("a", "b"), "note": "é"}
    minutes = [NINE + timedelta(minutes=number) for number in range(1_100)]
    rows = [row(start_time=minute, end_time=minute, **labels) for minute in minutes]
    assert counts(imported(*rows)) == (1_100, 0, 0)
    after = dump(store)
    for _ in range(2):
        (entry,) = undo.undo(store, MINE, now=NOW)
        assert (entry.name, entry.undone, len(entry.changes) + entry.omitted_changes) == ("import", True, 1_100)
        assert dump(store) == before
        undo.redo(store, MINE, now=NOW)
        assert dump(store) == after
        assert copies(store) == 0
    undo.undo(store, MINE, now=NOW)
    assert counts(imported(*rows)) == (1_100, 0, 0)


def copies(store: Store) -> int:
    with store.read() as connection:
        ((count,),) = connection.execute("SELECT COUNT(*) FROM changes", {})
    return int(count)


def test_history_lists_imported_tasks_as_they_were_added(store: Store, imported: Import) -> None:
    imported(*(row(number) for number in range(3)))
    edit.edit(store, MINE, [2], edit.EditFields(description="edited"), now=NOW)
    edit.delete(store, MINE, [3], now=NOW)
    entry, *_ = history.list_entries(store, MINE, limit=10)
    added = [(change.task_id, change.before, change.after and change.after.description) for change in entry.changes]
    assert added == [(1, None, "docs"), (2, None, "docs"), (3, None, "docs")]
    assert list(history.changes_of(store, entry._replace(changes=(), omitted_changes=3))) == list(entry.changes)
    assert [entry.name for entry in history.list_entries(store, MINE, 3, limit=10)] == ["import", "delete"]
    (few,) = history.list_entries(store, MINE, 1, limit=10, max_changes=2)
    assert (len(few.changes), few.omitted_changes) == (2, 1)


def test_undo_is_refused_after_an_edit_until_that_is_undone(store: Store, imported: Import) -> None:
    imported(row(0), row(1))
    edit.edit(store, MINE, [2], edit.EditFields(description="edited"), now=NOW)
    before = dump(store)
    message = r"^task 2 has changed since command 1 \(import\): its description changed \(command 2, edit by user 1\)$"
    with pytest.raises(UndoConflict, match=message):
        undo.undo_entry(store, MINE, 1, now=NOW)
    assert dump(store) == before
    assert [entry.name for entry in undo.undo(store, MINE, 2, now=NOW)] == ["edit", "import"]
    assert tasks_in(store) == []
    assert [entry.name for entry in undo.redo(store, MINE, 2, now=NOW)] == ["import", "edit"]
    assert dump(store) == before


def test_pruned_history_keeps_sources(store: Store, imported: Import) -> None:
    imported(row(0))
    assert history.prune_history(store, MINE, NOW + HOUR) == 1
    assert counts(imported(row(0))) == (0, 1, 0)


class Seen(ImportObserver):
    """Collects the rejected rows."""

    def __init__(self) -> None:
        self.rows: list[RejectedRow] = []

    def reject(self, file: FileReport, row: RejectedRow) -> None:  # noqa: ARG002 (only one file is imported)
        self.rows.append(row)


def test_rejected_rows_do_not_stop_the_others(imported: Import) -> None:
    seen = Seen()
    rows: list[tuple[Row | RejectedRow, str]] = [
        (row(0, description=" "), "the description is blank"),
        (row(1, description="a\0b"), "the description contains a control character: '\\\\x00' at character 2"),
        (row(2, end_time=NINE), "the task cannot end at 2026-11-02 09:00, before its start at 2026-11-02 11:00"),
        (row(3, start_time=NOW + HOUR, end_time=None), "the start is in the future: 13:00 .it is 12:00 now."),
        (row(4, end_time=NOW + HOUR), "the end is in the future: 13:00 .it is 12:00 now."),
        (row(5, tags=("two words",)), "invalid tag 'two words': tags cannot contain spaces or commas"),
        (row(6, project="a//b"), "invalid project 'a//b': a level cannot be empty, or begin or end with a space"),
        (row(7, note="x" * 10_001), "the note is too long: 10,001 characters"),
        (row(8, start_time=datetime.min.replace(tzinfo=UTC)), "the date 0001-01-01 is out of range"),
        (RejectedRow("line 10", "raw", "the start is missing"), "the start is missing"),
    ]
    assert counts(imported(*(item for item, _ in rows), row(20), observer=seen)) == (1, 0, len(rows))
    for rejected, (item, reason) in zip(seen.rows, rows, strict=True):
        assert (rejected.place, rejected.raw) == (item.place, item.raw)
        assert re.fullmatch(reason, rejected.reason)


def test_a_file_with_hardly_any_valid_row_is_not_read_to_its_end(store: Store, imported: Import) -> None:
    invalid, end = RejectedRow("line 7", "raw", "the start is missing"), InvalidValue("end", "the end was read")
    pause = invalid._replace(break_seconds=60)
    problem = "10,000 of its first 10,001 rows are not valid, such as line 7: the start is missing"
    with pytest.raises(InvalidValue, match=problem) as error:
        imported(row(0), *[invalid] * 10_000, end)
    assert (error.value.code, tasks_in(store)) == ("import-file-invalid", [])
    for rows in ([invalid] * 9_999, [pause] * 20_000, [*[row(0)] * 1_112, *[invalid] * 10_000]):
        with pytest.raises(InvalidValue, match="the end was read"):
            imported(*rows, end)


def test_only_the_last_open_row_of_the_last_day_runs(store: Store, imported: Import) -> None:
    day = timedelta(hours=24)
    recent = [row(number, start_time=NOW - number * HOUR, end_time=None) for number in (3, 1, 2)]
    assert counts(imported(*recent)) == (1, 0, 2)
    assert [(task.start_time, task.running) for task in tasks_in(store)] == [(NOW - HOUR, True)]
    assert counts(imported(row(start_time=NOW - day, end_time=None))) == (1, 0, 0)
    assert counts(imported(row(start_time=NOW - day - HOUR / 60, end_time=None))) == (0, 0, 1)


def test_broken_file_and_dry_run_change_nothing(store: Store, imported: Import) -> None:
    imported(row(0))
    before = dump(store)
    with pytest.raises(InvalidValue, match="cut"):
        imported(row(1), *(row(number) for number in range(6_000)), InvalidValue("import-file-invalid", "cut"))
    report = imported(row(0), row(1), row(1), dry_run=True)
    assert (counts(report), report.entry_id, report.files[0].added_time) == ((2, 1, 0), None, 2 * HOUR)
    assert dump(store) == before


def test_file_of_another_format_is_an_error(imported: Import, tmp_path: Path) -> None:
    rejected = RejectedRow("line 1", "raw", "it is not an activity")
    assert counts(imported(rejected)) == (0, 0, 1)
    (tmp_path / "rows").write_text("x")
    with pytest.raises(InvalidValue, match="rows: not in the format listed"):
        imported(rejected)


@pytest.mark.parametrize(("first", "keep_users"), [(1, False), (1, True), (None, False)])
def test_concurrent_imports_add_each_row_once(
    postgres_url: str, tmp_path: Path, first: int | None, keep_users: bool
) -> None:
    (tmp_path / "rows").touch()
    file = ImportFile(Source(tmp_path / "rows"), "listed", Listed(row(0)), ReadOptions(UTC))
    with closing(PostgresStore(postgres_url)) as store, ThreadPoolExecutor(1) as pool:
        store.upgrade()
        with store.write() as connection:
            sources.lock_imports(connection, first)
            second = pool.submit(import_files, store, MINE, [file], keep_users=keep_users, now=NOW)
            wait_until_blocked(postgres_url)
            assert sources.has_sources(connection, 1) is False
        assert counts(second.result()) == (1, 0, 0)
        assert counts(import_files(store, MINE, [file], now=NOW)) == (0, 1, 0)


def test_imports_of_different_users_do_not_wait(postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "rows").touch()
    file = ImportFile(Source(tmp_path / "rows"), "listed", Listed(row(0)), ReadOptions(UTC))
    with closing(PostgresStore(postgres_url, lock_timeout=1)) as store:
        store.upgrade()
        with store.write() as connection:
            sources.lock_imports(connection, 2)
            assert counts(import_files(store, MINE, [file], now=NOW)) == (1, 0, 0)


def test_undo_waits_for_a_concurrent_edit_and_is_refused(postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "rows").touch()
    file = ImportFile(Source(tmp_path / "rows"), "listed", Listed(row(0), row(1)), ReadOptions(UTC))
    with closing(PostgresStore(postgres_url)) as store, ThreadPoolExecutor(1) as pool:
        import_files(store, MINE, [file], now=NOW)
        with journaled_on_tasks(store, MINE, "edit", [2], now=NOW) as (recorder, (task,)):
            recorder.change(task, description="edited")
            undone = pool.submit(undo.undo_entry, store, MINE, 1, now=NOW)
            wait_until_blocked(postgres_url)
        assert isinstance(undone.exception(), UndoConflict)
        assert [task.description for task in tasks_in(store)] == ["docs", "edited"]
