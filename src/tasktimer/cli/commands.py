"""The commands by name, each imported and built only when it is run or shown."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer._click import Command
from typer._click.exceptions import UsageError
from typer.core import TyperGroup

NAMES = (
    *("track", "switch", "stop", "resume", "cancel", "status"),
    *("times", "list", "show"),
    *("edit", "split", "join", "move", "delete"),
    *("undo", "redo", "history"),
    *("projects", "tags", "rename"),
    *("info", "backup", "serve", "token", "db"),
)


class CommandGroup(TyperGroup):
    """A group whose commands are built when asked for; it knows their names before, to suggest one for a typo."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: MutableMapping[str, Command] = _Commands()

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find a command; a word of other time trackers is answered with what it is here, before any like spelling."""
        try:
            return super().resolve_command(ctx, args)
        except UsageError as error:
            from tasktimer.cli.synonyms import find_meant  # it seldom happens

            if meant := find_meant(args[0]):
                error.message = f"No such command {args[0]!r}. Did you mean {meant!r}?"
            raise

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Typer's signature)
        """The names, in the order of a day's work."""
        return list(self.commands)


class _Commands(MutableMapping[str, Command]):
    def __init__(self) -> None:
        self._built: dict[str, Command | None] = dict.fromkeys(NAMES)

    def __getitem__(self, name: str) -> Command:
        command = self._built[name]
        if command is None:
            command = typer.main.get_command(import_module(f"tasktimer.cli.{name}").app)
            self._built[name] = command
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._built)

    def __len__(self) -> int:
        return len(self._built)

    def __setitem__(self, name: str, command: Command) -> None:
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        del self._built[name]
