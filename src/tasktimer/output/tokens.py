"""Tokens as JSON and TSV for programs, and as a table for people."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from tasktimer.core.timeformat import format_instant
from tasktimer.core.token import Token
from tasktimer.output.json_tsv import escape_tsv
from tasktimer.output.messages import escape_for_terminal


def token_to_dict(token: Token, now: datetime) -> dict[str, Any]:
    """Return the JSON object of a token, its times in the zone of `now`; `state` is good, expired or revoked."""
    times = {"created_time": token.created_time, "expiry_time": token.expiry_time, "revoked_time": token.revoked_time}
    zone = now.tzinfo or UTC
    return {
        "id": token.id,
        "user_id": token.user_id,
        "admin": token.admin,
        "name": token.name,
        "state": "revoked" if token.revoked_time else "good" if token.is_valid(now) else "expired",
        **{name: None if time is None else format_instant(time, zone) for name, time in times.items()},
    }


def tokens_tsv(tokens: Iterable[Token], now: datetime) -> str:
    """Format tokens as tab-separated lines without a header, with the fields of `token_to_dict` in its order."""
    rows = (token_to_dict(token, now).values() for token in tokens)
    return "".join("\t".join(map(_plain, row)) + "\n" for row in rows)


def tokens_table(tokens: Sequence[Token], now: datetime) -> str:
    """Render tokens for the terminal, their times in the zone of `now`."""
    if not tokens:
        return "There are no tokens.\n"
    from rich.text import Text  # lazy: what people see

    from tasktimer.output.timesheet_table import new_table, render_table

    table = new_table()
    for name in ("ID", "User"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("Created", "Expires"):
        table.add_column(name, no_wrap=True)
    table.add_column("Name", overflow="fold", min_width=8)

    for token in tokens:
        table.add_row(
            str(token.id),
            f"{token.user_id}, admin" if token.admin else str(token.user_id),
            _minute(token.created_time, now),
            Text(_expiry(token, now), style="" if token.is_valid(now) else "dim"),
            Text(escape_for_terminal(token.name or "")),
        )
    return render_table("Tokens", table)


def _expiry(token: Token, now: datetime) -> str:
    if token.revoked_time:
        return f"revoked {_minute(token.revoked_time, now)}"
    return _minute(token.expiry_time, now) if token.expiry_time else "never"


def _minute(instant: datetime, now: datetime) -> str:
    return instant.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")


def _plain(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else escape_tsv(str(value))
