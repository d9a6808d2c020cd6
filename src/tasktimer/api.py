"""The tracker for Python scripts: what the commands do, as methods of the same names."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tasktimer import users
from tasktimer.core.calendar import check_day, local_day
from tasktimer.core.journal import Command
from tasktimer.core.task import Task, parse_id, parse_positive, parse_user_id
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue, StoreMissing
from tasktimer.settings import EVERY_USER, Settings
from tasktimer.store import OwnedStore, open_store
from tasktimer.tracker import looking, tracking, undoing
from tasktimer.zone import get_zone

User = int | Literal["all"]


def open_tracker(
    database: str | Path | None = None,
    *,
    user: User | None = None,
    tz: str | tzinfo | None = None,
    clock: Callable[[tzinfo], datetime] = datetime.now,
) -> "Tracker":
    """A tracker on a file's path or a PostgreSQL URL; nothing is read or created yet.

    What is not given is as for the commands: of the environment, else of the config file, else the default. The clock
    gives the present moment in a zone; a test passes its own.

    Raises:
        InvalidValue: the user or the zone cannot be one. What is wrong with a setting is told when it is used.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, open_tracker(f"{folder}/tasks.db", user=1) as tracker:
    ...     task = tracker.track("write docs", project="acme", tags=["docs"])
    ...     tracker.stop(task.id)[0].running
    False
    """
    settings = Settings(os.environ, None if database is None else str(database), said_by="database")
    return Tracker(settings, user=_checked_user(user), zone=get_zone(tz) if isinstance(tz, str) else tz, clock=clock)


class Tracker:
    """The verbs on one store. Each is a transaction of its own: done, and on the disk, when it returns.

    A method's `user` is the one whose tasks are meant, or "all"; without it, it is the tracker's. Every refusal is a
    `tasktimer.errors.TasktimerError` with a stable `code`, and has changed nothing.

    >>> from datetime import timedelta
    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> noon = datetime(2023, 7, 16, 12, 0, tzinfo=UTC)
    >>> tracker = open_tracker(f"{folder.name}/tasks.db", user=1, tz="Europe/Berlin", clock=noon.astimezone)
    >>> tracker.track("write docs", at=noon - timedelta(hours=3)).id
    1
    >>> [task.description for task in tracker.running()]
    ['write docs']
    >>> str(tracker.times().worked)
    '3:00:00'
    >>> tracker.stop()[0].end_time == noon
    True
    >>> [command.name for command in tracker.undo()]
    ['stop']
    >>> tracker.show(1).running
    True
    >>> [command.name for command in tracker.redo()]
    ['stop']
    >>> [command.name for command in tracker.history()]
    ['track', 'stop', 'undo', 'redo']
    >>> tracker.close()
    >>> folder.cleanup()
    """

    def __init__(
        self, settings: Settings, *, user: User | None, zone: tzinfo | None, clock: Callable[[tzinfo], datetime]
    ) -> None:
        """Take what `open_tracker` was given."""
        self._settings = settings
        self._user = user
        self._zone = zone
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def zone(self) -> tzinfo:
        """The zone in which days are cut."""
        return self._zone or self._settings.zone

    def now(self) -> datetime:
        """The present moment, in that zone."""
        return self._clock(self.zone)

    def close(self) -> None:
        """Let go of the store, if it was used."""
        if "_store" in vars(self):
            self._store.close()
            del self._store

    def track(  # noqa: PLR0913 (what a task has)
        self,
        description: str,
        *,
        at: datetime | None = None,
        until: datetime | None = None,
        project: str | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        user: User | None = None,
    ) -> Task:
        """Start a task, now or at a time that is past; with `until`, record a finished one. Others go on running.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
            Conflict: the start or the end lies after now, or the end before the start.
        """
        now = self.now()
        if at is None and until is not None:
            raise InvalidValue("until-without-at", "until needs at", "say when it started")
        owner = users.owner(self._settings, self._said(user))
        return tracking.track(
            self._store,
            user_id=owner,
            description=description,
            start_time=now if at is None else _instant(at),
            end_time=None if until is None else _instant(until),
            project=project,
            tags=tags,
            note=note,
            by=owner,
            now=now,
        )

    def stop(self, *ids: int, at: datetime | None = None, every: bool = False, user: User | None = None) -> list[Task]:
        """End these tasks, all or none, or without ids the one that runs, or with `every` all that run.

        Only a user who is named here restricts ids.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
            TaskNotFound, TaskOfOtherUser, NothingRunning: there is no such task.
            Conflict: it has an end, or the one asked for lies after now or before its start, or several run.
        """
        numbers = [_checked_id(number) for number in ids]
        if numbers and every:
            raise InvalidValue("ids-and-all", "ids and every are both given", "give one or the other")
        end_time = None if at is None else _instant(at)
        whose, by = self._whose(user), users.author(self._settings, self._said(user))
        if numbers:
            owner = None if user is None else whose
            return tracking.stop(self._store, numbers, end_time=end_time, owner=owner, by=by, now=self.now())
        return tracking.stop_running(self._store, user_id=whose, end_time=end_time, every=every, by=by, now=self.now())

    def times(self, day: date | None = None, *, user: User | None = None) -> Timesheet:
        """What was worked on, on a day or today, cut at midnight of the zone, running tasks up to now."""
        now = self.now()
        if isinstance(day, datetime):
            raise InvalidValue("invalid-date", f"{day!r} is a time, not a date", "give its date()")
        window = local_day(now.date() if day is None else day, self.zone)
        try:
            return looking.times(self._store, window, user_id=self._whose(user), now=now)
        except StoreMissing:
            return Timesheet(window, ())

    def running(self, *, user: User | None = None) -> list[Task]:
        """The running tasks, by start, then id."""
        try:
            return looking.running(self._store, user_id=self._whose(user))
        except StoreMissing:
            return []

    def show(self, task_id: int, *, user: User | None = None) -> Task:
        """The task of an id; only a user who is named here restricts it.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
        """
        owner = None if user is None else self._whose(user)
        return looking.show(self._store, _checked_id(task_id), owner=owner)

    def undo(self, count: int = 1, *, user: User | None = None) -> list[Command]:
        """Take back the user's last commands, the last one first; all of them or none.

        Raises:
            Conflict: there are fewer, or a task has changed since.
        """
        return self._reverse(undoing.undo, count, user)

    def redo(self, count: int = 1, *, user: User | None = None) -> list[Command]:
        """Do again what the user took back, what was taken back last first; all or nothing.

        Raises:
            Conflict: less was taken back, another command came since, or a task has changed since.
        """
        return self._reverse(undoing.redo, count, user)

    def history(self, task_id: int | None = None, *, limit: int = 20, user: User | None = None) -> list[Command]:
        """The last commands that changed tasks, or those about one task; the last one last.

        Raises:
            TaskNotFound: there is no such task, and never was since the journal began.
        """
        number = None if task_id is None else _checked_id(task_id)
        most = _checked_count(limit, noun="limit", code="invalid-limit")
        try:
            return undoing.past(self._store, user_id=self._whose(user), task_id=number, limit=most)
        except StoreMissing:
            return []

    @cached_property
    def _store(self) -> OwnedStore:
        return open_store(self._settings.database)

    def _said(self, user: User | None) -> User | None:
        return self._user if user is None else _checked_user(user)

    def _whose(self, user: User | None) -> int | None:
        return users.whose(self._settings, self._said(user))

    def _reverse(self, verb: Callable[..., list[Command]], count: int, user: User | None) -> list[Command]:
        number = _checked_count(count, noun="number of commands", code="invalid-count")
        by = users.owner(self._settings, self._said(user))
        return verb(self._store, by=by, count=number, now=self.now())


def _instant(value: datetime) -> datetime:
    """A time that is given, in UTC.

    Raises:
        InvalidValue: it has no zone, or is out of range.
    """
    if value.utcoffset() is None:
        raise InvalidValue(
            "naive-time", f"the time {value} has no zone", "give it a tzinfo, or take the machine's: .astimezone()"
        )
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {value} is out of range") from None
    check_day(instant.date())
    return instant


def _checked_id(number: int) -> int:
    return parse_id(str(number))


def _checked_count(number: int, *, noun: str, code: str) -> int:
    return parse_positive(str(number), noun=noun, code=code)


def _checked_user(user: User | None) -> User | None:
    return user if user is None or user == EVERY_USER else parse_user_id(str(user))
