"""Options that several commands share."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from tasktimer.cli.completion import complete

OneUser = Annotated[
    str | None,
    typer.Option(
        "--user", metavar="N", help="User, a number from 1.  (default: TASKTIMER_USER, else 1)", show_default=False
    ),
]
AnyUser = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="N|all",
        help="User, or all users.  (default: TASKTIMER_USER, else all)",
        show_default=False,
    ),
]
Description = Annotated[
    list[str],
    typer.Argument(
        metavar="DESCRIPTION...", help="Description of the task; needs no quotes.", autocompletion=complete("word")
    ),
]
Project = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        metavar="NAME",
        help="Project, such as acme or acme/website.",
        autocompletion=complete("project"),
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        "-t",
        metavar="TAG",
        help="Tag, like +TAG in the description; can be repeated.",
        autocompletion=complete("tag"),
    ),
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Note about the task.")]
Zone = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help="Time zone, such as Europe/Berlin.  (default: local)"),
]
StartTime = Annotated[
    str | None,
    typer.Option("--at", metavar="WHEN", help="Start time.  (default: now)", autocompletion=complete("time")),
]
RunningIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID...]",
        help="IDs of tasks.  (default: the running task)",
        show_default=False,
        autocompletion=complete("running"),
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]


def split_words(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Separate the words of a description from the tags among them.

    Raises:
        InvalidValue: if a tag is invalid.
    """
    if not any(word.startswith("+") for word in words[1:]):
        return " ".join(words), ()
    from tasktimer.core.labels import split_tags  # lazy: filters and labels

    return split_tags(words)


def parse_time_option(text: str | None, now: datetime, noun: str) -> datetime | None:
    """Parse the start or the end (`noun`) of a task; None if the option is not given.

    Raises:
        InvalidValue: if the time cannot be parsed.
        TimeInFuture: if it is later today; yesterday's may be meant.
    """
    if text is None:
        return None
    from tasktimer.core.timeparse.datetimes import parse_start_or_end  # lazy: typed times

    return parse_start_or_end(text, now, noun)


def parse_duration_option(text: str | None) -> timedelta | None:
    """Parse a duration; None if the option is not given.

    Raises:
        InvalidValue: if it cannot be parsed.
    """
    if text is None:
        return None
    from tasktimer.core.timeparse.durations import parse_duration  # lazy: typed times

    return parse_duration(text)
