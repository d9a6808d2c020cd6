"""The use of projects and tags, as JSON and TSV for programs, and as a table for people."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.timeformat import format_instant, format_whole_seconds
from tasktimer.output.json_tsv import escape_control_chars, escape_tsv, format_seconds_decimal
from tasktimer.output.messages import escape_for_terminal, format_time


def usage_to_dict(usage: LabelUsage, now: datetime) -> dict[str, Any]:
    """Return the JSON object of a project or a tag; `worked` is in seconds."""
    return {
        "name": escape_control_chars(usage.name),
        "count": usage.count,
        "last_time": format_instant(usage.last_time, now.tzinfo or UTC),
        "worked": usage.worked.total_seconds(),
    }


def usages_tsv(usages: Iterable[LabelUsage], now: datetime) -> str:
    """Format projects or tags as tab-separated lines without a header: name, count, last_time, worked."""
    return "".join(
        f"{escape_tsv(usage.name)}\t{usage.count}\t"
        f"{format_instant(usage.last_time, now.tzinfo or UTC)}\t{format_seconds_decimal(usage.worked)}\n"
        for usage in usages
    )


def usages_table(
    usages: Sequence[LabelUsage], title: str, now: datetime, *, window: Window | None = None, is_filtered: bool
) -> str:
    """Render projects or tags for the terminal, times in the zone of `now`.

    `window=None` means all time; `is_filtered` means that a task filter was given.
    """
    from tasktimer.output.date_ranges import format_nothing_found, format_window  # lazy: what people see

    zone = now.tzinfo or UTC
    if not usages:
        names = title.lower()
        none = f"No task with a {names.removesuffix('s')} matches" if is_filtered else f"There are no {names}"
        return format_nothing_found(none, window, zone)
    from rich.text import Text  # lazy: what people see

    from tasktimer.output.timesheet_table import new_table, render_table

    table = new_table()
    table.add_column("Name", overflow="fold", min_width=8)
    for name in ("Tasks", "Worked", "Last used"):
        table.add_column(name, justify="right", no_wrap=True)
    for usage in usages:
        worked = format_whole_seconds(usage.worked)
        last = format_time(usage.last_time, zone, now.date())
        table.add_row(Text(escape_for_terminal(usage.name)), str(usage.count), worked, last)
    return render_table(title if window is None else f"{title}, {format_window(window, zone)}", table)
