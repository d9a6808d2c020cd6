"""What `undo` and `redo` share: how many commands, and how they are told."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.exits import write_result
from tasktimer.core.journal import Command
from tasktimer.core.task import parse_positive
from tasktimer.output import journal
from tasktimer.tracker import undoing

Count = Annotated[
    str | None, typer.Argument(metavar="[N]", help="How many commands.  (default: 1)", show_default=False)
]


def parse_count(text: str | None) -> int:
    """Read how many commands are meant; one when nothing is said."""
    return 1 if text is None else parse_positive(text, noun="number of commands", code="invalid-count")


def parse_command(text: str) -> int:
    """Read the number of a command."""
    return parse_positive(text, noun="number of a command", code="invalid-command")


def reverse(verb: Callable[..., list[Command]], context: Context, user: str | None, count: int) -> list[Command]:
    """Undo or redo so many commands of the user of the flag; who gave no flag is not told their own number."""
    try:
        return verb(context.store, by=context.whose_commands(user), count=count, now=context.now)
    except undoing.TooFew as error:
        if user is None:
            there = "is only 1 command" if error.found == 1 else f"are only {error.found} commands"
            error.what = f"there {there} to {error.name}, not {error.count}"
        raise


def write_reversals(context: Context, commands: Sequence[Command], *, done: str, as_json: bool) -> None:
    """Print the commands that were taken back or done again."""
    said = f"{', '.join(f'{command.name} ({command.id})' for command in commands)} {done}"
    if as_json:
        from tasktimer.output.data import to_json

        objects = [journal.command_object(command, context.zone) for command in commands]
        write_result(to_json(objects), done=said, utf8=True)
    elif context.is_terminal:
        write_result("".join(journal.reversal(command, context.now) for command in commands), done=said)
    else:
        write_result(journal.commands_tsv(commands, context.zone), done=said, utf8=True)
