"""Hints for `edit --project` and `edit --tag`, which selected tasks in earlier versions and now change them."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from tasktimer.core.expressions import format_term

_CHANGES = frozenset(
    {"start", "end", "length", "description", "project", "no_project", "tags", "remove_tags", "note", "no_note"}
)


def selection_hint(ctx: typer.Context) -> str | None:
    """Return a hint to use --where instead of --project and --tag.

    Return None if neither option is given, if IDs are given, or if no other changes are given.
    """
    given = ctx.params
    if not _nouns(given):
        return None
    words = given["words"] or ()
    has_ids = any(not word.startswith("+") for word in words)
    if has_ids or not (words or any(given[name] for name in _CHANGES)):
        return None
    terms = [format_term("project", given["long_project"])] if given["long_project"] else []
    terms += [format_term("tag", tag.removeprefix("+")) for tag in given["long_tags"] or ()]
    where = [f"({given['only_where']})"] if given["only_where"] else []
    line = _line(ctx, {**given, "long_project": None, "long_tags": None, "only_where": " ".join([*where, *terms])})
    return f"to select tasks by {_nouns(given)}, run: {line}"


def question_hint(ctx: typer.Context) -> str | None:
    """Return a hint with a command that does not ask for confirmation, followed by that of `selection_hint`, if any.

    Return None if neither --project nor --tag is given.
    """
    given = ctx.params
    if not _nouns(given):
        return None
    tags = [*(given["tags"] or ()), *(given["long_tags"] or ())]
    project = given["long_project"] or given["project"]
    line = _line(ctx, {**given, "project": project, "tags": tags, "long_project": None, "long_tags": None, "yes": True})
    select = selection_hint(ctx)
    return f"to set the {_nouns(given)} without confirmation, run: {line}" + (f"; {select}" if select else "")


def _nouns(given: Mapping[str, Any]) -> str:
    return " and ".join(["project"] * bool(given["long_project"]) + ["tag"] * bool(given["long_tags"]))


def _line(ctx: typer.Context, values: Mapping[str, Any]) -> str:
    """Return the `edit` command with these values of its parameters, quoted for a shell."""
    return shlex.join(["tasktimer", "edit", *_words(ctx, values)])


def _words(ctx: typer.Context, values: Mapping[str, Any]) -> Iterator[str]:
    for parameter in ctx.command.params:
        value = values.get(parameter.name or "")
        if parameter.param_type_name == "argument":
            yield from value or ()
        elif value is True:
            yield parameter.opts[0]
        elif value:
            for one in [value] if isinstance(value, str) else value:
                yield from (parameter.opts[0], one)
