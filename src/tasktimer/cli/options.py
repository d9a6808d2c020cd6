"""Flags that several commands share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from tasktimer.cli.completion import complete_project, complete_running, complete_tag, complete_time, complete_word
from tasktimer.core.timespec import parse_when
from tasktimer.errors import InTheFuture

OneUser = Annotated[
    str | None,
    typer.Option(
        "--user", metavar="N", help="The user, an integer from 1 (default: TASKTIMER_USER, else 1).", show_default=False
    ),
]
AnyUser = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="N|all",
        help="The user, or all (default: TASKTIMER_USER, else all).",
        show_default=False,
    ),
]
Description = Annotated[
    list[str],
    typer.Argument(
        metavar="DESCRIPTION...", help="What it is; several words need no quotes.", autocompletion=complete_word
    ),
]
Project = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        metavar="NAME",
        help="Its project, such as acme or acme/website.",
        autocompletion=complete_project,
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        "-t",
        metavar="TAG",
        help="A tag; may be repeated. +TAG among the words is the same.",
        autocompletion=complete_tag,
    ),
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A note about it.")]
Zone = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help="Whose days: a name such as Europe/Berlin.  (default: here)"),
]
StartTime = Annotated[
    str | None,
    typer.Option("--at", metavar="WHEN", help="When it started.  (default: now)", autocompletion=complete_time),
]
RunningIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID...]",
        help="The tasks.  (default: the one that runs)",
        show_default=False,
        autocompletion=complete_running,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]


def split_words(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Part the words of a description from those that are tags.

    Raises:
        InvalidValue: a tag cannot be one.
    """
    if not any(word.startswith("+") for word in words[1:]):
        return " ".join(words), ()
    from tasktimer.core.labels import split_tags  # most tasks have none

    return split_tags(words)


def read_when(text: str, now: datetime, word: str) -> datetime:
    """Read the start or the end (`word`) that somebody typed.

    Raises:
        InvalidValue: it cannot be read.
        InTheFuture: it is a time of today that lies ahead; yesterday's may be meant.
    """
    return check_ahead(parse_when(text, now), now, word)


def check_ahead(instant: datetime, now: datetime, word: str) -> datetime:
    """The same start or end, unless it is refused.

    Raises:
        InTheFuture: it is a time of today that lies ahead; yesterday's may be meant.
    """
    local = instant.astimezone(now.tzinfo)
    if instant > now and local.date() == now.date():
        raise InTheFuture(word, local, now, f"did you mean 'yesterday {local:%H:%M}'?")
    return instant
