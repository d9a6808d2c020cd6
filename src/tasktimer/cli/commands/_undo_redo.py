"""The argument and the output shared by the `undo` and `redo` commands."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import argument
from tasktimer.cli.results import write_pieces
from tasktimer.cli.streams import terminal_width
from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import parse_positive
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.output import changes, records
from tasktimer.services.history import changes_of, with_first_changes

Count = Annotated[str | None, argument("[N]", "Number of commands.  (default: 1)")]

_MOST_NAMES = 20


def parse_count(text: str | None) -> int:
    """Parse the number of commands to undo or redo; return 1 if the argument is omitted."""
    if text is not None and text.isalpha():  # such as "all"
        hint = "use a number, such as 3; to list the commands, run: tasktimer history"
        raise InvalidValue("invalid-count", f"invalid number of commands {quote_value(text)}", hint)
    return 1 if text is None else parse_positive(text, noun="number of commands", code="invalid-count")


def write_reversals(
    context: Context, entries: Sequence[JournalEntry], *, done: str, as_json: bool, reverse: str | None = None
) -> None:
    """Print the commands that were undone or redone; `done` is "undone" or "redone".

    On a terminal, `reverse` is the command that reverses this.
    """
    names = ", ".join(f"{entry.name} ({entry.id})" for entry in entries[:_MOST_NAMES])
    rest = len(entries) - _MOST_NAMES
    more = f" and {rest:,} more {'command' if rest == 1 else 'commands'}" if rest > 0 else ""

    def text() -> Iterator[str]:
        width = terminal_width(sys.stdout)
        for entry in entries:
            changed = with_first_changes(context.store, entry, changes.MOST_LINES_OF_ENTRY)
            yield output.wrapping.wrap_words(changes.format_undo(changed, context.now), width)
        if reverse is not None:
            yield f"To redo {'it' if len(entries) == 1 else 'them'}, run: {reverse}\n"

    format_name = "json" if as_json else "table" if context.is_terminal else "tsv"
    write_entries(context, entries, text, format_name, done=f"{done} {names}{more}")


def write_entries(
    context: Context,
    entries: Sequence[JournalEntry],
    text: Callable[[], Iterable[str]],
    format_name: str,
    *,
    done: str | None = None,
) -> None:
    """Print history entries and their changes in a format; if the format is "table", print `text`."""
    if format_name == "table":
        write_pieces(text(), done=done)
        return
    whole = ((entry, changes_of(context.store, entry)) for entry in entries)
    write_pieces(records.JOURNAL_FORMATS[format_name](whole, context.zone), done=done, utf8=True)
