"""Sentences about possible mistakes in the times of tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tasktimer.core.local_time import current_date, local_date
from tasktimer.core.task import Task
from tasktimer.output.formatting import MOST_IDS, format_length, format_span, truncate

MOST_NAMES = 3


def format_overlaps(task: Task, others: Sequence[Task], now: datetime) -> str:
    """Return a sentence about the first tasks that overlap a task; times are in the time zone of `now`."""
    return f"task {task.id} overlaps {_listed(others, now, 'others')}"


def format_many_overlaps(tasks: Sequence[Task]) -> str:
    """Return a sentence about several tasks that overlap others."""
    return f"{len(tasks):,} tasks overlap others: {list_ids(tasks, len(tasks))}"


def format_also_running(tasks: Sequence[Task], now: datetime) -> str:
    """Return a sentence about other running tasks; times are in the time zone of `now`."""
    return f"{_listed(tasks, now)} {'are' if tasks[1:] else 'is'} also running"


def format_same_running(task: Task, now: datetime) -> str:
    """Return a sentence about a running task with the details of a new one; times are in the time zone of `now`."""
    return f"the same task, {task.id}, is already running ({format_span(task, now)})"


def format_long_tasks(tasks: Sequence[Task], count: int, length: timedelta, now: datetime) -> str:
    """Return a sentence about `count` tasks longer than `length`; `tasks` contains only the first few of them."""
    more = f"more than {length // timedelta(hours=1)} hours"
    if count == 1:
        return f"task {tasks[0].id} now lasts {format_length(tasks[0], now)}, {more}"
    return f"{count:,} tasks now last {more} each: {list_ids(tasks, count)}"


def format_long_running(tasks: Sequence[Task], length: timedelta, now: datetime) -> str:
    """Return a sentence about tasks that have been running for longer than `length`."""
    more = f"more than {length // timedelta(hours=1)} hours"
    if len(tasks) > 1:
        return f"{len(tasks):,} tasks have been running for {more} each: {list_ids(tasks, len(tasks))}"
    return f"task {tasks[0].id} has been running for {format_length(tasks[0], now)}, {more}"


def format_old_starts(tasks: Sequence[Task], now: datetime) -> str:
    """Return a sentence about tasks that started long ago; dates are in the time zone of `now`."""
    first = local_date(tasks[0].start_time, now.tzinfo or UTC)
    if len(tasks) > 1:
        return f"{len(tasks):,} tasks started more than half a year ago: {list_ids(tasks, len(tasks))}"
    return f"task {tasks[0].id} started {(current_date(now) - first).days} days ago, on {first}"


def list_ids(tasks: Sequence[Task], count: int) -> str:
    """Return the IDs of the first tasks, and the number of others, if any; `count` is the total number."""
    ids = " ".join(str(task.id) for task in tasks[:MOST_IDS])
    return f"{ids} and {count - MOST_IDS:,} more" if count > MOST_IDS else ids


def _listed(tasks: Sequence[Task], now: datetime, more: str | None = None) -> str:
    """Return a phrase with the first tasks' IDs, descriptions and times, then `more` or the number of other tasks."""
    names = [f"task {task.id} ({truncate(task.description)}, {format_span(task, now)})" for task in tasks[:MOST_NAMES]]
    if len(tasks) > MOST_NAMES:
        names.append(more or f"{len(tasks) - MOST_NAMES} more")
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
