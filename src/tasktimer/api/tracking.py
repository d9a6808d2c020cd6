"""Starting and ending tasks."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from tasktimer.api.session import Session, Time, User, checked_id, to_instant
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.errors import InvalidValue
from tasktimer.services import start
from tasktimer.services import stop as stop_service
from tasktimer.services import switch as switch_service


class Tracking(Session):
    """The methods that start and end tasks."""

    def track(  # noqa: PLR0913 (what a task has)
        self,
        description: str,
        *,
        at: Time | None = None,
        until: Time | None = None,
        duration: timedelta | None = None,
        no_gap: bool = False,
        project: str | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        user: User | None = None,
    ) -> Task:
        """Start a task, now or at a time that is past; with `until` or `duration`, record a finished one.

        A duration without a start ends then, or now; with `no_gap` it starts where the user's last one ended. Others go
        on running.

        Raises:
            InvalidValue: a value cannot be one, they contradict each other, or a time has no zone.
            NotFound: no task of the user has ended.
            Conflict: the start or the end lies after now, or the end before the start.
        """
        start.validate_time_options(_named, at=at, until=until, length=duration, no_gap=no_gap)
        now, owner = self.now(), self._owner(user)
        start_time = None if at is None else to_instant(at)
        end_time = None if until is None else to_instant(until)
        if no_gap:
            verb: Callable[..., Task] = partial(switch_service.track_without_gap, end_time=end_time, duration=duration)
        else:
            start_time, end_time = start.resolve_times(start_time, end_time, duration, now)
            verb = partial(start.track, start_time=start_time, end_time=end_time)
        return verb(
            self._store,
            user_id=owner,
            description=description,
            project=project,
            tags=tags,
            note=note,
            by=owner,
            now=now,
        )

    def stop(
        self,
        *ids: int,
        at: Time | None = None,
        all_running: bool = False,
        task_filter: TaskFilter = NO_FILTER,
        user: User | None = None,
    ) -> list[Task]:
        """End these tasks, all or none, or without ids the one that runs, or with `all_running` all that run.

        Only a user who is named here restricts ids. A filter says which of all that run are meant.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
            TaskNotFound, TaskOfOtherUser, NothingRunning: there is no such task.
            ClockBeforeStart: it cannot end now, because the clock was set back to before its start.
            Conflict: it has an end, or the one asked for lies after now or before its start, or several run.
        """
        numbers = [checked_id(number) for number in ids]
        if numbers and all_running:
            raise InvalidValue("ids-and-all", "ids and all_running are both given", "give one or the other")
        if task_filter != NO_FILTER and not all_running:
            raise InvalidValue("filter-without-all", "a task filter needs all_running", "give all_running=True with it")
        end_time = None if at is None else to_instant(at)
        whose, by = self._whose(user), self._author(user)
        if numbers:
            owner = self._owner_of_ids(user)
            return stop_service.stop(self._store, numbers, end_time=end_time, owner=owner, by=by, now=self.now())
        return stop_service.stop_running(
            self._store,
            user_id=whose,
            end_time=end_time,
            all_running=all_running,
            task_filter=task_filter,
            by=by,
            now=self.now(),
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
        """End all running tasks of the user and start another one at the same instant; gives those, and this.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
            ClockBeforeStart: a task cannot end now, because the clock was set back to before its start.
            Conflict: the instant lies after now, or before the start of a running task.
        """
        owner = self._owner(user)
        return switch_service.switch(
            self._store,
            user_id=owner,
            description=description,
            start_time=None if at is None else to_instant(at),
            project=project,
            tags=tags,
            note=note,
            by=owner,
            now=self.now(),
        )

    def resume(self, task_id: int | None = None, *, at: Time | None = None, user: User | None = None) -> Task:
        """Start a task like another one, or like the one of the user that ended last.

        Raises:
            NotFound: there is no such task.
            Conflict: it is running, or the start lies after now.
        """
        number = None if task_id is None else checked_id(task_id)
        start_time = None if at is None else to_instant(at)
        owner = self._owner(user)
        return switch_service.resume(
            self._store, number, user_id=owner, start_time=start_time, by=owner, now=self.now()
        )

    def cancel(self, *ids: int, user: User | None = None) -> list[Task]:
        """Delete these running tasks, all or none, or without ids the one that runs.

        Raises:
            TaskNotFound, TaskOfOtherUser, NothingRunning: there is no such task.
            Conflict: it has an end, or several run.
        """
        numbers = [checked_id(number) for number in ids]
        whose, by = self._whose(user), self._author(user)
        if numbers:
            return stop_service.cancel(self._store, numbers, owner=self._owner_of_ids(user), by=by, now=self.now())
        return stop_service.cancel_running(self._store, user_id=whose, by=by, now=self.now())


def _named(flag: str) -> str:
    """What a flag of the command is called here."""
    return "duration" if flag == "for" else flag.replace("-", "_")
