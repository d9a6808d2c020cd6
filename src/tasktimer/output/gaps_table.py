"""Gaps by day, each with the command that tracks it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from rich.console import Console
from rich.text import Text

from tasktimer.core.gaps import DayGaps, format_for_typing
from tasktimer.core.interval import Interval, Window
from tasktimer.core.local_time import current_date, day_window, format_duration
from tasktimer.output.formatting import format_precision, format_time, format_window
from tasktimer.output.quick_table import MARGIN, Heading
from tasktimer.output.tables import new_console, render_lines
from tasktimer.output.task_table import format_day

_GAP = "  "
_EDGE = 26  # of the totals: room for the name of a day and a length of up to 99 hours


def gaps_table(
    days: Sequence[DayGaps],
    now: datetime,
    *,
    window: Window | None = None,
    typed_in: tzinfo | None,
    options: str = "",
    note: str = "",
) -> str:
    """Render gaps below their days, with times in the time zone of `now`, each with a command to track it.

    `typed_in` is the time zone in which the command is run, and `options` is the rest of its command line. A command
    has a line of its own if the terminal is too narrow. `window=None` means all time. `note` follows the total.
    """
    zone, console = now.tzinfo or UTC, new_console()
    whole = window or Window(day_window(days[0].day, zone).start, day_window(days[-1].day, zone).end)
    rows = _Rows(days, zone, typed_in, options)
    lines = [
        Text(format_window(whole, zone), "bold"),
        *rows.lines(console, now),
        *([Text(), Text(note)] if note else []),
    ]
    return render_lines(console, lines)


class _Rows:
    """The gaps of several days as lines of text."""

    def __init__(self, days: Sequence[DayGaps], zone: tzinfo, typed_in: tzinfo | None, options: str) -> None:
        self._days = days
        self._zone = zone
        ends = [instant for day in days for gap in day.gaps for instant in (gap.start, gap.end)]
        self._precision = format_precision(*ends, zone=zone)
        self._times = {gap: self._format_times(gap) for day in days for gap in day.gaps}
        self._commands = {gap: _command(gap, zone, typed_in, options) for gap in self._times}
        self._edge = max(_EDGE, *map(len, self._times.values()))

    def lines(self, console: Console, now: datetime) -> Iterator[Text]:
        """Yield the headings, the gaps and their total."""
        width = max(MARGIN + self._edge + len(_GAP) + len(command) for command in self._commands.values())
        for day, gaps in self._days:
            name = format_day(day, current_date(now), day_window(day, self._zone).duration)
            yield Text()
            yield from self._heading(console, name, gaps)
            for gap in gaps:
                yield from self._row(gap, is_narrow=width > console.width)
        yield Text()
        yield from self._heading(console, "Total", list(self._times))

    def _heading(self, console: Console, name: str, gaps: Sequence[Interval]) -> Iterator[Text]:
        total = sum((gap.in_whole_seconds.duration for gap in gaps), timedelta())
        for line in Heading(name, format_duration(total)).lines(console, self._edge):
            yield Text.assemble(" " * MARGIN, line)

    def _row(self, gap: Interval, *, is_narrow: bool) -> Iterator[Text]:
        times, command = f"{' ' * MARGIN}{self._times[gap]}", Text(self._commands[gap], "dim")
        if is_narrow:
            yield Text(times)
            yield Text.assemble(_GAP, command)
        else:
            yield Text.assemble(times, _GAP, command)

    def _format_times(self, gap: Interval) -> str:
        shown = gap.in_whole_seconds
        start, end = (
            format_time(instant, self._zone, instant.astimezone(self._zone).date(), self._precision)
            for instant in (shown.start, shown.end)
        )
        times = f"{start}{_GAP}{end}"
        length = format_duration(shown.duration)
        return times + length.rjust(max(_EDGE - len(times), len(_GAP + length)))


def _command(gap: Interval, zone: tzinfo, typed_in: tzinfo | None, options: str) -> str:
    start, end = format_for_typing(gap, zone, with_offset=typed_in is not zone)
    return f'tasktimer track "..." --start {start} --end {end}{options}'
