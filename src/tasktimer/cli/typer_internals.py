"""All uses of Typer's private modules; an import contract forbids importing them elsewhere.

Typer vendors Click as `typer._click`. Shell completion, the base class of the strict parser and the types in the
signatures of Typer's groups have no public equivalents, so Typer's version is pinned.
"""

from collections.abc import MutableMapping, Sequence
from copy import copy
from functools import partial
from typing import Any

from typer import _completion_shared, completion
from typer._click import Command
from typer._click.exceptions import UsageError
from typer._click.parser import _Option, _OptionParser, _ParsingState
from typer._click.shell_completion import (
    CompletionItem,
    ShellComplete,
    _resolve_context,
    _resolve_incomplete,
    add_completion_class,
)
from typer._completion_classes import BashComplete, FishComplete, ZshComplete

from tasktimer.errors import InvalidValue, quote_value

__all__ = [
    "BashComplete",
    "Command",
    "CompletionItem",
    "FishComplete",
    "ShellComplete",
    "UsageError",
    "ZshComplete",
    "customize",
    "register_completion",
    "resolve_parameter",
    "set_shell_name",
]


class _StrictParser(_OptionParser):
    """A parser that never takes one of the command's options as the value of the preceding option."""

    def _process_opts(self, arg: str, state: _ParsingState) -> None:
        # The parser puts a joined value (--at=9:00) back in front of the remaining words, so their number increases.
        self._following = len(state.rargs)
        super()._process_opts(arg, state)

    def _get_value_from_state(self, option_name: str, option: _Option, state: _ParsingState) -> str | Sequence[str]:
        is_joined = len(state.rargs) > self._following
        value = super()._get_value_from_state(option_name, option, state)
        if not is_joined and isinstance(value, str) and self._is_option(value):
            raise _missing_value_error(option_name, option.obj.opts, value)
        return value

    def _is_option(self, value: str) -> bool:
        if not value.startswith("-") or self.ctx is None or self.ctx.resilient_parsing:  # completion
            return False
        return value == "--" or value in self._short_opt or value.partition("=")[0] in self._long_opt


def _missing_value_error(name: str, names: Sequence[str], value: str) -> InvalidValue:
    joined = next((f"{long}={value}" for long in names if long.startswith("--")), f"{name}{value}")
    message = f"option {name!r} requires an argument, but {quote_value(value)} is an option"
    return InvalidValue("missing-value", message, f"add a value, or write {joined} if that is the value")


def _strict_parser(command: Command, ctx: Any) -> _OptionParser:
    """Return a parser that never takes one of the command's options as the value of the preceding option."""
    parser = _StrictParser(ctx)
    for parameter in command.get_params(ctx):
        parameter.add_to_parser(parser, ctx)
    return parser


def customize(command: Command) -> Command:
    """Make a command and its subcommands use the strict parser, and adapt their help; return the command."""
    command.context_settings["help_option_names"] = ["--help", "-h"]
    # Typer has two command classes, so replace the methods of the instance instead of overriding them.
    command.make_parser = partial(_strict_parser, command)  # type: ignore[method-assign]
    command.format_help = partial(_format_help, command)  # type: ignore[method-assign]
    command.collect_usage_pieces = partial(_usage_pieces, command)  # type: ignore[method-assign]
    for subcommand in getattr(command, "commands", {}).values():
        customize(subcommand)
    return command


def _format_help(command: Any, ctx: Any, formatter: Any) -> None:
    from tasktimer.cli.help_texts import rewrap  # lazy: help

    shown = copy(command)
    shown.epilog = command.epilog and rewrap(command.epilog)
    type(command).format_help(shown, ctx, formatter)


def _usage_pieces(command: Any, ctx: Any) -> list[str]:
    # Typer puts required arguments in braces.
    return [piece.strip("{}") for piece in type(command).collect_usage_pieces(command, ctx)]


def register_completion(shell: str, completion_class: type[ShellComplete], script: str) -> None:
    """Replace Typer's completion class and completion script for a shell."""
    add_completion_class(completion_class, shell)
    _completion_shared._completion_scripts[shell] = script  # noqa: SLF001


def set_shell_name(name: str) -> None:
    """Make --install-completion and --show-completion use this shell instead of the detected one."""
    for module in (completion, _completion_shared):
        module._get_shell_name = lambda: name  # type: ignore[attr-defined]  # noqa: SLF001


def resolve_parameter(
    command: Command, ctx_args: MutableMapping[str, Any], program: str, words: list[str], incomplete: str
) -> tuple[Any, Any, str]:
    """Return the context, the parameter or command that the incomplete word belongs to, and the word itself."""
    ctx = _resolve_context(command, ctx_args, program, words)
    parameter, incomplete = _resolve_incomplete(ctx, words, incomplete)
    return ctx, parameter, incomplete
