"""The part of an import that writes its tasks, unless they were imported before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from tasktimer.core.task import Task
from tasktimer.formats.import_report import FileReport
from tasktimer.formats.rows import Row
from tasktimer.services.transaction import ChangeRecorder
from tasktimer.store.statements import journal, sources, task_queries, task_writes
from tasktimer.store.statements.sources import NewSource

if TYPE_CHECKING:
    from tasktimer.formats.identity import RowIdentities

_NO_ID_YET = 2**63 - 1


class _Earlier(NamedTuple):
    """Whether a user had imported anything, and had any task, before an import."""

    sources: bool
    tasks: bool


class ImportWriter:
    """Adds the new rows of an import, and ends the running tasks of earlier imports, within a transaction."""

    def __init__(self, recorder: ChangeRecorder, *, again: bool, dry_run: bool) -> None:
        self.first_user: int | None = None  # the owner of the first task that was added or ended
        self._recorder = recorder
        self._connection = recorder.connection
        self._again = again
        self._dry_run = dry_run
        self._earlier: dict[int, _Earlier] = {}  # by user
        self._first_id = _NO_ID_YET  # of the tasks that this import adds
        self._added_for: set[int] = set()  # users

    def write(self, user_id: int, rows: Mapping[int, Row], identities: "RowIdentities", report: FileReport) -> None:
        """Add those of a user's rows, by identity, that were not imported before, and count them in a report."""
        if user_id not in self._earlier:
            has_sources = sources.has_sources(self._connection, user_id)
            has_tasks = task_queries.find_last_task(self._connection, user_id) is not None
            self._earlier[user_id] = _Earlier(has_sources, has_tasks)
        new = self._without_own(user_id, self._without_seen(user_id, rows))
        ended = self._end_running(user_id, new, identities) if self._earlier[user_id].sources else 0
        report.ended += ended
        if self._earlier[user_id].tasks:
            report.duplicates += self._count_duplicates(user_id, new.values())
        report.present += len(rows) - len(new) - ended
        _count_added(new.values(), report)
        if new and not self._dry_run:
            self._add(user_id, new)

    def _without_seen(self, user_id: int, rows: Mapping[int, Row]) -> dict[int, Row]:
        """Return the rows without those that this or an earlier import has added."""
        seen: dict[int, bool] = {}
        if self._earlier[user_id].sources or user_id in self._added_for:
            seen = sources.find_seen(self._connection, user_id, list(rows))
        if self._again:  # rows of deleted tasks are new again
            seen = {identity: exists for identity, exists in seen.items() if exists}
        return {identity: row for identity, row in rows.items() if identity not in seen}

    def _without_own(self, user_id: int, rows: dict[int, Row]) -> dict[int, Row]:
        """Return the rows without those of tasks that this store exported."""
        ids = [row.task_id for row in rows.values() if row.task_id is not None]
        tasks = {task.id: task for task in task_queries.get_tasks(self._connection, ids)}

        def is_own(row: Row) -> bool:
            task = None if row.task_id is None else tasks.get(row.task_id)
            return task is not None and (task.user_id, task.start_time) == (user_id, row.start_time)

        return {identity: row for identity, row in rows.items() if not is_own(row)}

    def _end_running(self, user_id: int, new: dict[int, Row], identities: "RowIdentities") -> int:
        """End the running tasks that an earlier import added for rows in `new`, and return how many were ended.

        Also remove these rows, and those whose tasks have been stopped or deleted since.
        """
        count = 0
        by_running: dict[int, int] = {}
        for identity, row in new.items():
            if row.end_time is not None:
                by_running.setdefault(identities.while_running(row), identity)
        ids = sources.find_running(self._connection, user_id, list(by_running))
        tasks = self._lock_tasks(sorted(ids.values()))
        for running, task_id in ids.items():
            task = tasks.get(task_id)
            if task is None and self._again:
                continue
            identity = by_running[running]
            row = new.pop(identity)
            if task is not None and task.end_time is None and task.start_time <= row.start_time + row.duration:
                count += 1
                self._end(identity, row, task)
        return count

    def _lock_tasks(self, ids: Sequence[int]) -> dict[int, Task]:
        if not ids or self._dry_run:
            return {task.id: task for task in task_queries.get_tasks(self._connection, ids)}
        return task_writes.lock_and_read_tasks(self._connection, ids)

    def _end(self, identity: int, row: Row, task: Task) -> None:
        if self._dry_run:
            return
        # Unless the task was edited here, it gets the description and the labels that the row has by now.
        is_edited = journal.last_change_since(self._connection, task.id, 0) is not None
        ended = task._replace(end_time=row.end_time) if is_edited else _to_task(task.id, task.user_id, row)
        self._recorder.put({task.id: (task, ended)})
        self._insert(task.user_id, [NewSource(identity, ended)])

    def _count_duplicates(self, user_id: int, rows: Collection[Row]) -> int:
        """Count the rows with the start and end of a task that was there before this import."""
        starts = [row.start_time for row in rows]
        times = sources.find_times(self._connection, user_id, starts, first_id=self._first_id)
        return sum((row.start_time, row.end_time) in times for row in rows)

    def _add(self, user_id: int, rows: Mapping[int, Row]) -> None:
        ids = sources.reserve_ids(self._connection, len(rows))
        self._first_id = min(self._first_id, ids[0])
        added = [
            NewSource(identity, _to_task(task_id, user_id, row))
            for task_id, (identity, row) in zip(ids, rows.items(), strict=True)
        ]
        task_writes.apply_changes(self._connection, [(None, source.task) for source in added])
        self._insert(user_id, added)
        self._added_for.add(user_id)

    def _insert(self, user_id: int, rows: Collection[NewSource]) -> None:
        if self.first_user is None:
            self.first_user = user_id
        sources.insert_sources(self._connection, self._recorder.insert_entry(user_id), rows)


def _count_added(rows: Collection[Row], report: FileReport) -> None:
    report.added += len(rows)
    report.added_time += sum((row.duration for row in rows), timedelta())
    report.running += sum(row.end_time is None for row in rows)
    for row in rows:
        report.adaptations.update(row.adaptations)


def _to_task(task_id: int, user_id: int, row: Row) -> Task:
    fields = (row.description, row.start_time, row.end_time, row.project, row.tags, row.note)
    return Task(task_id, user_id, *fields)
