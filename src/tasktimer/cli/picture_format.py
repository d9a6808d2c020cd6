"""The output format of commands that draw pictures."""

from tasktimer.cli.context import Context
from tasktimer.cli.results import resolve_format
from tasktimer.errors import InvalidValue


def resolve_picture_format(context: Context, name: str | None, *, as_json: bool, plain: bool) -> str:
    """Return the output format of a command that draws a picture: "picture", "plain", or a format for programs.

    A table is a picture on a terminal and plain text otherwise.
    """
    chosen = resolve_plain_format(context, name, as_json=as_json, plain=plain)
    return chosen if chosen != "table" else "picture" if context.is_terminal and not plain else "plain"


def resolve_plain_format(context: Context, name: str | None, *, as_json: bool, plain: bool) -> str:
    """Return the output format of a command, which is "table" if --plain replaces the table with words."""
    if plain and (as_json or name is not None):
        option = "--json" if as_json else f"--format {name}"
        raise InvalidValue("plain-and-format", f"--plain and {option} cannot be used together", "omit one of them")
    return "table" if plain else resolve_format(context, name, as_json=as_json)
