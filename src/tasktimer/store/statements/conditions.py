"""The SQL conditions of a task filter, with its values as parameters."""

from collections.abc import Collection
from datetime import datetime

from tasktimer.core.expressions import And, Expression, Not, Or, Term
from tasktimer.core.task import MAX_DESCRIPTION_LENGTH
from tasktimer.core.task_filter import NO_PROJECT, TaskFilter
from tasktimer.core.text import search_key
from tasktimer.store.statements.task_queries import LENGTH, MICROSECOND, to_microseconds

Values = dict[str, int | str | None]
LEADING = frozenset({"project", "tag"})  # keys with an index that a statement can start from
_NEWLINES = "\n" * (MAX_DESCRIPTION_LENGTH + 1)

# "0" follows "/" in ASCII, so the names with the prefix "acme/" are those from "acme/" up to "acme0" (exclusive).
_PROJECT = "({column} = :{{name}} OR ({column} >= :{{name}}_first AND {column} < :{{name}}_end))"
_FOLDED = "COALESCE(folded, description)"
_TEXT = f"{_FOLDED} LIKE :{{name}} ESCAPE '!'"


def _newlines(text: str, replacement: str) -> str:
    """Return an SQL expression that repeats `replacement` once for each newline in `text`; both are SQL expressions."""
    return f"REPLACE(SUBSTR(:newlines, 1, LENGTH({text}) - LENGTH(REPLACE({text}, '\n', ''))), '\n', {replacement})"


_NEWLINES_BEFORE_NOTE = _newlines("(description || '\n')", "'%\n'")
_NEWLINES_AFTER_DESCRIPTION = _newlines("COALESCE(note || '\n', '')", "'\n%'")

# Conditions for the term chosen by `find_lead`, in a form that uses its index.
_LEADING = {
    "project": _PROJECT.format(column="project"),
    "tag": "tasks.id IN (SELECT task_id FROM task_tags WHERE tag = :{name})",
    "tag_of_user": "tasks.id IN (SELECT task_id FROM task_tags WHERE user_id = :user_id AND tag = :{name})",
}

# `folded` is the description, a newline and the note, so text is in the note if all newlines of the description and one
# more precede it, and in the description if all newlines of the note and one more follow it. A plain search, which is
# faster, comes first. No condition is ever NULL, so that NOT matches all other tasks.
_CONDITIONS = {
    # COALESCE rules out the index on projects: without statistics, a planner might read a whole project for one day.
    "project": _PROJECT.format(column="COALESCE(project, '')"),
    "tag": "EXISTS (SELECT 1 FROM task_tags WHERE task_id = tasks.id AND tag = :{name})",
    "user": "tasks.user_id = :{name}",
    "id": "tasks.id = :{name}",
    "running": "end_time IS NULL",
    "untagged": "tags IS NULL",
    "longer": f"({LENGTH}) > :{{name}}",
    "shorter": f"({LENGTH}) < :{{name}}",
    "from": "(start_time >= :{name} OR COALESCE(end_time, CAST(:now AS BIGINT)) > :{name})",
    "to": "start_time < :{name}",
    "text": _TEXT,
    "description": f"({_TEXT} AND {_FOLDED} LIKE :{{name}} || {_NEWLINES_AFTER_DESCRIPTION} ESCAPE '!')",
    "note": f"({_TEXT} AND {_FOLDED} LIKE {_NEWLINES_BEFORE_NOTE} || :{{name}} ESCAPE '!')",
}


def conditions_of(
    task_filter: TaskFilter, now: datetime, *, lead: Term | None, of_user: bool
) -> tuple[list[str], Values]:
    """Return a filter's SQL conditions on `tasks`, and their parameters; assume that running tasks end at `now`.

    `lead` is the term whose index is used, if any; `of_user` restricts the index of a tag to `:user_id`.
    """
    writer = _Writer(now)
    conditions = [
        writer.lead(part, of_user=of_user) if part is lead else writer.group(part, Or) for part in task_filter.parts
    ]
    return conditions, writer.values


def find_lead(task_filter: TaskFilter, leading: Collection[str]) -> Term | None:
    """Return the term whose index selects the fewest tasks, or None if another index is likely to select fewer."""
    terms = [part for part in task_filter.parts if isinstance(part, Term)]
    if any(term.key in {"id", "running"} for term in terms):
        return None
    keys = [key for key in ("project", "tag") if key in leading]
    return next((term for key in keys for term in terms if term.key == key and term.value is not None), None)


class _Writer:
    """A writer of SQL conditions that collects their parameters in `values`."""

    def __init__(self, now: datetime) -> None:
        self.values: Values = {"now": to_microseconds(now)}

    def lead(self, term: Term, *, of_user: bool) -> str:
        """Return the condition for a term, in a form that uses its index."""
        return _LEADING["tag_of_user" if of_user and term.key == "tag" else term.key].format(name=self._name(term))

    def group(self, expression: Expression, *looser: type[Expression]) -> str:
        """Return the condition for an expression, in parentheses if the expression is of one of the `looser` types."""
        condition = self._write(expression)
        return f"({condition})" if isinstance(expression, looser) else condition

    def _write(self, expression: Expression) -> str:
        if isinstance(expression, Not):
            return f"NOT {self.group(expression.part, And, Or)}"
        if isinstance(expression, Term):
            return self._term(expression)
        # SQLite before 3.46 limits the depth of its parser's stack, so the deepest part comes first.
        parts = sorted(expression.parts, key=_depth, reverse=True)
        if isinstance(expression, Or):
            return " OR ".join(self.group(part) for part in parts)
        return " AND ".join(self.group(part, Or) for part in parts)

    def _term(self, term: Term) -> str:
        condition = "project IS NULL" if term == NO_PROJECT else _CONDITIONS[term.key]
        return condition.format(name=self._name(term)) if "{name}" in condition else condition

    def _name(self, term: Term) -> str:
        """Return the name of a new parameter for the value of a term."""
        name = f"{term.key}_{len(self.values)}"
        if term.key in {"text", "description", "note"}:
            self.values |= {name: f"%{_escape_like(search_key(term.value))}%", "newlines": _NEWLINES}
        elif term.key in {"longer", "shorter"}:
            self.values[name] = term.value // MICROSECOND
        elif term.key in {"from", "to"}:
            self.values[name] = to_microseconds(term.value)
        else:
            self.values[name] = term.value
            if term.key == "project":
                self.values |= {f"{name}_first": f"{term.value}/", f"{name}_end": f"{term.value}0"}
        return name


def _depth(expression: Expression) -> int:
    if isinstance(expression, Term):
        return 1
    return 1 + max(map(_depth, (expression.part,) if isinstance(expression, Not) else expression.parts))


def _escape_like(text: str) -> str:
    for character in "!%_":  # starts with the escape character, so that it is not escaped twice
        text = text.replace(character, f"!{character}")
    return text
