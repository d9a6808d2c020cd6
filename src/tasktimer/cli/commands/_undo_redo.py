"""The arguments, the errors and the output that `undo` and `redo` share."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.long_results import write_pieces
from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import parse_positive
from tasktimer.output import journal
from tasktimer.output.messages import pluralize
from tasktimer.services.history import changes_of, with_first_changes
from tasktimer.services.reversal import NotEnoughEntries, NothingToUndo

Count = Annotated[
    str | None, typer.Argument(metavar="[N]", help="Number of commands.  (default: 1)", show_default=False)
]

_MOST_NAMES = 20


def parse_count(text: str | None) -> int:
    """Parse a number of commands; 1 if the argument is omitted."""
    return 1 if text is None else parse_positive(text, noun="number of commands", code="invalid-count")


def parse_command(text: str) -> int:
    """Parse the number of a command."""
    return parse_positive(text, noun="command ID", code="invalid-command")


def reverse(
    service: Callable[..., list[JournalEntry]], context: Context, user: str | None, count: int
) -> list[JournalEntry]:
    """Undo or redo the last `count` commands of a user.

    Raises:
        NothingToUndo: if there are fewer; without --user, the message omits the user.
    """
    try:
        return service(context.store, context.resolve_user(user).author, count, now=context.now)
    except NotEnoughEntries as error:
        if user is not None:
            raise
        there = "is only 1 command" if error.found == 1 else f"are only {error.found} commands"
        message = f"there {there} to {error.name}, not {error.count}"
        raise NothingToUndo(error.code, message, "use a smaller number; nothing was changed") from None


def write_reversals(context: Context, commands: Sequence[JournalEntry], *, done: str, as_json: bool) -> None:
    """Print the commands that were undone or redone."""
    names = ", ".join(f"{command.name} ({command.id})" for command in commands[:_MOST_NAMES])
    more = f" and {pluralize(len(commands) - _MOST_NAMES, 'command')} more" if commands[_MOST_NAMES:] else ""
    write_commands(context, commands, _sentences, done=f"{names}{more} {done}", as_json=as_json)


def write_commands(
    context: Context,
    commands: Sequence[JournalEntry],
    sentences: Callable[[Context, Sequence[JournalEntry]], Iterable[str]],
    *,
    done: str | None = None,
    as_json: bool,
) -> None:
    """Print commands with their changes, as JSON or tab-separated lines, or as sentences on a terminal."""
    if context.is_terminal and not as_json:
        write_pieces(sentences(context, commands), done=done)
        return
    entries = ((command, changes_of(context.store, command)) for command in commands)
    write = journal.entries_json if as_json else journal.entries_tsv
    write_pieces(write(entries, context.zone), done=done, utf8=True)


def _sentences(context: Context, commands: Sequence[JournalEntry]) -> Iterable[str]:
    for command in commands:
        yield journal.format_undo(with_first_changes(context.store, command, journal.MOST_LINES), context.now)
