"""What `undo` and `redo` share: how many commands, and how they are told."""

from collections.abc import Sequence

from tasktimer.cli.context import Context
from tasktimer.cli.exits import write_result
from tasktimer.core.journal import Command
from tasktimer.core.task import parse_positive
from tasktimer.output import journal


def parse_count(text: str | None) -> int:
    """Read how many commands are meant; one when nothing is said."""
    return 1 if text is None else parse_positive(text, noun="number of commands", code="invalid-count")


def parse_command(text: str) -> int:
    """Read the number of a command."""
    return parse_positive(text, noun="number of a command", code="invalid-command")


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
