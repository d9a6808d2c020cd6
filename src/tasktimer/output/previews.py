"""The table of tasks that a command is about to change or delete."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from tasktimer.core.local_time import current_date, day_window, local_date
from tasktimer.core.task import Task
from tasktimer.output.changes import first_items, format_differences
from tasktimer.output.quick_table import Heading
from tasktimer.output.tables import render_table
from tasktimer.output.task_table import TaskTable

_INDENT = " " * 4


def preview_table(changes: Sequence[tuple[Task, Task | None]], count: int, now: datetime) -> str:
    """Render tasks as they are before a change, each followed by its changes unless it is to be deleted.

    `changes` contains the first tasks, before and after the change; `count` is the total number.
    """
    shown, zone = first_items(changes, count), now.tzinfo or UTC
    table = TaskTable([task for task, _ in shown], zone, current_date(now))
    for day, changes_of_day in groupby(shown, lambda change: local_date(change[0].start_time, zone)):
        table.add_day(day)
        for task, after in changes_of_day:
            table.add_task(task, day_window(day, zone), day, task.interval(now).in_whole_seconds.duration)
            if after is not None:
                table.add_heading(Heading(f"{_INDENT}{format_differences(task, after, now, day)}", style=""))
    if rest := count - len(shown):
        table.add_heading(Heading(f"and {rest:,} more", style=""))
    return render_table(table)
