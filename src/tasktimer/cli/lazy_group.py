"""The root command group, which imports each command only when it is run or shown in the help.

A command's module defines an EPILOG and a function with the command's name; a command group's module defines an `app`.
"""

from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup

from tasktimer.cli.typer_internals import Command, customize

COMMAND_NAMES = (
    *("track", "switch", "stop", "resume", "cancel", "status"),
    *("times", "list", "report", "timeline", "gaps", "show", "export"),
    *("edit", "split", "join", "move", "delete"),
    *("undo", "redo", "history"),
    *("projects", "tags", "rename"),
    *("import", "info", "config", "backup", "restore", "serve", "token", "user", "db"),
)


_MODULES = {"import": "import_"}  # a keyword


class LazyGroup(TyperGroup):
    """A command group that builds its commands lazily, but knows their names, so that Typer can suggest corrections."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        customize(self)
        self.commands: MutableMapping[str, Command] = Commands()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Typer's signature)
        """Return the command names in the order used in the help."""
        return list(self.commands)


def _app(name: str) -> typer.Typer:
    module = vars(import_module(f"tasktimer.cli.commands.{_MODULES.get(name, name)}"))
    if "app" in module:
        return cast("typer.Typer", module["app"])
    app = typer.Typer(add_completion=False)
    function = (
        module.get(name) or module[f"{name}_"]
    )  # functions named like a builtin or a keyword end with an underscore
    app.command(name, epilog=module["EPILOG"])(function)
    return app


@cache
def build_command(name: str) -> Command:
    """Return the command with this name, which is in COMMAND_NAMES."""
    return customize(typer.main.get_command(_app(name)))


class Commands(MutableMapping[str, Command]):
    """The commands by name, each built when it is first used."""

    def __init__(self) -> None:
        self._commands: dict[str, Command | None] = dict.fromkeys(COMMAND_NAMES)

    def __getitem__(self, name: str) -> Command:
        return self._commands[name] or build_command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)

    def __setitem__(self, name: str, command: Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]
