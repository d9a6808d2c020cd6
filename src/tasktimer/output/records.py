"""Journal entries, label usage, tokens and information about the store, in JSON, CSV and TSV."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.local_time import format_instant, format_seconds_decimal
from tasktimer.core.store_info import InfoField
from tasktimer.core.text import escape_control_chars
from tasktimer.core.token import Token
from tasktimer.core.user import User
from tasktimer.output.formatting import escape_for_terminal, format_bytes
from tasktimer.output.json_tsv import (
    json_list,
    task_to_dict,
    to_csv,
    to_json,
    to_tsv,
)

USAGE_COLUMNS = ("name", "count", "last_time", "worked")
TOKEN_COLUMNS = (
    *("id", "user_id", "admin", "name", "state", "created_time", "expiry_time", "revoked_time"),
    *("access", "last_used_time"),
)
USER_COLUMNS = User._fields
ENTRY_COLUMNS = ("id", "user_id", "command", "time", "undone", "reverses", "task_ids")

Entry = tuple[JournalEntry, Iterable[Change]]  # an entry and all its changes


def journal_json(entries: Iterable[Entry], zone: tzinfo) -> Iterator[str]:
    """Yield a JSON list of journal entries, in pieces; `before` is null for a new task, `after` for a deleted task."""
    before = "["
    for entry, changes in entries:
        opened = to_json({**_entry_to_dict(entry, zone), "changes": []}).removesuffix("[]\n}\n")
        yield f"{before}\n  " + opened.replace("\n", "\n  ")
        yield from json_list((_change_to_dict(change, zone) for change in changes), margin="    ")
        yield "\n  }"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def journal_tsv(entries: Iterable[Entry], zone: tzinfo) -> Iterator[str]:
    """Yield journal entries as tab-separated lines: the same fields as in JSON, then the IDs of the changed tasks."""
    for entry, changes in entries:
        yield to_tsv([_entry_to_dict(entry, zone).values()]).removesuffix("\n")
        before = "\t"
        for change in changes:
            yield f"{before}{change.task_id}"
            before = ","
        yield "\n" if before == "," else "\t\n"


def journal_csv(entries: Iterable[Entry], zone: tzinfo) -> Iterator[str]:
    """Yield journal entries as lines of CSV, with a header and the columns of `journal_tsv`."""
    yield to_csv([ENTRY_COLUMNS])
    for entry, changes in entries:
        task_ids = ",".join(str(change.task_id) for change in changes)
        yield to_csv([[*_entry_to_dict(entry, zone).values(), task_ids]])


JOURNAL_FORMATS = {"json": journal_json, "csv": journal_csv, "tsv": journal_tsv}


def _entry_to_dict(entry: JournalEntry, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": entry.id,
        "user_id": entry.user_id,
        "command": entry.name,
        "time": format_instant(entry.given_time, zone),
        "undone": entry.undone,
        "reverses": entry.reverted_entry_id,
    }


def entry_to_dict(entry: JournalEntry, zone: tzinfo) -> dict[str, Any]:
    """Return a journal entry as a dict for JSON, with the changes that were loaded and the number of the others."""
    changes = [_change_to_dict(change, zone) for change in entry.changes]
    return {**_entry_to_dict(entry, zone), "changes": changes, "omitted_changes": entry.omitted_changes}


def _change_to_dict(change: Change, zone: tzinfo) -> dict[str, Any]:
    before, after = (None if task is None else task_to_dict(task, zone) for task in (change.before, change.after))
    return {"task_id": change.task_id, "before": before, "after": after}


def format_usages(usages: Iterable[LabelUsage], now: datetime, format_name: str) -> str:
    """Format projects or tags for programs; `worked` is in seconds."""
    zone = now.tzinfo or UTC
    if format_name == "json":
        return to_json([usage_to_dict(usage, zone) for usage in usages])
    rows = (
        (usage.name, usage.count, format_instant(usage.last_time, zone), format_seconds_decimal(usage.worked))
        for usage in usages
    )
    return format_rows(USAGE_COLUMNS, rows, format_name)


def usage_to_dict(usage: LabelUsage, zone: tzinfo) -> dict[str, Any]:
    """Return the usage of a project or a tag as a dict for JSON, with times in the time zone `zone`."""
    return {
        "name": None if usage.name is None else escape_control_chars(usage.name),
        "count": usage.count,
        "last_time": format_instant(usage.last_time, zone),
        "worked": usage.worked.total_seconds(),
    }


def format_tokens(tokens: Iterable[Token], now: datetime, format_name: str) -> str:
    """Format tokens for programs, with times in the time zone of `now`."""
    objects = [token_to_dict(token, now) for token in tokens]
    if format_name == "json":
        return to_json(objects)
    return format_rows(TOKEN_COLUMNS, (record.values() for record in objects), format_name)


def format_users(users: Sequence[User], format_name: str) -> str:
    """Format users as JSON, CSV or TSV, without notes for people."""
    if format_name == "json":
        return to_json([user._asdict() for user in users])
    return format_rows(USER_COLUMNS, users, format_name)


def format_rows(columns: Sequence[str], rows: Iterable[Iterable[str | int | None]], format_name: str) -> str:
    """Format rows as CSV, with a header, or as TSV, without one."""
    return to_csv([columns, *rows]) if format_name == "csv" else to_tsv(rows)


def token_to_dict(token: Token, now: datetime) -> dict[str, Any]:
    """Return a token as a dict for JSON, with times in the time zone of `now`.

    Its `state` is active, expired or revoked.
    """
    zone = now.tzinfo or UTC
    times = {"created_time": token.created_time, "expiry_time": token.expiry_time, "revoked_time": token.revoked_time}
    return {
        "id": token.id,
        "user_id": token.user_id,
        "admin": token.admin,
        "name": token.name,
        "state": "revoked" if token.revoked_time else "active" if token.is_valid(now) else "expired",
        **{name: None if time is None else format_instant(time, zone) for name, time in times.items()},
        "access": str(token.access),
        "last_used_time": None if token.last_used_time is None else format_instant(token.last_used_time, zone),
    }


def info_to_dict(fields: Sequence[InfoField]) -> dict[str, Any]:
    """Return a dict for JSON with the value and origin of each setting, and only the value of any other field."""
    return {
        field.name: _clean(field.value)
        if field.origin is None
        else {"value": _clean(field.value), "origin": _clean(field.origin)}
        for field in fields
    }


def _clean(value: str | int | None) -> str | int | None:
    return escape_control_chars(value) if isinstance(value, str) else value


def info_lines(fields: Sequence[InfoField]) -> str:
    """Format fields for the terminal, one per line, each followed by its origin, if any, in parentheses."""
    width = max(len(field.name) for field in fields)
    return "".join(f"{field.name:{width}}  {_shown(field)}{_origin(field)}".rstrip() + "\n" for field in fields)


def _shown(field: InfoField) -> str:
    if field.value is None:
        return "not set" if field.origin == "default" else "-"
    if field.name == "size" and isinstance(field.value, int):
        return format_bytes(field.value)
    if isinstance(field.value, int):
        return f"{field.value:,}" if field.origin is None else str(field.value)  # a count, or a user ID
    return escape_for_terminal(field.value)


def _origin(field: InfoField) -> str:
    return "" if field.origin is None else f"  ({escape_for_terminal(field.origin)})"
