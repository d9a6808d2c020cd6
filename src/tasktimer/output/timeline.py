"""Timelines: the tasks of each day as a picture, with a lane for each project."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tasktimer.core.interval import Window
from tasktimer.core.local_time import current_date, day_window, format_duration
from tasktimer.core.timeline import Axis, Column, Lane, axes, choose_scale, fill_columns, lanes
from tasktimer.core.timesheet import Timesheet
from tasktimer.output.blocks import join_cells, symbols_for, title_with_legend
from tasktimer.output.formatting import escape_for_terminal, format_window
from tasktimer.output.levels import Levels
from tasktimer.output.palette import RUNNING, project_color
from tasktimer.output.quick_table import GAP, MARGIN, Heading
from tasktimer.output.tables import new_console, render_lines
from tasktimer.output.task_table import format_day
from tasktimer.output.timeline_text import format_total, timeline_text

Days = Sequence[tuple[date, Timesheet]]

_NONE = "(none)"
_LABEL = 3  # columns: an hour, and a space


def timeline(days: Days, now: datetime, *, window: Window | None = None) -> str:
    """Render the tasks of days as a picture, or as text on a terminal that is too narrow for it.

    Times are in the time zone of `now`; `window=None` means all time.
    """
    console = new_console()
    layout = _find_layout(days, now, console.width)
    if layout is None:
        return timeline_text(days, now, window=window)
    zone = now.tzinfo or UTC
    whole = window or Window(day_window(days[0][0], zone).start, day_window(days[-1][0], zone).end)
    return render_lines(console, _Picture(console, layout, now).lines(days, format_window(whole, zone)))


class _Layout(NamedTuple):
    """The widths of the names, the axis and the totals, and the time that a column of the axis stands for."""

    names: int
    columns: int
    totals: int
    scale: timedelta
    axes: dict[date, Axis]

    @property
    def edge(self) -> int:
        """The right edge of the totals, after the margin."""
        return self.names + GAP + self.columns + GAP + self.totals


def _find_layout(days: Days, now: datetime, width: int) -> _Layout | None:
    """Return the layout for a terminal, or None if it is too narrow."""
    all_axes = axes({day: sheet for day, sheet in days if sheet.entries}, now)
    all_lanes = [lane for _, sheet in days for lane in lanes(sheet.in_whole_seconds)]
    names = min(max(cell_len(_name(lane)) for lane in all_lanes), width // 4)
    totals = max(len(format_duration(sheet.in_whole_seconds.worked)) for _, sheet in days)
    scale = choose_scale(all_axes.values(), width - MARGIN - names - GAP - GAP - totals)
    if scale is None:
        return None
    columns = max(axis.count_columns(scale) for axis in all_axes.values())
    return _Layout(names, columns, totals, scale, all_axes)


def _name(lane: Lane) -> str:
    return escape_for_terminal(lane.project or _NONE)


class _Picture:
    """A drawing of the lanes of days as lines of text."""

    def __init__(self, console: Console, layout: _Layout, now: datetime) -> None:
        self._console = console
        self._layout = layout
        self._now = now
        self._symbols = symbols_for(console)

    def lines(self, days: Days, title: str) -> Iterator[Text]:
        """Yield the title, with the scale, then each day and, for several days, the total."""
        yield title_with_legend(title, self._legend(), self._layout.edge + MARGIN, self._console.width)
        was_empty = False
        for day, sheet in days:
            if not (was_empty and not sheet.entries):
                yield Text()
            yield from self._day(day, sheet.in_whole_seconds)
            was_empty = not sheet.entries
        if days[1:]:
            yield Text()
            yield from self._heading("Total", format_total(sheet for _, sheet in days))

    def _legend(self) -> str:
        minutes, symbols = self._layout.scale / timedelta(minutes=1), self._symbols
        return f"{symbols.full} {minutes:g} minutes  {symbols.left} {minutes / 2:g} minutes  {symbols.touched} less"

    def _day(self, day: date, sheet: Timesheet) -> Iterator[Text]:
        zone = self._now.tzinfo or UTC
        name = format_day(day, current_date(self._now), day_window(day, zone).duration)
        yield from self._heading(name, format_total([sheet]), style="bold" if sheet.entries else "dim")
        if sheet.entries:
            axis = self._layout.axes[day]
            yield Text.assemble(" " * (MARGIN + self._layout.names + GAP), self._hours(axis, sheet.window))
            for lane in lanes(sheet):
                yield from self._lane(lane, axis)

    def _heading(self, name: str, total: str, style: str = "bold") -> Iterator[Text]:
        for line in Heading(name, total, style=style).lines(self._console, self._layout.edge):
            yield Text.assemble(" " * MARGIN, line)

    def _hours(self, axis: Axis, window: Window) -> Text:
        """Return the labels of an axis, with a mark at the current time, which may replace a label."""
        marks = [" "] * (axis.count_columns(self._layout.scale) + _LABEL)
        now = None
        if window.start <= self._now < window.end:
            now = self._column(self._now, axis)
            marks[now] = self._symbols.now
        for column, hour in self._labels(axis):
            if marks[column : column + _LABEL] == [" "] * _LABEL and (column == 0 or marks[column - 1] == " "):
                marks[column : column + 2] = f"{hour:02}"
        text = Text("".join(marks).rstrip(), "dim")
        if now is not None:
            text.stylize(f"not dim color({RUNNING})", now, now + 1)
        return text

    def _labels(self, axis: Axis) -> Iterator[tuple[int, int]]:
        """Yield the column and the number of each hour to label, so that there is room for the labels."""
        hour = timedelta(hours=1) // self._layout.scale
        step = -(-_LABEL // hour)
        for number, window in axis.hours:
            if number % step == 0:
                yield self._column(window.start, axis), number

    def _column(self, instant: datetime, axis: Axis) -> int:
        return (instant - axis.window.start) // self._layout.scale

    def _lane(self, lane: Lane, axis: Axis) -> Iterator[Text]:
        """Yield the lines of a lane; only its name may need several."""
        style = f"color({project_color(lane.project)})" if lane.project else "dim"
        first, *rest = Levels(_name(lane), style).wrap(self._console, self._layout.names, overflow="fold")
        total = format_duration(lane.worked)
        bar = self._bar(lane, axis, style)
        name_blanks = " " * (self._layout.names - first.cell_len + GAP)
        total_blanks = " " * (self._layout.columns - len(bar) + GAP + self._layout.totals - len(total))
        yield Text.assemble(" " * MARGIN, first, name_blanks, bar, total_blanks, total)
        for line in rest:
            yield Text.assemble(" " * MARGIN, line)

    def _bar(self, lane: Lane, axis: Axis, style: str) -> Text:
        scale = self._layout.scale
        columns = fill_columns(lane.parts, axis.window.start, scale, axis.count_columns(scale))
        labeled = {column for column, _ in self._labels(axis)}
        cells = [
            (self._block(column), style) if any(column) else (self._symbols.hour if number in labeled else " ", "dim")
            for number, column in enumerate(columns)
        ]
        return join_cells(cells)

    def _block(self, column: Column) -> str:
        if column.left and column.right:
            return self._symbols.full
        if column.left or column.right:
            return self._symbols.left if column.left else self._symbols.right
        return self._symbols.touched
