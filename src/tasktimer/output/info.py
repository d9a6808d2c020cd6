"""Facts about a store and the settings: aligned for people, TSV and JSON for programs."""

from collections.abc import Sequence
from typing import Any

from tasktimer.core.store_info import Fact
from tasktimer.output.json_tsv import escaped, harmless
from tasktimer.output.messages import printable, size


def facts_lines(facts: Sequence[Fact]) -> str:
    """Write facts for the terminal, a line each, where they come from in brackets."""
    width = max(len(fact.name) for fact in facts)
    return "".join(
        f"{fact.name:{width}}  {_shown(fact)}{'' if fact.origin is None else f'  ({printable(fact.origin)})'}".rstrip()
        + "\n"
        for fact in facts
    )


def facts_tsv(facts: Sequence[Fact]) -> str:
    """Write facts as tab-separated lines without a header: name, value, origin."""
    return "".join(
        f"{fact.name}\t{'' if fact.value is None else escaped(str(fact.value))}\t{escaped(fact.origin or '')}\n"
        for fact in facts
    )


def facts_object(facts: Sequence[Fact]) -> dict[str, Any]:
    """The object that JSON shows: for a setting its value and its origin, else the bare value."""
    return {
        fact.name: _clean(fact.value)
        if fact.origin is None
        else {"value": _clean(fact.value), "origin": harmless(fact.origin)}
        for fact in facts
    }


def _shown(fact: Fact) -> str:
    if fact.value is None:
        return "not set" if fact.origin == "default" else "-"
    if fact.name == "size" and isinstance(fact.value, int):
        return size(fact.value)
    return f"{fact.value:,}" if isinstance(fact.value, int) else printable(fact.value)


def _clean(value: str | int | None) -> str | int | None:
    return harmless(value) if isinstance(value, str) else value
