"""Timesheets as Rich tables; imported only when one is shown."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasktimer.core.timesheet import Entry, Timesheet
from tasktimer.core.timespec import format_duration
from tasktimer.output.text import clock, day_title, printable

_SECOND = timedelta(seconds=1)


def timesheet_table(sheet: Timesheet, day: date, zone: tzinfo) -> str:
    """Draw the timesheet of a day for the terminal that standard output is, or for 80 columns of plain text."""
    console = Console(highlight=False)
    title = day_title(day, zone, sheet.window.duration)
    if not sheet.entries:
        return f"Nothing tracked on {title}.\n"
    table = Table(title=title, title_style="bold", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    several = len({entry.task.user_id for entry in sheet.entries}) > 1
    table.add_column("ID", justify="right")
    if several:
        table.add_column("User", justify="right")
    table.add_column("Start", justify="right", no_wrap=True)
    table.add_column("End", no_wrap=True)
    table.add_column("Time spent", justify="right", no_wrap=True)
    table.add_column("Description", overflow="fold")
    arrows = ("←", "→") if console.encoding.startswith("utf") else ("<", ">")
    spent = _whole_seconds(entry.time_spent for entry in sheet.entries)
    for entry, duration in zip(sheet.entries, spent, strict=True):
        user = (str(entry.task.user_id),) if several else ()
        start, end = _ends(entry, sheet, day, zone, arrows)
        description = Text(printable(entry.task.description))
        table.add_row(str(entry.task.id), *user, start, end, format_duration(duration), description)
    table.add_section()
    blank = ("",) * (3 if several else 2)
    for name, total in _totals(sheet):
        table.add_row(*blank, Text(name, style="bold"), Text(format_duration(total // _SECOND * _SECOND), style="bold"))
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().strip("\n").split("\n")) + "\n"


def _ends(entry: Entry, sheet: Timesheet, day: date, zone: tzinfo, arrows: tuple[str, str]) -> tuple[Text, Text]:
    """Write both ends, marked with an arrow and their date where they lie outside the day."""
    task = entry.task
    start = Text(clock(task.start_time, zone, day))
    if task.start_time < sheet.window.start:
        start = Text(f"{arrows[0]} {start}", style="dim")
    if task.end_time is None:
        return start, Text("running", style="green")
    end = Text(clock(task.end_time, zone, day))
    if task.end_time > sheet.window.end:
        end = Text(f"{end} {arrows[1]}", style="dim")
    return start, end


def _totals(sheet: Timesheet) -> Iterator[tuple[str, timedelta]]:
    if sheet.worked == sheet.elapsed:
        yield "Total", sheet.worked
    else:
        yield "Worked", sheet.worked
        yield "Elapsed", sheet.elapsed


def _whole_seconds(durations: Iterable[timedelta]) -> Iterator[timedelta]:
    """Round to whole seconds so that the rows add up to the total shown: each is off by less than one."""
    exact = shown = timedelta()
    for duration in durations:
        exact += duration
        whole = exact // _SECOND * _SECOND
        yield whole - shown
        shown = whole
