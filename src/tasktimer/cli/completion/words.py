"""Completion candidates that depend on neither the store nor the clock, such as time zones and output formats."""

import typer

from tasktimer.config.settings import FORMATS
from tasktimer.config.timezones import zone_names
from tasktimer.core.printed_sums import UNITS
from tasktimer.core.report import KEYS
from tasktimer.formats.registry import READABLE, WRITABLE

Candidates = list[tuple[str, str]]  # text to insert, and its description


def complete_zone(_: typer.Context, incomplete: str) -> Candidates:
    """Return the names of the time zones with this prefix."""
    return [(name, "") for name in sorted(zone_names()) if name.startswith(incomplete)]


def complete_format(_: typer.Context, incomplete: str) -> Candidates:
    """Return the names of the output formats."""
    return [(name, "") for name in FORMATS if name.startswith(incomplete)]


def complete_keys(_: typer.Context, incomplete: str) -> Candidates:
    """Return the keys of a report; after a comma, the line so far with each other key."""
    before, comma, word = incomplete.rpartition(",")
    return [(before + comma + key, "") for key in KEYS if key.startswith(word) and key not in before.split(",")]


def complete_hours(_: typer.Context, incomplete: str) -> Candidates:
    """Return the units of times in reports."""
    return [(name, "") for name in UNITS if name.startswith(incomplete)]


def complete_import_format(_: typer.Context, incomplete: str) -> Candidates:
    """Return the names of the formats that can be imported."""
    return [(name, "") for name in READABLE if name.startswith(incomplete)]


def complete_export_format(_: typer.Context, incomplete: str) -> Candidates:
    """Return the names of the formats of exports."""
    return [(name, "") for name in WRITABLE if name.startswith(incomplete)]
