"""Looking at tasks."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from tasktimer.api.session import Session, Time, User, checked_count, checked_id, to_instant
from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.local_time import day_window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.timeparse.date_ranges import ALL_DAYS, parse_date_range
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue
from tasktimer.services import labels, queries

Found = TypeVar("Found")


class Looking(Session):
    """The methods that change nothing; they create no file either."""

    def times(
        self, day: date | None = None, *, task_filter: TaskFilter = NO_FILTER, user: User | None = None
    ) -> Timesheet:
        """What was worked on, on a day or today, cut at midnight of the zone, running tasks up to now.

        With a filter, of the tasks that it leaves.
        """
        now = self.now()
        if isinstance(day, datetime):  # which is a date to Python
            raise InvalidValue("invalid-date", f"{day!r} is a time, not a date", "give its date()")
        window = day_window(now.date() if day is None else day, self.zone)
        return queries.times(self._store, window, task_filter, user_id=self._whose(user), now=now)

    def running(self, *, user: User | None = None) -> list[Task]:
        """The running tasks, by start, then id."""
        return queries.running_tasks(self._store, user_id=self._whose(user))

    def status(self, *, user: User | None = None) -> tuple[list[Task], Timesheet]:
        """What runs, by start, then id, and what was worked on today, at one moment."""
        now = self.now()
        day = day_window(now.date(), self.zone)
        return queries.status(self._store, day, user_id=self._whose(user), now=now)

    def show(self, task_id: int, *, user: User | None = None) -> Task:
        """The task of an id; only a user who is named here restricts it.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
        """
        owner = self._owner_of_ids(user)
        return queries.get_task(self._store, checked_id(task_id), owner=owner)

    def find(
        self,
        task_filter: TaskFilter = NO_FILTER,
        *,
        span: str | None = None,
        between: tuple[Time, Time] | None = None,
        limit: int | None = None,
        user: User | None = None,
    ) -> list[Task]:
        """The tasks that a filter leaves, by start, then id: of all time, of a span of days, or between two times.

        A span is as `tasktimer list` reads it: `last week`, `2026-Q1`. With a limit, the last so many.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
        """
        most = None if limit is None else checked_count(limit, noun="limit", code="invalid-limit")
        return self._found(partial(queries.list_tasks, limit=most), task_filter, span, between, user=user)

    def projects(
        self,
        task_filter: TaskFilter = NO_FILTER,
        *,
        span: str | None = None,
        between: tuple[Time, Time] | None = None,
        user: User | None = None,
    ) -> list[LabelUsage]:
        """The projects of the tasks that a filter leaves, by name, with how much each was used by these.

        With a span or two times, as in `find`, of the tasks then, and how much of these lies in that time.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
        """
        return self._found(labels.projects, task_filter, span, between, user=user)

    def tags(
        self,
        task_filter: TaskFilter = NO_FILTER,
        *,
        span: str | None = None,
        between: tuple[Time, Time] | None = None,
        user: User | None = None,
    ) -> list[LabelUsage]:
        """The same of the tags.

        Raises:
            InvalidValue: a value cannot be one, or a time has no zone.
        """
        return self._found(labels.tags, task_filter, span, between, user=user)

    def _found(
        self,
        verb: Callable[..., list[Found]],
        task_filter: TaskFilter,
        span: str | None,
        between: tuple[Time, Time] | None,
        *,
        user: User | None,
    ) -> list[Found]:
        now = self.now()
        window = self._window(span, between, now)
        return verb(self._store, task_filter, window=window, user_id=self._whose(user), now=now)

    def _window(self, span: str | None, between: tuple[Time, Time] | None, now: datetime) -> Window | None:
        if span is not None and between is not None:
            raise InvalidValue("span-and-bounds", "span and between are both given", "give one of them")
        if span is not None:
            days = parse_date_range(span, now.date())
            return None if days == ALL_DAYS else days.window(self.zone)
        if between is None:
            return None
        start, end = (to_instant(bound) for bound in between)
        if end <= start:
            raise InvalidValue("to-before-from", f"{end} does not lie after {start}", "give the earlier time first")
        return Window(start, end)
