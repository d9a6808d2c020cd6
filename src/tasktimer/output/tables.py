"""Rich tables in a common style, including those of journal entries and tokens."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size

from rich.console import Console
from rich.text import Text

from tasktimer.core.local_time import local_date
from tasktimer.core.token import Access, Token
from tasktimer.core.user import User
from tasktimer.output.formatting import escape_for_terminal
from tasktimer.output.quick_table import QuickTable
from tasktimer.output.stacked_table import render_stacked

_MIN_WIDTH = 20
_ASCII = str.maketrans("←→─█▉▊▋▌▍▎▏", "<>-#####   ")


def new_table(right: Iterable[str] = (), left: Iterable[str] = ()) -> QuickTable:
    """Return a table with right-aligned columns followed by left-aligned columns."""
    table = QuickTable()
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    for name in left:
        table.add_column(name, no_wrap=True)
    return table


def render_table(table: QuickTable, title: str | None = None) -> str:
    """Render a table and its title, with styles on a terminal, otherwise as plain text.

    The width is that of the terminal, or 80 columns.
    """
    console = new_console()
    with console.capture() as capture:
        if title is not None:
            console.print(Text(title, style="bold"), soft_wrap=True)  # Rich would wrap the title of a table
        if table.fit(console.width):
            console.print(table, crop=False)
        else:
            console.print()
            console.print(*render_stacked(console, table), sep="\n", soft_wrap=True)
    text = strip_lines(capture.get())
    return text if console.encoding.startswith("utf") else text.translate(_ASCII)


def render_lines(console: Console, lines: Iterable[Text]) -> str:
    """Render lines of text as they are, with styles on a terminal, otherwise as plain text."""
    with console.capture() as capture:
        console.print(*lines, sep="\n", soft_wrap=True)
    return strip_lines(capture.get())


def new_console() -> Console:
    """Return a console with the width of the terminal, by default 80 columns."""
    size = get_terminal_size()  # Rich assumes that a dumb terminal is 80 columns wide
    width = max(size.columns, _MIN_WIDTH)
    return Console(width=width, height=size.lines, highlight=False, markup=False, emoji=False)


def strip_lines(text: str) -> str:
    """Remove trailing spaces from each line, and blank lines at the start and the end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n") + "\n"


def tokens_table(tokens: Sequence[Token], now: datetime) -> str:
    """Render tokens as a table, with times in the time zone of `now`."""
    if not tokens:
        return "There are no tokens.\n"
    table = new_table(["ID", "User"], ["Created", "Expires", "Last used"])
    table.add_column("Name", overflow="fold", min_width=8)
    for token in tokens:
        table.add_row(
            str(token.id),
            ", ".join([str(token.user_id), *_say_access(token)]),
            _date(token.created_time, now),
            Text(_expiry(token, now), style="" if token.is_valid(now) else "dim"),
            _date(token.last_used_time, now) if token.last_used_time else "never",
            Text(escape_for_terminal(token.name or "")),
        )
    return render_table(table, "Tokens")


def users_table(users: Sequence[User]) -> str:
    """Render users as a table."""
    if not users:
        return "There are no users.\n"
    table = new_table(["ID"])
    table.add_column("Name", overflow="fold", min_width=8)
    for user in users:
        table.add_row(str(user.id), Text(escape_for_terminal(user.name or "")))
    return render_table(table, "Users")


def _say_access(token: Token) -> Iterator[str]:
    if token.admin:
        yield "admin"
    if token.access is not Access.WRITE:
        yield str(token.access)


def _expiry(token: Token, now: datetime) -> str:
    if token.revoked_time:
        return f"revoked {_minute(token.revoked_time, now)}"
    if token.expiry_time is None:
        return "never"
    return f"{'' if token.is_valid(now) else 'expired '}{_minute(token.expiry_time, now)}"


def _date(instant: datetime, now: datetime) -> str:
    return local_date(instant, now.tzinfo or UTC).isoformat()


def _minute(instant: datetime, now: datetime) -> str:
    return instant.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
