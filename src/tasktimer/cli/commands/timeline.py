"""`tasktimer timeline`: show when tasks were done, as a picture."""

from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Format, Json, Zone, flag
from tasktimer.cli.picture_format import resolve_picture_format
from tasktimer.cli.results import write_nothing_found
from tasktimer.cli.selection import DateRangeOrToday, From, To, parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.core.timesheets_by_day import add_empty_days, split_by_day
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer timeline                          today
  tasktimer timeline yesterday
  tasktimer timeline week -p acme
  tasktimer timeline last 7 days
  tasktimer timeline 2026-11-23 --plain       in words
  tasktimer timeline month --json

RANGE, --from and --to take the same forms as for tasktimer list, and so does
the task filter. The default is today.

Output: on a terminal, the hours of each day across, with a line for each
project and its total on the right. A column stands for 5 to 60 minutes,
depending on the width of the terminal; each half is filled if a task covers
at least half of it. A triangle marks the current time. Days without tasks are
shown if RANGE is at most 31 days. On terminals that are too narrow, or with
--plain, a line for each part of a task is printed instead.

When piped, prints tab-separated lines, one for the part of each task on each
day: day, start_time, end_time, seconds, project, description, tags
(comma-separated). A running task ends now. --json prints a list of parts.
--format or TASKTIMER_FORMAT selects another format; csv includes a header.
"""

Plain = Annotated[bool, flag("--plain", "Print words instead of a picture, for screen readers.")]


@filter_options()
def timeline(
    ctx: typer.Context,
    date_range: DateRangeOrToday = None,
    start: From = None,
    end: To = None,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    tz: Zone = None,
    plain: Plain = False,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show when you worked on each project, as a picture."""
    context: Context = ctx.obj
    chosen = resolve_picture_format(context, format_name, as_json=as_json, plain=plain)
    zone = context.find_zone(tz)
    now = context.now.astimezone(zone)
    is_today = not date_range and start is None and end is None
    window = parse_window(["today"] if is_today else date_range, start, end, now)
    actor = context.resolve_user(user).reader
    tasks = queries.list_tasks(context.store, actor, task_filter or NO_FILTER, window=window, now=now)
    days = split_by_day(tasks, window, zone, now)
    is_text = chosen in ("picture", "plain")
    if not days and explain_empty(context, task_filter, user, as_table=is_text):
        return
    if not is_text:
        write_result(output.interval_records.format_parts(days, now, chosen), utf8=True)
    elif days:
        draw = output.timeline.timeline if chosen == "picture" else output.timeline_text.timeline_text
        write_result(draw(add_empty_days(days, window, zone, now), now, window=window))
    else:
        write_nothing_found(window, zone, is_filtered=task_filter is not None)
