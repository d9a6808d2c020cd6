"""Calendars with the time spent on each day, as shades or in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from rich.console import Console
from rich.text import Text

from tasktimer.core.buckets import weekday_names
from tasktimer.core.calendar_days import LEVELS, CalendarDays, Week, calendar_days, weeks
from tasktimer.core.local_time import format_duration, format_whole_seconds, local_date, start_of_week
from tasktimer.core.report import Report
from tasktimer.output.blocks import join_cells, symbols_for, title_with_legend
from tasktimer.output.formatting import format_window, pluralize
from tasktimer.output.palette import SHADES
from tasktimer.output.tables import new_console, render_lines

_MARGIN = 6  # columns: a space, and the name of a weekday or a year
_MONTH = 3  # columns: the name of a month
_DIVISORS = (12, 6, 4, 3, 2, 1)  # months in a block


def calendar_heat_map(report: Report, now: datetime) -> str:
    """Render a report by day as a picture, with a column for each week, in the time zone of `now`."""
    console, days = new_console(), calendar_days(report, now)
    lines = _Picture(console, days, now).lines(format_window(report.window, now.tzinfo or UTC))
    return render_lines(console, lines)


def calendar_text(report: Report, now: datetime) -> str:
    """Return a line for each month up to now, for screen readers, with the days of a report by day."""
    days, today = calendar_days(report, now), local_date(now, now.tzinfo or UTC)
    lines = [format_window(report.window, now.tzinfo or UTC), ""]
    for first, last in days.blocks(months=1):
        if first <= today:
            spent = {day: time for day, time in days.spent.items() if first <= day <= last}
            lines.append(f"{first:%B} {first.year}: {_summary(spent)}{_longest(spent)}")
    return "\n".join([*lines, "", f"Total: {_summary(days.spent)}"]) + "\n"


def _summary(spent: Mapping[date, timedelta]) -> str:
    total = sum(spent.values(), timedelta())
    return f"{format_whole_seconds(total)} on {pluralize(len(spent), 'day')}"


def _longest(spent: Mapping[date, timedelta]) -> str:
    if not spent:
        return ""
    day = max(spent, key=lambda day: spent[day])
    return f", at most {format_whole_seconds(spent[day])} on {day:%a} {day.day}"


class _Picture:
    """A drawing of a calendar as lines of text."""

    def __init__(self, console: Console, days: CalendarDays, now: datetime) -> None:
        self._width = console.width
        self._shades = symbols_for(console).shades
        self._days = days
        self._now = now
        self._zone = now.tzinfo or UTC

    def lines(self, title: str) -> Iterator[Text]:
        """Yield the title with the legend, the weeks, and the total."""
        blocks = self._blocks()
        edge = _MARGIN + max(map(len, blocks.values()))
        yield title_with_legend(title, self._legend(), edge, self._width)
        for first, block in blocks.items():
            yield Text()
            yield self._months(first, block)
            for name, days in zip(weekday_names(self._zone), zip(*block, strict=True), strict=True):
                yield self._row(name[:3], days)
        yield Text()
        yield Text(f" Total  {_summary(self._days.spent)}", "bold")

    def _blocks(self) -> dict[date, list[Week]]:
        """Return the weeks of each block by its first day; a block is a year, or a part of one if that is too wide."""
        choices = (
            {first: weeks(first, last, self._now) for first, last in self._days.blocks(months)} for months in _DIVISORS
        )
        return next(blocks for blocks in choices if _MARGIN + max(map(len, blocks.values())) <= self._width)

    def _legend(self) -> str:
        limits = [format_duration(number * self._days.step)[:-3] for number in range(1, LEVELS + 1)]
        texts = ["none", f"to {limits[0]}", *limits[1:]]
        return "  ".join(f"{shade} {text}" for shade, text in zip(self._shades, texts, strict=True)) + " a day"

    def _months(self, first: date, block: Sequence[Week]) -> Text:
        """Return the year and the names of the months, each above the week that contains its first day."""
        line = [" "] * (len(block) + _MONTH)
        following = len(line) + 1
        for month, column in reversed(self._month_columns(first, len(block))):
            if column + _MONTH < following:  # otherwise, only the last days of the month are in this block
                line[column : column + _MONTH] = f"{month:%b}"
                following = column
        return Text(f" {first.year:<{_MARGIN - 1}}{''.join(line)}".rstrip(), "dim")

    def _month_columns(self, first: date, count: int) -> list[tuple[date, int]]:
        """Return the first days of the months within a block, each with its column."""
        start = start_of_week(first, self._zone)
        columns = [(month, (month - start).days // 7) for month, _ in self._days.blocks(1) if month >= first]
        return [(month, column) for month, column in columns if column < count and month.year == first.year]

    def _row(self, name: str, days: Sequence[date | None]) -> Text:
        cells = [(" ", "") if day is None else self._cell(self._days.level(day)) for day in days]
        return Text.assemble(f" {name:<{_MARGIN - 1}}", join_cells(cells))

    def _cell(self, level: int) -> tuple[str, str]:
        return self._shades[level], f"color({SHADES[level - 1]})" if level else "dim"
