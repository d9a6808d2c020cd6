"""The interface of all services, independent of the store, so that the services can run locally or on a server."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Protocol, cast

from tasktimer.core.interval import Window
from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.label_usage import LabelUsages
from tasktimer.core.report import Report, ReportQuery
from tasktimer.core.store_info import Info
from tasktimer.core.task import MAX_INTEGER, Actor, Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.timesheet import Timesheet
from tasktimer.core.token import Access, Token
from tasktimer.formats.source import Source
from tasktimer.services import (
    adjust,
    bulk,
    edit,
    export,
    history,
    import_file,
    info,
    labels,
    queries,
    report,
    resume,
    split_join,
    start,
    stop,
    tokens,
    undo,
    users,
)
from tasktimer.services.adjust import Removable
from tasktimer.services.bulk import Selection
from tasktimer.services.edit import EditFields, TaskChange
from tasktimer.services.export import Export, ExportFormat
from tasktimer.services.import_file import ImportedFile, ImportOptions
from tasktimer.services.labels import Renaming
from tasktimer.services.split_join import NO_GAP
from tasktimer.services.start import NewTask
from tasktimer.store.protocols import StoreHandle
from tasktimer.store.statements.journal import CHANGES_PAGE


class Services(Protocol):
    """The interface of the services; each method is documented by the function of the same name in `SERVICES`."""

    def track(
        self,
        actor: Actor,
        new_task: NewTask,
        *,
        exclusive: bool = False,
        unless_running: bool = False,
        now: datetime,
    ) -> tuple[Sequence[Task], Task, bool]: ...
    def stop(  # noqa: PLR0913 (the tasks and their end)
        self,
        actor: Actor,
        ids: Sequence[int] = (),
        *,
        all_running: bool = False,
        task_filter: TaskFilter | None = None,
        end_time: datetime | None = None,
        allow_empty: bool = True,
        now: datetime,
    ) -> list[Task]: ...
    def switch(self, actor: Actor, new_task: NewTask, *, now: datetime) -> tuple[list[Task], Task]: ...
    def resume(
        self,
        actor: Actor,
        task_id: int | None = None,
        *,
        start_time: datetime | None = None,
        own_only: bool = False,
        now: datetime,
    ) -> Task: ...
    def switch_back(
        self,
        actor: Actor,
        task_id: int | None = None,
        *,
        start_time: datetime | None = None,
        allow_empty: bool = True,
        name: str = "switch",
        now: datetime,
    ) -> tuple[list[Task], Task]: ...
    def cancel(self, actor: Actor, ids: Sequence[int] = (), *, now: datetime) -> list[Task]: ...
    def edit(
        self, actor: Actor, ids: Sequence[int], changes: EditFields, *, allow_empty: bool = True, now: datetime
    ) -> list[TaskChange]: ...
    def move(self, actor: Actor, task_id: int, start_time: datetime, *, now: datetime) -> TaskChange: ...
    def split(self, actor: Actor, task_id: int, at: datetime, *, now: datetime) -> tuple[Task, Task]: ...
    def join(
        self, actor: Actor, ids: tuple[int, int], *, max_gap: timedelta = NO_GAP, now: datetime
    ) -> tuple[Task, Task, Task]: ...
    def track_adjusting(
        self,
        actor: Actor,
        new_task: NewTask,
        *,
        unless_running: bool = False,
        removable: Removable,
        now: datetime,
    ) -> tuple[Task, bool, list[Change]]: ...
    def edit_adjusting(
        self,
        actor: Actor,
        ids: Sequence[int],
        changes: EditFields,
        *,
        allow_empty: bool = True,
        removable: Removable,
        now: datetime,
    ) -> tuple[list[TaskChange], list[Change]]: ...
    def move_adjusting(
        self, actor: Actor, task_id: int, start_time: datetime, *, removable: Removable, now: datetime
    ) -> tuple[TaskChange, list[Change]]: ...
    def delete(self, actor: Actor, ids: Sequence[int], *, now: datetime) -> list[Task]: ...
    def apply_changes(self, actor: Actor, name: str, selection: Selection, *, now: datetime) -> int: ...
    def changed_tasks(self, entry_id: int, selection: Selection) -> Iterator[Task]: ...
    def previewed_tasks(self, selection: Selection) -> Iterator[Task]: ...
    def rename_project(self, actor: Actor, old: str, new: str, *, now: datetime) -> Renaming: ...
    def rename_tag(self, actor: Actor, old: str, new: str, *, now: datetime) -> Renaming: ...
    def times(
        self, actor: Actor, window: Window, task_filter: TaskFilter | None = None, *, now: datetime
    ) -> Timesheet: ...
    def status(self, actor: Actor, day: Window, *, now: datetime) -> tuple[list[Task], Timesheet]: ...
    def running_tasks(self, actor: Actor) -> list[Task]: ...
    def get_task(self, actor: Actor, task_id: int) -> Task: ...
    def list_tasks(
        self,
        actor: Actor,
        task_filter: TaskFilter,
        *,
        window: Window | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> list[Task]: ...
    def projects(
        self,
        actor: Actor,
        task_filter: TaskFilter = NO_FILTER,
        *,
        window: Window | None = None,
        whole_seconds: bool = False,
        now: datetime,
    ) -> LabelUsages: ...
    def tags(
        self,
        actor: Actor,
        task_filter: TaskFilter = NO_FILTER,
        *,
        window: Window | None = None,
        whole_seconds: bool = False,
        now: datetime,
    ) -> LabelUsages: ...
    def report(
        self,
        actor: Actor,
        query: ReportQuery,
        task_filter: TaskFilter = NO_FILTER,
        *,
        window: Window | None = None,
        now: datetime,
    ) -> Report: ...
    def export(
        self,
        actor: Actor,
        export_format: ExportFormat,
        task_filter: TaskFilter = NO_FILTER,
        *,
        window: Window | None = None,
        now: datetime,
    ) -> Export: ...
    def import_file(
        self,
        actor: Actor,
        source: Source,
        options: ImportOptions,
        *,
        max_rejected_rows: int | None = None,
        now: datetime,
    ) -> ImportedFile: ...
    def undo(
        self, actor: Actor, count: int = 1, *, only_own_tasks: bool = False, now: datetime
    ) -> list[JournalEntry]: ...
    def undo_entry(
        self, actor: Actor, entry_id: int, *, only_own_tasks: bool = False, now: datetime
    ) -> JournalEntry: ...
    def redo(
        self, actor: Actor, count: int = 1, *, only_own_tasks: bool = False, now: datetime
    ) -> list[JournalEntry]: ...
    def list_entries(
        self,
        actor: Actor,
        task_id: int | None = None,
        *,
        before: int = MAX_INTEGER,
        limit: int,
        max_changes: int = CHANGES_PAGE,
    ) -> list[JournalEntry]: ...
    def changes_of(self, entry: JournalEntry) -> Iterator[Change]: ...
    def prune_history(self, actor: Actor, before: datetime) -> int: ...
    def store_info(self) -> Info: ...
    def create_token(
        self,
        actor: Actor,
        *,
        admin: bool,
        name: str | None,
        expiry_time: datetime | None,
        access: Access = Access.WRITE,
        now: datetime,
    ) -> tuple[Token, str]: ...
    def get_user_id(self, name: str) -> int: ...
    def list_tokens(self, actor: Actor) -> list[Token]: ...
    def revoke_tokens(self, ids: Sequence[int], *, now: datetime) -> list[Token]: ...


SERVICES: dict[str, Callable[..., object]] = {
    service.__name__: service
    for service in (
        *(start.track, start.switch, resume.resume, resume.switch_back, stop.stop, stop.cancel),
        *(edit.edit, edit.move, edit.delete, split_join.split, split_join.join),
        *(adjust.track_adjusting, adjust.edit_adjusting, adjust.move_adjusting),
        *(bulk.apply_changes, bulk.changed_tasks, bulk.previewed_tasks),
        *(labels.rename_project, labels.rename_tag, labels.projects, labels.tags),
        *(queries.times, queries.status, queries.running_tasks, queries.get_task, queries.list_tasks),
        *(report.report, export.export, import_file.import_file),
        *(undo.undo, undo.undo_entry, undo.redo),
        *(history.list_entries, history.changes_of, history.prune_history),
        *(info.store_info, tokens.create_token, tokens.list_tokens, tokens.revoke_tokens, users.get_user_id),
    )
}


def local_services(store: StoreHandle) -> Services:
    """Return the services bound to a store."""
    return cast("Services", SimpleNamespace(**{name: partial(service, store) for name, service in SERVICES.items()}))
