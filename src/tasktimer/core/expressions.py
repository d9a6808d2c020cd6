"""Expressions that select tasks: terms combined with And, Or and Not."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple


class Term(NamedTuple):
    """A condition on one property of a task, such as its project."""

    key: str
    value: Any = None


class And(NamedTuple):
    """An expression that selects the tasks matching all parts."""

    parts: tuple["Expression", ...]


class Or(NamedTuple):
    """An expression that selects the tasks matching at least one part."""

    parts: tuple["Expression", ...]


class Not(NamedTuple):
    """An expression that selects the tasks not matching the part."""

    part: "Expression"


Expression = Term | And | Or | Not


def iterate_terms(expression: Expression) -> Iterator[Term]:
    """Yield the terms of an expression, from left to right."""
    if isinstance(expression, Term):
        yield expression
        return
    for part in (expression.part,) if isinstance(expression, Not) else expression.parts:
        yield from iterate_terms(part)


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """Split an expression into parts; a task matches the expression if it matches every part.

    >>> conjuncts(And((Term("running"), And((Term("id", 7), Term("user", 1))))))
    (Term(key='running', value=None), Term(key='id', value=7), Term(key='user', value=1))
    """
    if not isinstance(expression, And):
        return (expression,)
    return tuple(conjunct for part in expression.parts for conjunct in conjuncts(part))


def format_term(key: str, text: str) -> str:
    """Return a term as it would be typed, quoting its text if necessary.

    >>> print(format_term("project", "acme"), format_term("project", "big client"), format_term("project", "none"))
    project:acme project:"big client" project:"none"
    """
    if re.fullmatch(r"""[^\s()"'\\]+""", text) and text.lower() != "none":
        return f"{key}:{text}"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key}:"{escaped}"'
