"""The tables of projects and of tags, with the number of tasks and the time spent on each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.text import Text

from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage, LabelUsages, add_usages
from tasktimer.core.local_time import format_duration
from tasktimer.output.formatting import escape_for_terminal, format_time, format_window
from tasktimer.output.palette import project_color
from tasktimer.output.quick_table import BLANK_LINE, Heading
from tasktimer.output.tables import new_table, render_table

_NONE = "(none)"
_INDENT = "  "


class _Row(NamedTuple):
    name: str
    usage: LabelUsage
    style: str


def usage_table(usages: LabelUsages, title: str, now: datetime, window: Window | None) -> str:
    """Render tags, or projects with subprojects below their parents; `title` is "Projects" or "Tags".

    Times are in the time zone of `now`. `window=None` means all time.
    """
    zone = now.tzinfo or UTC
    table = new_table()
    table.add_column("Name", overflow="fold", min_width=8)
    for heading in ("Tasks", "Worked", "Last start"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, usage, style in _levels(usages.labels) if title == "Projects" else map(_tag_row, usages.labels):
        last = format_time(usage.last_time, zone, now.date())
        table.add_row(Text(name, style), f"{usage.count:,}", format_duration(usage.worked), last)
    table.add_heading(BLANK_LINE)
    table.add_row("Total", f"{usages.count:,}", format_duration(usages.worked), "", style="bold")
    if usages.count < sum(usage.count for usage in usages.labels):
        table.add_heading(Heading("The total counts a task with several tags once.", style="dim"))
    return render_table(table, title if window is None else f"{title}, {format_window(window, zone)}")


def _tag_row(usage: LabelUsage) -> _Row:
    return _Row(_NONE, usage, "dim") if usage.name is None else _Row(escape_for_terminal(usage.name), usage, "")


def _levels(usages: Sequence[LabelUsage], depth: int = 0) -> Iterator[_Row]:
    """Yield a row for each project level from `depth` down, parents first, then one for tasks without such a level."""
    groups: dict[str, list[LabelUsage]] = {}
    own: list[LabelUsage] = []
    for usage in usages:
        levels = (usage.name or "").split("/")[depth:] if usage.name else []
        (groups.setdefault(levels[0], []) if levels else own).append(usage)
    for level, group in groups.items():
        name = group[0].name or ""
        style = f"color({project_color(name)})"
        yield _Row(_INDENT * depth + escape_for_terminal(level), add_usages(level, *group), style)
        if any((usage.name or "").count("/") > depth for usage in group):
            yield from _levels(group, depth + 1)
    if own:
        yield _Row(_INDENT * depth + _NONE, add_usages(None, *own), "dim")
