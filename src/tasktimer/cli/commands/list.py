"""`tasktimer list`: show tasks by day."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Format, Json, Zone, flag, option
from tasktimer.cli.results import resolve_format, write_entries, write_nothing_found
from tasktimer.cli.selection import DateRangeOrToday, From, To, parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.interval import Window
from tasktimer.core.task import MAX_INTEGER, Task, parse_positive
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.core.timeparse.date_ranges import ALL_DAYS
from tasktimer.core.timesheets_by_day import add_empty_days, split_by_day
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer list                              today
  tasktimer list last week
  tasktimer list month --skip-empty
  tasktimer list 2026-Q1 -p acme --not-tag free
  tasktimer list --search invoice             on any date
  tasktimer list week --where 'tag:docs or not project:acme'
  tasktimer list last 7 days
  tasktimer list --from 'monday 9:00' --to yesterday
  tasktimer list month --json

RANGE is a date range such as today, yesterday, monday (the most recent one),
'last monday' (before today), week, 'last week', month, march or q1 (the most
recent one), quarter, year, '3 days ago', '2 months ago', 2026-07-16, 2026-W34,
2026-03, 2026-Q1, 2026 or all. 'last 7 days' includes today, and 'last 2 weeks'
includes this week. --from and --to accept a time or a RANGE: --from uses the
first day of the range, --to the last. The default is today, or all time if a
filter such as --project is given. Weeks start on Monday, and days at midnight,
unless the settings week_starts_on and day_starts_at say otherwise; a week such
as 2026-W34 always starts on Monday. See tasktimer config.

EXPRESSION combines terms with and, or, not and parentheses. A term is text, in
quotes if it contains spaces, or one of: project:NAME, project:none, tag:TAG,
user:N, id:N, running, untagged, longer:DURATION, shorter:DURATION, from:WHEN,
to:WHEN, description:TEXT, note:TEXT.

Output: a table on a terminal, with the most recent day last; a task is listed
under each day that it overlaps, split where the day ends. Days without tasks
are shown if RANGE is at most 31 days; --skip-empty leaves them out. When
piped, prints one line per task, with the columns of tasktimer times. --json
prints a list of tasks. In both, time_spent is the number of seconds within RANGE.
"""

Limit = Annotated[str | None, option("--limit", "N", "Show only the N most recent tasks.  (default: all)")]
Reverse = Annotated[bool, flag("--reverse", "Show the newest tasks first.")]
SkipEmpty = Annotated[bool, flag("--skip-empty", "Leave out days without tasks.")]


@filter_options()
def list_(
    ctx: typer.Context,
    date_range: DateRangeOrToday = None,
    start: From = None,
    end: To = None,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    tz: Zone = None,
    limit: Limit = None,
    reverse: Reverse = False,
    skip_empty: SkipEmpty = False,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show tasks by day, for today or any date range."""
    context: Context = ctx.obj
    chosen = resolve_format(context, format_name, as_json=as_json)
    zone = context.find_zone(tz)
    now = context.now.astimezone(zone)
    is_today = not date_range and start is None and end is None and task_filter is None
    window = parse_window(["today"] if is_today else date_range, start, end, now)
    count = None if limit is None else parse_positive(limit, noun="limit", code="invalid-limit")
    most = None if count is None else min(count + 1, MAX_INTEGER)  # one extra task, to detect whether there are more
    actor = context.resolve_user(user).reader
    tasks = queries.list_tasks(context.store, actor, task_filter or NO_FILTER, window=window, limit=most, now=now)
    if not tasks and explain_empty(context, task_filter, user, as_table=chosen == "table"):
        return
    has_more = count is not None and len(tasks) > count
    shown = tasks[1:] if has_more else tasks  # the extra task is the earliest
    if chosen != "table":
        _write_data(shown[::-1] if reverse else shown, window, now, chosen)
        return
    if days := split_by_day(shown, window, zone, now):
        if not skip_empty and not has_more:  # with a limit, it is unknown which days are empty
            days = add_empty_days(days, window, zone, now)
        last = len(shown) if has_more else None
        write_result(output.timesheet_tables.timesheet_table(days, now, window=window, newest_first=reverse, last=last))
    else:
        write_nothing_found(window, zone, is_filtered=task_filter is not None)
    _warn_forgotten_tasks(context, shown)


def _write_data(tasks: list[Task], window: Window | None, now: datetime, format_name: str) -> None:
    everything = window or ALL_DAYS.window(UTC)
    write_entries([(task, task.time_spent(everything, now)) for task in tasks], format_name, now.tzinfo or UTC)


def _warn_forgotten_tasks(context: Context, tasks: list[Task]) -> None:
    from tasktimer.cli.notes import warn_forgotten_tasks  # lazy: what people see

    warn_forgotten_tasks(context, tasks)
