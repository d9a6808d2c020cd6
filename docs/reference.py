"""Write the reference of commands from the program itself: `python docs/reference.py`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from tasktimer.cli.app import app

PAGE = Path(__file__).with_name("commands.md")

_TITLE = """\
# The commands

<!-- Written by docs/reference.py from what --help says; do not edit. -->

What `tasktimer COMMAND --help` says, on one page. [scripting.md](scripting.md) has what scripts can rely on.
"""


def reference() -> str:
    """The page, as the program is now."""
    command: Any = typer.main.get_command(app)
    return _TITLE + "".join(
        _sections(command, typer.Context(command, info_name="tasktimer", **command.context_settings))
    )


def _sections(command: Any, context: Any) -> Iterator[str]:
    yield "\n".join(["", f"## {context.command_path}", "", *_body(command, context)]).rstrip() + "\n"
    for name, part in getattr(command, "commands", {}).items():
        yield from _sections(part, typer.Context(part, info_name=name, parent=context))


def _body(command: Any, context: Any) -> Iterator[str]:
    yield from ["```", f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}", "```", ""]
    yield from [_prose(_unwrapped(command.help or "")), ""]
    yield from _table(
        "command", [(f"[`{name}`](#{_anchor(context, name)})", part.help or "") for name, part in _parts(command)]
    )
    parameters = [parameter for parameter in command.get_params(context) if not parameter.hidden]
    yield from _table("argument", [_argument(one) for one in parameters if one.param_type_name == "argument"])
    yield from _table("option", [_option(one, context) for one in parameters if one.param_type_name == "option"])
    yield from _epilog(command.epilog or "")


def _parts(command: Any) -> list[tuple[str, Any]]:
    return list(getattr(command, "commands", {}).items())


def _anchor(context: Any, name: str) -> str:
    return f"{context.command_path} {name}".replace(" ", "-")


def _argument(parameter: Any) -> tuple[str, str]:
    return f"`{parameter.metavar}`", parameter.help or ""


def _option(parameter: Any, context: Any) -> tuple[str, str]:
    opts = sorted(parameter.opts, key=lambda flag: not flag.startswith("--"))  # those of --help come in any order
    flags = ", ".join(f"`{flag}`" for flag in (*opts, *parameter.secondary_opts))
    value = "" if parameter.is_flag else f" `{parameter.make_metavar(context)}`"
    default = None if parameter.is_flag or not parameter.show_default else parameter.get_default(context)
    return flags + value, f"{parameter.help or ''}{'' if default is None else f' (default: {default})'}"


def _table(title: str, rows: list[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    cells = [
        (name.replace("|", r"\|"), _prose(_unwrapped(text).partition("\n")[0]).replace("|", r"\|"))
        for name, text in rows
    ]
    return [f"| {title} | |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in cells), ""]


def _epilog(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        title, _, rest = paragraph.partition("\n")
        if title == "Examples:":
            yield from ["```", *(line.removeprefix("  ") for line in rest.splitlines()), "```", ""]
        else:
            yield from [_prose(paragraph), ""]


def _unwrapped(text: str) -> str:
    """Each paragraph on a line of its own."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _prose(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return re.sub(r"([\\*<`])", r"\\\1", text)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
