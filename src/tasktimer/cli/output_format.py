"""The output format of tasks."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.config.settings import FORMATS, parse_format
from tasktimer.errors import InvalidValue

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="|".join(FORMATS),
        help="Output format.  (default: table on a terminal, tsv on a pipe)",
        autocompletion=lambda: list(FORMATS),
    ),
]


def resolve_format(context: Context, name: str | None, *, as_json: bool) -> str:
    """Return the format from the options, else from the settings, else table on a terminal and tsv on a pipe.

    Raises:
        InvalidValue: if the format is unknown, or two are given.
    """
    if as_json and name not in (None, "json"):
        raise InvalidValue("format-and-json", f"--json and --format {name} are both given", "use one of them")
    if as_json:
        return "json"
    chosen = context.settings.format if name is None else parse_format(name)
    return chosen or ("table" if context.is_terminal else "tsv")
