"""The commands by name, each imported and built only when it is run or shown."""

from collections.abc import Iterator, MutableMapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import typer
from typer._click import Command
from typer._click.exceptions import UsageError
from typer._click.parser import _Option, _OptionParser, _ParsingState
from typer.core import TyperGroup

from tasktimer.errors import InvalidValue, quote_value

COMMAND_NAMES = (
    *("track", "switch", "stop", "resume", "cancel", "status"),
    *("times", "list", "show"),
    *("edit", "split", "join", "move", "delete"),
    *("undo", "redo", "history"),
    *("projects", "tags", "rename"),
    *("info", "backup", "restore", "serve", "token", "db"),
)


class _Parser(_OptionParser):
    """The parser of a command, which takes no flag of the command for the value of the flag before it."""

    def _process_opts(self, arg: str, state: _ParsingState) -> None:
        # A value that is joined to its flag (--at=9:00) is put in front of these first: so the two are told apart.
        self._following = len(state.rargs)
        super()._process_opts(arg, state)

    def _get_value_from_state(self, option_name: str, option: _Option, state: _ParsingState) -> str | Sequence[str]:
        is_attached = len(state.rargs) > self._following
        value = super()._get_value_from_state(option_name, option, state)
        if not is_attached and isinstance(value, str) and self._is_flag(value):
            raise _missing_value(option_name, option.obj.opts, value)
        return value

    def _is_flag(self, value: str) -> bool:
        if not value.startswith("-") or self.ctx is None or self.ctx.resilient_parsing:  # at TAB: half a line
            return False
        return value == "--" or value in self._short_opt or value.partition("=")[0] in self._long_opt


def _missing_value(name: str, names: Sequence[str], found: str) -> InvalidValue:
    joined = next((f"{long}={found}" for long in names if long.startswith("--")), f"{name}{found}")
    message = f"option {name!r} requires an argument, and {quote_value(found)} is a flag"
    return InvalidValue("no-value", message, f"give one, or if that is the value, join them: {joined}")


def _strict_parser(command: Command, ctx: Any) -> _OptionParser:
    parser = _Parser(ctx)
    for parameter in command.get_params(ctx):
        parameter.add_to_parser(parser, ctx)
    return parser


def _parse_strictly(command: Command) -> Command:
    command.make_parser = partial(_strict_parser, command)  # type: ignore[method-assign] # Typer has two classes
    for below in getattr(command, "commands", {}).values():
        _parse_strictly(below)
    return command


class LazyGroup(TyperGroup):
    """A group whose commands are built when asked for; it knows their names before, to suggest one for a typo."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: MutableMapping[str, Command] = _Commands()

    def make_parser(self, ctx: Any) -> _OptionParser:
        """The parser of what stands before the name of a command."""
        return _strict_parser(self, ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find a command; a word of other time trackers is answered with what it is here, before any like spelling."""
        try:
            return super().resolve_command(ctx, args)
        except UsageError as error:
            from tasktimer.cli.synonyms import find_synonym  # it seldom happens

            if meant := find_synonym(args[0]):
                error.message = f"No such command {args[0]!r}. Did you mean {meant!r}?"
            raise

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Typer's signature)
        """The names, in the order of a day's work."""
        return list(self.commands)


class _Commands(MutableMapping[str, Command]):
    def __init__(self) -> None:
        self._built: dict[str, Command | None] = dict.fromkeys(COMMAND_NAMES)

    def __getitem__(self, name: str) -> Command:
        command = self._built[name]
        if command is None:
            command = _parse_strictly(typer.main.get_command(import_module(f"tasktimer.cli.commands.{name}").app))
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
