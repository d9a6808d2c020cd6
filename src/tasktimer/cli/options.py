"""Flags that several commands share."""

from typing import Annotated

import typer

User = Annotated[
    str | None,
    typer.Option("--user", metavar="N", help="The user: an integer from 1 (default: 1).", show_default=False),
]
Users = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="N|all",
        help="The user, or all (default: every user of the file).",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
