"""Flags that several commands share."""

import re
from datetime import datetime
from typing import Annotated

import typer

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
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]


def read_when(text: str, now: datetime, word: str) -> datetime:
    """Read the start or the end (`word`) that somebody typed.

    Raises:
        InvalidValue: it cannot be read.
        InTheFuture: it is a bare time of today that lies ahead; yesterday's may be meant.
    """
    instant = parse_when(text, now)
    if instant > now and re.fullmatch(r"\s*[0-9:.,]+\s*", text):
        raise InTheFuture(word, instant.astimezone(now.tzinfo), now, f"yesterday {text.strip()}")
    return instant
