"""Expressions evaluated in Python, for comparison with SQL, and random expressions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from tasktimer.core.expressions import And, Expression, Not, Or, Term
from tasktimer.core.task import Task
from tasktimer.core.task_filter import TaskFilter


def is_found(task: Task, task_filter: TaskFilter, now: datetime) -> bool:
    """Whether a filter finds a task."""
    return matches(task, And(task_filter.parts), now)


def matches(task: Task, expression: Expression, now: datetime) -> bool:
    """Whether an expression matches a task."""
    if isinstance(expression, And):
        return all(matches(task, part, now) for part in expression.parts)
    if isinstance(expression, Or):
        return any(matches(task, part, now) for part in expression.parts)
    if isinstance(expression, Not):
        return not matches(task, expression.part, now)
    return _is_true(task, expression, now)


def _is_true(task: Task, term: Term, now: datetime) -> bool:
    value: Any = term.value
    if term.key == "project":
        return is_below(task.project, value) if value else task.project is None
    if term.key in {"text", "description", "note"}:
        both = task.description if task.note is None else f"{task.description}\n{task.note}"
        texts = {"description": task.description, "note": task.note or "", "text": both}
        return folded(value) in folded(texts[term.key])
    length, end = task.interval(now).duration, task.end_time or now
    checks: dict[str, Callable[[], bool]] = {
        "tag": lambda: value in task.tags,
        "user": lambda: task.user_id == value,
        "id": lambda: task.id == value,
        "running": lambda: task.running,
        "untagged": lambda: not task.tags,
        "longer": lambda: length > value,
        "shorter": lambda: length < value,
        "from": lambda: task.start_time >= value or end > value,
        "to": lambda: task.start_time < value,
    }
    return checks[term.key]()


def is_below(project: str | None, level: str) -> bool:
    """Whether a project is that one, or one below it."""
    return project is not None and project.split("/")[: level.count("/") + 1] == level.split("/")


def folded(text: str) -> str:
    return normalize("NFC", text).casefold()


def terms(now: datetime) -> st.SearchStrategy[Expression]:
    """Terms that match some of the tasks of a test."""
    hours = st.integers(-2, 50).map(lambda number: now - timedelta(hours=number))
    values = {
        "project": st.sampled_from([None, "acme", "acme/web", "none", "other"]),
        "tag": st.sampled_from("abcd"),
        "user": st.integers(1, 3),
        "id": st.integers(1, 12),
        "longer": st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(hours=29)]),
        "shorter": st.sampled_from([timedelta(hours=1), timedelta(hours=31)]),
        "from": hours,
        "to": hours,
        **dict.fromkeys(
            ("text", "description", "note"), st.sampled_from(["WRIT", "x", "\u00e9", "%", "_", "!", "e\nx", "\n"])
        ),
    }
    states = st.sampled_from([Term("running"), Term("untagged")])
    return st.one_of(states, *(st.builds(Term, st.just(key), value) for key, value in values.items()))


def expressions(now: datetime) -> st.SearchStrategy[Expression]:
    """Trees of terms."""

    def combine(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return parts.map(Not) | several.map(And) | several.map(Or)

    return st.recursive(terms(now), combine, max_leaves=8)
