"""The Python API: `Tracker` has a method for each command."""

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from tasktimer.client_values import (
    Bounds,
    EditFields,
    Filter,
    Period,
    Time,
    to_database,
    to_edit_fields,
    to_filter,
    to_instant,
    to_instant_or_none,
    to_keys,
    to_window,
    validate_day,
    validate_ids,
    validate_number,
    validate_selection,
    validate_user,
)
from tasktimer.config.actors import ActorResolver, User
from tasktimer.config.settings import Settings
from tasktimer.config.timezones import get_zone
from tasktimer.core.journal import JournalEntry
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.local_time import current_date, current_second, day_window
from tasktimer.core.report import Report, ReportQuery
from tasktimer.core.rounding import Rounding, validate_rounding
from tasktimer.core.store_info import Info
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.core.timesheet import Timesheet
from tasktimer.core.token import Access, Token, expiry_after
from tasktimer.errors import InvalidValue, StoreMissing
from tasktimer.services import backup as backup_service
from tasktimer.services import bulk, split_join
from tasktimer.services.export import ExportFormat
from tasktimer.services.export_files import ExportedFile, parse_path, write_file
from tasktimer.services.import_file import ImportedFile, ImportOptions
from tasktimer.services.imports import open_source
from tasktimer.services.protocol import Services, local_services
from tasktimer.services.start import NewTask
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import StoreHandle

if TYPE_CHECKING:  # imports sqlite3
    from tasktimer.store.sqlite.restore import Restored


def open_tracker(
    database: str | Path | None = None,
    *,
    user: User | None = None,
    tz: str | tzinfo | None = None,
    clock: Callable[[tzinfo], datetime] = datetime.now,
) -> "Tracker":
    """Return a tracker for a file or a PostgreSQL database; nothing is read or created yet.

    Defaults come from the environment, then the config file. The clock is called with a time zone and returns the
    current time in that zone; pass your own clock in tests. An invalid argument raises InvalidValue, and so does the
    first use of an invalid setting.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, open_tracker(f"{folder}/tasks.db", user=1) as tracker:
    ...     task = tracker.track("write docs", project="acme", tags=["docs"])
    ...     tracker.stop(task.id)[0].running
    False
    """
    settings = Settings(os.environ, to_database(database), source="database")
    return Tracker(settings, user=validate_user(user), zone=get_zone(tz) if isinstance(tz, str) else tz, clock=clock)


class Tracker:
    """A tracker of the tasks in one store. Each method runs one transaction, which is durable when the method returns.

    The `user` argument of a method, a user ID or "all", selects the tasks to read or change; the default is the user of
    the tracker. If the tracker has none, methods that need a single user act as the only user of the file, or as user 1
    of a new file. Errors are subclasses of `tasktimer.errors.TasktimerError` with a stable `code`; a method that
    raises an error has changed nothing.

    >>> from datetime import UTC, timedelta
    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> noon = datetime(2023, 7, 16, 12, 0, tzinfo=UTC)
    >>> tracker = open_tracker(f"{folder.name}/tasks.db", user=1, tz="Europe/Berlin", clock=noon.astimezone)
    >>> tracker.track("write docs", start_time=noon - timedelta(hours=3)).id
    1
    >>> str(tracker.times().worked), tracker.stop()[0].end_time == noon
    ('3:00:00', True)
    >>> [entry.name for entry in (*tracker.undo(), *tracker.redo(), *tracker.history())]
    ['stop', 'stop', 'track', 'stop', 'undo', 'redo']
    >>> tracker.close()
    >>> folder.cleanup()
    """

    def __init__(
        self, settings: Settings, *, user: User | None, zone: tzinfo | None, clock: Callable[[tzinfo], datetime]
    ) -> None:
        self._settings = settings
        self._user = user
        self._zone = zone
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone in which local days begin and end."""
        return self._settings.zone if self._zone is None else self._settings.apply_calendar(self._zone)

    @property
    def database(self) -> str:
        """The absolute path of the file, or the URL of the PostgreSQL database without the password."""
        database = self._settings.database
        return str(database.absolute()) if isinstance(database, Path) else self._store.name

    def now(self) -> datetime:
        """Return the current time, truncated to the second, in the tracker's time zone."""
        return current_second(self._clock, self.zone)

    def close(self) -> None:
        """Close the store if it is open."""
        if "_store" in vars(self):  # accessing self._store would open the store
            self._store.close()
            del self._store
            vars(self).pop("_services", None)

    # Start and stop

    def track(  # noqa: PLR0913 (the fields of a task)
        self,
        description: str,
        *,
        start_time: Time | None = None,
        end_time: Time | None = None,
        duration: timedelta | None = None,
        no_gap: bool = False,
        parallel: bool = False,
        unless_running: bool = False,
        adjust: bool = False,
        project: str | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        user: User | None = None,
    ) -> Task:
        """Start a task, now or in the past; with `end_time` or `duration`, record a finished task.

        A duration without a start counts back from the end, by default from now. With `no_gap`, the task starts when
        the user's most recent task ended. Other running tasks continue, unless the setting `exclusive` is true and
        `parallel` is not. With `unless_running`, change nothing and return the user's running task with this
        description, project and tags, if there is one.

        With `adjust`, the user's other tasks are cut or split where they overlap the new one, and deleted if it covers
        them completely. A running task covers all time after its start.
        """
        times = to_instant_or_none(start_time), to_instant_or_none(end_time), duration
        new_task = NewTask(description, project, tags, note, *times, no_gap=no_gap)
        if adjust:
            if parallel:
                raise InvalidValue(
                    "adjust-and-parallel", "adjust and parallel cannot be used together", "pass only one"
                )
            actor, now = self._actors(user).owner, self.now()
            return self._services.track_adjusting(
                actor, new_task, unless_running=unless_running, removable=None, now=now
            )[0]
        return self._services.track(
            self._actors(user).owner,
            new_task,
            exclusive=self._settings.exclusive and not parallel,
            unless_running=unless_running,
            now=self.now(),
        )[1]

    def stop(
        self,
        *ids: int,
        at: Time | None = None,
        all_running: bool = False,
        task_filter: Filter = NO_FILTER,
        user: User | None = None,
    ) -> list[Task]:
        """Stop tasks by ID; without IDs, stop the only running task or, with `all_running`, every running task.

        If any task cannot be stopped, none is. A filter requires `all_running`. Tasks selected by ID may belong to any
        user unless `user` is passed.
        """
        actors, now = self._actors(user), self.now()
        return self._services.stop(
            actors.actor_for_ids if ids else actors.actor,
            [validate_number(number) for number in ids],
            all_running=all_running,
            task_filter=None if task_filter == NO_FILTER else to_filter(task_filter, now),
            end_time=to_instant_or_none(at),
            now=now,
        )

    def switch(
        self,
        description: str,
        *,
        at: Time | None = None,
        project: str | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        user: User | None = None,
    ) -> tuple[list[Task], Task]:
        """Start a task, and stop the user's running tasks at its start; return the stopped tasks and the new one."""
        new_task = NewTask(description, project, tags, note, to_instant_or_none(at))
        return self._services.switch(self._actors(user).owner, new_task, now=self.now())

    def switch_back(self, *, at: Time | None = None, user: User | None = None) -> tuple[list[Task], Task]:
        """Like `switch`, but start a task with the details of the user's most recently finished task."""
        start_time, actor = to_instant_or_none(at), self._actors(user).owner
        return self._services.switch_back(actor, start_time=start_time, now=self.now())

    def resume(
        self, task_id: int | None = None, *, at: Time | None = None, parallel: bool = False, user: User | None = None
    ) -> Task:
        """Start a task with the details of an earlier one, by default the user's most recently finished task.

        If the setting `exclusive` is true and `parallel` is not, this stops the user's running tasks.
        """
        number = None if task_id is None else validate_number(task_id)
        start_time, actor = to_instant_or_none(at), self._actors(user).owner
        if self._settings.exclusive and not parallel:
            now = self.now()
            return self._services.switch_back(actor, number, start_time=start_time, name="resume", now=now)[1]
        return self._services.resume(actor, number, start_time=start_time, now=self.now())

    def cancel(self, *ids: int, user: User | None = None) -> list[Task]:
        """Delete running tasks by ID, or the only running task; if any task cannot be deleted, none is."""
        actors, numbers = self._actors(user), [validate_number(number) for number in ids]
        actor = actors.actor_for_ids if numbers else actors.actor
        return self._services.cancel(actor, numbers, now=self.now())

    # Change

    def edit(
        self, *ids: int, adjust: bool = False, user: User | None = None, **changes: Unpack[EditFields]
    ) -> list[Task]:
        """Change fields of tasks selected by ID, and return the tasks; if any task cannot be changed, none is.

        With `adjust`, other tasks that overlap the edited ones are adjusted as by `track`, even if no fields change.
        """
        numbers, actor = validate_ids(ids), self._actors(user).actor_for_ids
        edit = to_edit_fields("edit", changes, is_optional=adjust)
        if adjust:
            pairs = self._services.edit_adjusting(actor, numbers, edit, removable=None, now=self.now())[0]
        else:
            pairs = self._services.edit(actor, numbers, edit, now=self.now())
        return [after for _, after in pairs]

    def edit_all(
        self,
        task_filter: Filter = NO_FILTER,
        *,
        date_range: str | None = None,
        between: Bounds | None = None,
        all_tasks: bool = False,
        dry_run: bool = False,
        user: User | None = None,
        **changes: Unpack[EditFields],
    ) -> list[Task]:
        """Change the tasks that match a filter in a period, and return them; if any task cannot be changed, none is.

        With `dry_run`, only return the tasks as they would be after the change. To change every task, pass
        `all_tasks=True`.
        """
        edit = to_edit_fields("edit_all", changes)
        period: Period = {"date_range": date_range, "between": between}
        validate_selection(task_filter, period, all_tasks=all_tasks)
        tasks = self.list_tasks(task_filter, user=user, **period)
        selection = bulk.select_edited(tasks, edit, by_id=False, now=self.now())
        return self._apply("edit", selection, user, dry_run=dry_run)

    def move(self, task_id: int, at: Time, *, adjust: bool = False, user: User | None = None) -> Task:
        """Change a task's start and keep its duration; a running task keeps running. Return the changed task.

        With `adjust`, other tasks that overlap the moved one are adjusted as by `track`.
        """
        number, instant = validate_number(task_id), to_instant(at)
        if adjust:
            actor = self._actors(user).actor_for_ids
            return self._services.move_adjusting(actor, number, instant, removable=None, now=self.now())[0][1]
        return self._services.move(self._actors(user).actor_for_ids, number, instant, now=self.now())[1]

    def split(self, task_id: int, at: Time, *, user: User | None = None) -> tuple[Task, Task]:
        """Split a task at a time between its start and end, and return both parts; the first keeps the ID."""
        number, instant = validate_number(task_id), to_instant(at)
        return self._services.split(self._actors(user).actor_for_ids, number, instant, now=self.now())

    def join(
        self, first: int, second: int, *, max_gap: timedelta = split_join.NO_GAP, user: User | None = None
    ) -> Task:
        """Join two tasks that have the same user and description; the joined task keeps the lower ID.

        The joined task includes the gap between the two tasks, which must not exceed `max_gap`.
        """
        ids, actor = (validate_number(first), validate_number(second)), self._actors(user).actor_for_ids
        return self._services.join(actor, ids, max_gap=max_gap, now=self.now())[2]

    def delete(self, *ids: int, user: User | None = None) -> list[Task]:
        """Delete tasks by ID, and return them; if any task cannot be deleted, none is. `undo` restores the tasks."""
        return self._services.delete(self._actors(user).actor_for_ids, validate_ids(ids), now=self.now())

    def delete_all(
        self,
        task_filter: Filter = NO_FILTER,
        *,
        all_tasks: bool = False,
        dry_run: bool = False,
        user: User | None = None,
        **period: Unpack[Period],
    ) -> list[Task]:
        """Delete the tasks that match a filter in a period, and return them; with `dry_run`, only return them.

        To delete every task, pass `all_tasks=True`.
        """
        validate_selection(task_filter, period, all_tasks=all_tasks)
        tasks = self.list_tasks(task_filter, user=user, **period)
        return self._apply("delete", bulk.select_deleted(tasks), user, dry_run=dry_run)

    def rename_project(self, old: str, new: str, *, user: User | None = None) -> int:
        """Rename a project and its subprojects; return the number of changed tasks."""
        return self._services.rename_project(self._actors(user).actor, old, new, now=self.now()).changed

    def rename_tag(self, old: str, new: str, *, user: User | None = None) -> int:
        """Rename a tag; return the number of changed tasks."""
        return self._services.rename_tag(self._actors(user).actor, old, new, now=self.now()).changed

    # Read; a store that does not exist is treated as empty and is not created

    def times(self, day: date | None = None, *, task_filter: Filter = NO_FILTER, user: User | None = None) -> Timesheet:
        """Return the time spent on each task on a local day, by default today; running tasks count up to now."""
        now, actor = self.now(), self._actors(user).reader
        window = day_window(current_date(now) if day is None else validate_day(day), self.zone)
        return self._services.times(actor, window, to_filter(task_filter, now), now=now)

    def running_tasks(self, *, user: User | None = None) -> list[Task]:
        """Return the running tasks, sorted by start, then ID."""
        return self._services.running_tasks(self._actors(user).reader)

    def status(self, *, user: User | None = None) -> tuple[list[Task], Timesheet]:
        """Return the running tasks and today's timesheet, both from the same snapshot of the store."""
        now = self.now()
        day = day_window(current_date(now), self.zone)
        return self._services.status(self._actors(user).reader, day, now=now)

    def get_task(self, task_id: int, *, user: User | None = None) -> Task:
        """Return a task by ID; it may belong to any user unless `user` is passed."""
        return self._services.get_task(self._actors(user).reader_for_ids, validate_number(task_id))

    def list_tasks(
        self,
        task_filter: Filter = NO_FILTER,
        *,
        limit: int | None = None,
        user: User | None = None,
        **period: Unpack[Period],
    ) -> list[Task]:
        """Return the tasks that match a filter in a period (by default all time), sorted by start, then ID.

        A date range has the same format as for `tasktimer list`, such as "last week" or "2026-Q1". With a limit, return
        only the most recent tasks.
        """
        count = None if limit is None else validate_number(limit, noun="limit", code="invalid-limit")
        now, actor = self.now(), self._actors(user).reader
        window, chosen = to_window(now, **period), to_filter(task_filter, now)
        return self._services.list_tasks(actor, chosen, window=window, limit=count, now=now)

    def projects(
        self, task_filter: Filter = NO_FILTER, *, user: User | None = None, **period: Unpack[Period]
    ) -> list[LabelUsage]:
        """Return the projects of the tasks that match a filter in a period, and the time spent on each, sorted by name.

        The last one, with the name None, stands for the tasks without a project, if there are any.
        """
        now, actor = self.now(), self._actors(user).reader
        window = to_window(now, **period)
        return self._services.projects(actor, to_filter(task_filter, now), window=window, now=now).labels

    def tags(
        self, task_filter: Filter = NO_FILTER, *, user: User | None = None, **period: Unpack[Period]
    ) -> list[LabelUsage]:
        """Return the tags of the tasks that match a filter in a period, and the time spent on each, sorted by name.

        The last one, with the name None, stands for the tasks without tags, if there are any.
        """
        now, actor = self.now(), self._actors(user).reader
        window = to_window(now, **period)
        return self._services.tags(actor, to_filter(task_filter, now), window=window, now=now).labels

    def report(  # noqa: PLR0913 (the options of a report)
        self,
        by: str | Sequence[str] | None = None,
        task_filter: Filter = NO_FILTER,
        *,
        depth: int | None = None,
        elapsed: bool = False,
        fill: bool = False,
        rounding: Rounding | None = None,
        user: User | None = None,
        **period: Unpack[Period],
    ) -> Report:
        """Return the time spent in a period on the tasks that match a filter, by one or two keys such as "day,project".

        By default, group by project, or by day if the filter selects a project and `depth` is not given. `depth` is the
        number of levels of projects to show, `elapsed` counts the time shared by several tasks only once, and `fill`
        includes the hours, days or other parts of the period without tasks.
        """
        now, actor = self.now(), self._actors(user).reader
        window, chosen = to_window(now, **period), to_filter(task_filter, now)
        query = ReportQuery(
            to_keys(by, chosen, depth),
            None if depth is None else validate_number(depth, noun="depth", code="invalid-depth"),
            elapsed=elapsed,
            fill=fill,
            rounding=None if rounding is None else validate_rounding(rounding),
        )
        return self._services.report(actor, query, chosen, window=window, now=now)

    def export(  # noqa: PLR0913 (what to write, and how)
        self,
        format_name: str,
        path: str | os.PathLike[str],
        task_filter: Filter = NO_FILTER,
        *,
        overwrite: bool = False,
        flatten: bool = False,
        for_spreadsheets: bool = False,
        user: User | None = None,
        **period: Unpack[Period],
    ) -> ExportedFile:
        """Write the tasks that match a filter in a period (by default all time) to a new file, and return a summary.

        The formats are json, jsonl, csv, timewarrior, watson, klog, ics and org. The first three contain everything;
        for the others, `losses` counts the tasks that lost something. With `flatten`, tasks are cut where they overlap,
        because Timewarrior does not allow this. Only you can read the file; with `overwrite`, it may exist.
        """
        now, actor = self.now(), self._actors(user).reader
        chosen = ExportFormat(format_name, flatten, for_spreadsheets)
        window = to_window(now, **period)
        exported = self._services.export(actor, chosen, to_filter(task_filter, now), window=window, now=now)
        target = parse_path(path)
        write_file(target, exported, overwrite=overwrite)
        return ExportedFile(target, exported.tasks, dict(exported.losses))

    # Import

    def import_file(  # noqa: PLR0913 (how to read the file)
        self,
        path: str | os.PathLike[str],
        *,
        format_name: str | None = None,
        tz: str | tzinfo | None = None,
        day_first: bool | None = None,
        encoding: str | None = None,
        again: bool = False,
        dry_run: bool = False,
        user: User | None = None,
    ) -> ImportedFile:
        """Add the tasks of a file or folder of another time tracker; return what was added, and the rejected rows.

        A row that was imported before adds nothing; with `again`, it does if its task has been deleted since. By
        default, the content decides on the format and on the order of day and month, times without a UTC offset are in
        the tracker's time zone, and the tasks of a file of tasktimer keep their users. With `dry_run`, nothing is
        changed.
        """
        zone = get_zone(tz) if isinstance(tz, str) else tz or self.zone
        options = ImportOptions(zone, format_name, day_first, keep_users=user is None, again=again, dry_run=dry_run)
        source = open_source(Path(path), encoding=encoding)
        return self._services.import_file(self._actors(user).owner, source, options, now=self.now())

    # Undo

    def undo(self, count: int = 1, *, command: int | None = None, user: User | None = None) -> list[JournalEntry]:
        """Undo the user's `count` most recent commands, newest first, or only the command with the ID `command`.

        If any command cannot be undone, none is.
        """
        if command is None:
            return self._reverse(self._services.undo, count, user)
        if count != 1:
            raise InvalidValue("count-and-command", "count and command cannot be used together", "pass only one")
        number = validate_number(command, noun="command number", code="invalid-command")
        entry = self._services.undo_entry(self._actors(user).author_for_ids, number, now=self.now())
        return [self._with_changes(entry)]

    def redo(self, count: int = 1, *, user: User | None = None) -> list[JournalEntry]:
        """Redo the user's `count` most recently undone commands, newest first; if any cannot be redone, none is."""
        return self._reverse(self._services.redo, count, user)

    def history(self, task_id: int | None = None, *, limit: int = 20, user: User | None = None) -> list[JournalEntry]:
        """Return the `limit` most recent commands that changed a given task, or by default any task, oldest first."""
        number = None if task_id is None else validate_number(task_id)
        count = validate_number(limit, noun="limit", code="invalid-limit")
        entries = self._services.list_entries(self._actors(user).reader, number, limit=count)
        return [self._with_changes(entry) for entry in entries]

    def prune_history(self, before: Time, *, user: User | None = None) -> int:
        """Delete the history before a time; return the number of deleted commands, which can no longer be undone."""
        try:
            return self._services.prune_history(self._actors(user).reader, to_instant(before))
        except StoreMissing:  # there is no history to prune
            return 0

    # The store

    def info(self) -> Info:
        """Return the store's state, size and counts, without creating or upgrading the store."""
        return self._services.store_info()

    def backup(self, path: str | os.PathLike[str] | None = None) -> backup_service.Backup:
        """Copy the store to a new file or into a folder, and verify the copy; other processes can keep using the store.

        By default, a file is copied to its own folder, and a PostgreSQL database to the current directory.
        """
        target = None if path is None else os.fspath(path)
        return backup_service.back_up(self._settings.database, target, now=self.now())

    def restore(self, path: str | os.PathLike[str]) -> "Restored":
        """Verify a backup, then replace the content of the database file with it.

        Return the path of the previous content (`kept`), and the tokens that were revoked after the backup and are
        valid again (`revived`).
        """
        with backup_service.open_restore(self._settings.database, os.fspath(path)) as ready:
            return ready.carry_out(now=self.now())

    def upgrade(self) -> None:
        """Create the store, or upgrade its schema if it is outdated; a database file is first backed up."""
        self._store.upgrade()

    def create_token(
        self,
        *,
        name: str | None = None,
        expires_in: timedelta | None = None,
        admin: bool = False,
        access: Access | str = Access.WRITE,
        user: User | None = None,
    ) -> tuple[Token, str]:
        """Create a server token for a user; return the token and its secret, which is not stored.

        With `admin`, the token may act for all users. With `access="read"`, it changes nothing; with
        `access="reports"`, it changes nothing, but also reads reports on all users.

        Raises:
            ValueError: if the access is unknown.
        """
        now, actor = self.now(), self._actors(user).owner
        expiry_time = None if expires_in is None else expiry_after(expires_in, now)
        return self._services.create_token(
            actor, admin=admin, name=name, expiry_time=expiry_time, access=Access(access), now=now
        )

    def tokens(self, *, user: User | None = None) -> list[Token]:
        """Return the tokens, sorted by ID, including revoked and expired tokens, but without their secrets."""
        return self._services.list_tokens(self._actors(user).reader)

    def revoke_tokens(self, *ids: int) -> list[Token]:
        """Revoke tokens by ID, and return them; if any token cannot be revoked, none is."""
        return self._services.revoke_tokens(validate_ids(ids, noun="token"), now=self.now())

    @cached_property
    def _store(self) -> StoreHandle:
        return open_store(self._settings.database)

    @cached_property
    def _services(self) -> Services:
        return local_services(self._store)

    def _actors(self, user: User | None) -> ActorResolver:
        return ActorResolver(self._settings, validate_user(user), self._user, find_user=self._services.get_user_id)

    def _apply(self, name: str, selection: bulk.Selection, user: User | None, *, dry_run: bool) -> list[Task]:
        actor = self._actors(user).actor
        if not selection or dry_run:
            return list(self._services.previewed_tasks(selection))
        entry_id = self._services.apply_changes(actor, name, selection, now=self.now())
        return list(self._services.changed_tasks(entry_id, selection))

    def _reverse(self, service: Callable[..., list[JournalEntry]], count: int, user: User | None) -> list[JournalEntry]:
        number = validate_number(count, noun="number of commands", code="invalid-count")
        entries = service(self._actors(user).author, number, now=self.now())
        return [self._with_changes(entry) for entry in entries]

    def _with_changes(self, entry: JournalEntry) -> JournalEntry:
        return entry._replace(changes=tuple(self._services.changes_of(entry)), omitted_changes=0)
