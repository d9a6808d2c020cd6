"""The table of tasks, with a heading for each day, that is used by `times`, `list` and previews of changes."""

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo

from rich.text import Text

from tasktimer.core.interval import Window
from tasktimer.core.labels import sort_key
from tasktimer.core.local_time import day_starts_at, day_window, format_duration, local_date
from tasktimer.core.task import Task
from tasktimer.output.formatting import escape_for_terminal, format_precision, format_time
from tasktimer.output.levels import Levels
from tasktimer.output.palette import RUNNING, project_color
from tasktimer.output.quick_table import BLANK_LINE, Heading, QuickTable

_MIN_DESCRIPTION = 24  # columns; if there are fewer, text is more readable on lines of its own


class TaskTable(QuickTable):
    """A table of tasks, with times in a time zone and without columns that would be empty or always the same."""

    def __init__(self, tasks: Collection[Task], zone: tzinfo, today: date) -> None:
        super().__init__()
        self._zone = zone
        self._today = today
        ends = (instant for task in tasks for instant in (task.start_time, task.end_time) if instant)
        self._precision = format_precision(*ends, zone=zone)
        self._has_users = len({task.user_id for task in tasks}) > 1
        self._has_projects = any(task.project for task in tasks)
        self._has_tags = any(task.tags for task in tasks)
        self._was_empty = False
        self._projects: dict[str, Text] = {}
        self._add_columns()

    def _add_columns(self) -> None:
        for name in ("ID", *(["User"] if self._has_users else []), "Start"):
            self.add_column(name, justify="right", no_wrap=True)
        self.add_column("End", no_wrap=True)
        self.total_column = len(self.columns)
        self.add_column("Length", justify="right", no_wrap=True)
        if self._has_projects:
            self.add_column("Project", overflow="fold")
        self.add_column("Description", overflow="fold", min_width=_MIN_DESCRIPTION)
        if self._has_tags:
            self.add_column("Tags", overflow="fold")

    def add_day(self, day: date, total: str = "", rest: str = "", *, is_empty: bool = False) -> None:
        """Add a day's heading, preceded by a blank line unless this day and the previous one are both empty."""
        if self.row_count and not (is_empty and self._was_empty):
            self.add_heading(BLANK_LINE)
        name = format_day(day, self._today, day_window(day, self._zone).duration)
        self.add_heading(Heading(name, total, rest, "dim" if is_empty else "bold"))
        self._was_empty = is_empty

    def add_task(self, task: Task, window: Window, day: date, length: timedelta) -> None:
        """Add a task's row, with an arrow beside a start or end outside the window; the window is within `day`."""
        self.add_row(
            str(task.id),
            *([str(task.user_id)] if self._has_users else []),
            self._start(task.start_time, window, day),
            self._end(task.end_time, window, day),
            format_duration(length),
            *([self._project(task.project or "")] if self._has_projects else []),
            _description(task),
            *([_tags(task)] if self._has_tags else []),
        )

    def _start(self, start: datetime, window: Window, day: date) -> str | Text:
        text = self._time(start, day)
        return Text(f"← {text}", "dim") if start < window.start else text

    def _end(self, end: datetime | None, window: Window, day: date) -> str | Text:
        if end is None:
            return Text("running", f"color({RUNNING})")
        text = self._time(end, day)
        if end > window.end:
            return Text(f"{text} →", "dim")
        if end == window.end and not day_starts_at(self._zone) and end.astimezone(self._zone).date() > day:
            return "24:00" if self._precision == "minutes" else "24:00:00"
        return text

    def _time(self, instant: datetime, day: date) -> str:
        """Format an instant, with its date if it is more than one day before or after `day`."""
        local = instant.astimezone(self._zone)
        text = format_time(local, self._zone, local.date(), self._precision)
        is_near = abs((local_date(instant, self._zone) - day).days) <= 1
        return text if is_near else f"{_format_short_date(local.date(), day)} {text}"

    def _project(self, name: str) -> str | Text:
        if name not in self._projects:
            self._projects[name] = Levels(escape_for_terminal(name), f"color({project_color(name)})")
        return self._projects[name] if name else ""


def _description(task: Task) -> str | Text:
    text = escape_for_terminal(task.description)
    return Text(text).append(" [note]", "dim") if task.note else text


def _tags(task: Task) -> str:
    tags = sorted(task.tags, key=sort_key) if len(task.tags) > 1 else task.tags
    return escape_for_terminal(" ".join(f"+{tag}" for tag in tags))


def format_day(day: date, today: date, length: timedelta) -> str:
    """Return a date as a heading, with the year unless it is this year, and the day's length unless it is 24 hours.

    >>> format_day(date(2024, 10, 27), date(2024, 11, 1), timedelta(hours=25))
    'Sun 27 October, 25 hours long'
    """
    hours = length / timedelta(hours=1)
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%B}{year}" + ("" if hours == 24 else f", {hours:g} hours long")


def _format_short_date(day: date, near: date) -> str:
    """Return a date in short form, with the year if it differs from that of `near`.

    >>> _format_short_date(date(2023, 12, 30), date(2024, 1, 2))
    '30 Dec 2023'
    """
    return f"{day.day} {day:%b}" + ("" if day.year == near.year else f" {day.year}")
