"""Information about a store and the settings, as aligned lines, TSV and JSON."""

from collections.abc import Sequence
from typing import Any

from tasktimer.core.store_info import InfoField
from tasktimer.output.json_tsv import escape_control_chars, escape_tsv
from tasktimer.output.messages import escape_for_terminal, format_bytes


def info_lines(fields: Sequence[InfoField]) -> str:
    """Format fields for the terminal, one per line, with their origin in parentheses."""
    width = max(len(field.name) for field in fields)
    return "".join(f"{field.name:{width}}  {_shown(field)}{_origin(field)}".rstrip() + "\n" for field in fields)


def info_tsv(fields: Sequence[InfoField]) -> str:
    """Format fields as tab-separated lines without a header: name, value, origin."""
    rows = ((field.name, "" if field.value is None else str(field.value), field.origin or "") for field in fields)
    return "".join("\t".join(map(escape_tsv, row)) + "\n" for row in rows)


def info_to_dict(fields: Sequence[InfoField]) -> dict[str, Any]:
    """Return the JSON object of the fields: for a setting, its value and origin; otherwise the bare value."""
    return {
        field.name: _clean(field.value)
        if field.origin is None
        else {"value": _clean(field.value), "origin": escape_control_chars(field.origin)}
        for field in fields
    }


def _shown(field: InfoField) -> str:
    if field.value is None:
        return "not set" if field.origin == "default" else "-"
    if field.name == "size" and isinstance(field.value, int):
        return format_bytes(field.value)
    return f"{field.value:,}" if isinstance(field.value, int) else escape_for_terminal(field.value)


def _origin(field: InfoField) -> str:
    return "" if field.origin is None else f"  ({escape_for_terminal(field.origin)})"


def _clean(value: str | int | None) -> str | int | None:
    return escape_control_chars(value) if isinstance(value, str) else value
