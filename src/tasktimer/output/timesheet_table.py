"""Timesheets as Rich tables; imported only when they are shown."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_whole_seconds
from tasktimer.core.timesheet import Timesheet
from tasktimer.output.messages import (
    escape_for_terminal,
    format_day_title,
    format_labels,
    format_skipped_day,
    format_time,
    format_totals,
)
from tasktimer.output.stacked_table import render_stacked

_SECOND = timedelta(seconds=1)
_MIN_DESCRIPTION_WIDTH = 20  # columns; with fewer, descriptions are more readable on lines of their own
_ASCII_ARROWS = str.maketrans("←→", "<>")


def timesheet_table(sheet: Timesheet, day: date, zone: tzinfo, *, is_filtered: bool) -> str:
    """Render the timesheet of a day, possibly filtered, for the terminal, or as plain text of 80 columns."""
    title = escape_for_terminal(format_day_title(day, zone, sheet.window.duration))
    if not sheet.window.duration:
        return format_skipped_day(day, zone)
    if not sheet.entries:
        return f"{'No task matches' if is_filtered else 'Nothing tracked'} on {title}.\n"
    several = len({entry.task.user_id for entry in sheet.entries}) > 1
    table = task_table(several=several)
    for row in entry_rows(sheet, day, zone, several=several):
        table.add_row(*row)
    table.add_section()
    texts = format_totals(sheet.worked, sheet.elapsed)
    for name, total in zip(("Worked", "Elapsed") if texts[1:] else ("Total",), texts, strict=True):
        blanks = [""] * (3 if several else 2)
        table.add_row(*blanks, name, total, style="bold")
    return render_table(title, table)


def entry_rows(sheet: Timesheet, day: date, zone: tzinfo, *, several: bool) -> Iterator[list[str | Text]]:
    """Yield the rows of a day's tasks for a `task_table`; their time spent adds up to the total."""

    def show(instant: datetime) -> str:
        return format_time(instant, zone, day).removeprefix(f"{day.year:04}-")  # the year is in the title

    spent = _whole_seconds(entry.time_spent for entry in sheet.entries)
    for entry, duration in zip(sheet.entries, spent, strict=True):
        task = entry.task
        user = [str(task.user_id)] if several else []
        ends = _start(task, sheet.window, show), _end(task, sheet.window, show)
        yield [str(task.id), *user, *ends, format_whole_seconds(duration), _what(task)]


def new_table() -> Table:
    """Return a table in the common style, without columns."""
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))


def task_table(*, several: bool) -> Table:
    """Return a table for tasks, with a column for users if there are several."""
    table = new_table()
    table.add_column("ID", justify="right", no_wrap=True)
    if several:
        table.add_column("User", justify="right", no_wrap=True)
    table.add_column("Start", justify="right", no_wrap=True)
    table.add_column("End", no_wrap=True)
    table.add_column("Time spent", justify="right", no_wrap=True)
    table.add_column("Description", overflow="fold", min_width=12)
    return table


def _start(task: Task, window: Window, show: Callable[[datetime], str]) -> Text:
    start = show(task.start_time)
    return Text(f"← {start}", style="dim") if task.start_time < window.start else Text(start)


def _end(task: Task, window: Window, show: Callable[[datetime], str]) -> Text:
    if task.end_time is None:
        return Text("running", style="green")
    end = "24:00" if task.end_time == window.end else show(task.end_time)
    return Text(f"{end} →", style="dim") if task.end_time > window.end else Text(end)


def _what(task: Task) -> Text:
    """Return the description, followed by the project and the tags."""
    return Text(escape_for_terminal(task.description)).append(format_labels(task), style="dim")


def render_table(title: str, table: Table) -> str:
    """Render a table below its title for the terminal, or as plain text of 80 columns."""
    console = Console(highlight=False)
    console.width = max(console.width, _MIN_DESCRIPTION_WIDTH)
    with console.capture() as capture:
        console.print(Text(title, style="bold"), soft_wrap=True)  # a table wraps its own title
        if _least_width(table) <= console.width:
            console.print(table)
        else:
            console.print()
            console.print(*render_stacked(console, table), sep="\n", soft_wrap=True)
    lines = (line.rstrip() for line in capture.get().split("\n"))
    text = "\n".join(lines).strip("\n") + "\n"
    return text if console.encoding.startswith("utf") else text.translate(_ASCII_ARROWS)


def _least_width(table: Table) -> int:
    """Return the smallest width at which no cell is truncated and the folding column has some room."""
    widths = (
        max(cell_len(line) for cell in (column.header, *column.cells) for line in str(cell).split("\n"))
        for column in table.columns
    )
    room = (
        width if column.no_wrap else max(min(width, _MIN_DESCRIPTION_WIDTH), column.min_width or 0)
        for width, column in zip(widths, table.columns, strict=True)
    )
    # Rich draws two spaces after each cell, and one before the first.
    return sum(width + 2 for width in room) + 1


def _whole_seconds(durations: Iterable[timedelta]) -> Iterator[timedelta]:
    """Yield durations in whole seconds that add up to the total as shown; each is off by less than a second."""
    exact = shown = timedelta()
    for duration in durations:
        exact += duration
        whole = exact // _SECOND * _SECOND
        yield whole - shown
        shown = whole
