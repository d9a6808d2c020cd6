"""The group of all commands, each imported and built only when it is run or shown."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from tasktimer.cli.typer_internals import Command, OptionParser, UsageError, parse_strictly, strict_parser

COMMAND_NAMES = (
    *("track", "switch", "stop", "resume", "cancel", "status"),
    *("times", "list", "show"),
    *("edit", "split", "join", "move", "delete"),
    *("undo", "redo", "history"),
    *("projects", "tags", "rename"),
    *("info", "backup", "restore", "serve", "token", "db"),
)


class LazyGroup(TyperGroup):
    """A group that builds its commands lazily; it knows their names, to suggest one for a typo."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: MutableMapping[str, Command] = _Commands()

    def make_parser(self, ctx: Any) -> OptionParser:
        """Return the parser of the options in front of a command."""
        return strict_parser(self, ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find a command.

        Raises:
            UsageError: if there is no such command; it suggests a synonym or a similar name.
        """
        try:
            return super().resolve_command(ctx, args)
        except UsageError as error:
            from tasktimer.cli.synonyms import find_synonym  # lazy: errors

            if synonym := find_synonym(args[0]):
                raise UsageError(f"No such command {args[0]!r}. Did you mean {synonym!r}?", error.ctx) from None
            raise

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Typer's signature)
        """Return the names, in the order of a working day."""
        return list(self.commands)


class _Commands(MutableMapping[str, Command]):
    def __init__(self) -> None:
        self._built: dict[str, Command | None] = dict.fromkeys(COMMAND_NAMES)

    def __getitem__(self, name: str) -> Command:
        command = self._built[name]
        if command is None:
            command = parse_strictly(typer.main.get_command(import_module(f"tasktimer.cli.commands.{name}").app))
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
