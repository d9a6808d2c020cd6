"""`tasktimer times`: show the time spent on each task on a given day."""

from datetime import date, tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import filter_options, warn_unknown_labels
from tasktimer.cli.options import AnyUser, Json, Zone
from tasktimer.cli.output_format import Format, resolve_format
from tasktimer.cli.streams import print_note, write_result
from tasktimer.config.timezones import get_zone
from tasktimer.core.local_time import day_window
from tasktimer.core.timeparse.datetimes import parse_date
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue
from tasktimer.output import timesheet_data
from tasktimer.services import queries

if TYPE_CHECKING:  # lazy: filters and labels
    from tasktimer.core.task_filter import TaskFilter

EPILOG = """\
Examples:
  tasktimer times                             today
  tasktimer times --date yesterday
  tasktimer times --project acme --not-tag free
  tasktimer times --date 2023-07-16 --tz America/New_York
  tasktimer times --json | jq 'map(.time_spent) | add'
  tasktimer times --format csv > today.csv

DATE is 2023-07-16, today, yesterday, a weekday (the most recent one, today
included) or -1, -7 (days).

Prints a table on a terminal. Prints tab-separated lines on a pipe: id,
user_id, description, start_time, end_time, time_spent (in seconds), project,
tags (comma-separated), note. Tabs, newlines and backslashes are escaped as
\\t, \\n and \\\\. --format, or TASKTIMER_FORMAT, selects another format; csv
has a header.

Arrows mark tasks that start before or end after the day. If tasks overlap,
there are two totals: worked counts the shared time for each of them, elapsed
counts it once.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@filter_options()
def times(
    ctx: typer.Context,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="Day.  (default: today)", autocompletion=complete("date")),
    ] = None,
    task_filter: "TaskFilter | None" = None,
    user: AnyUser = None,
    tz: Zone = None,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show the time spent on each task on a given day."""
    context: Context = ctx.obj
    chosen = resolve_format(context, format_name, as_json=as_json)
    zone = context.zone if tz is None else get_zone(tz)
    now = context.now.astimezone(zone)
    shown_day = _day("today" if day is None else day, now.date())
    window = day_window(shown_day, zone)
    sheet = queries.times(context.store, context.resolve_user(user).reader, window, task_filter, now=now)
    if not sheet.entries and (missing := context.store.missing_error()):
        print_note(missing)
        if chosen == "table":
            return
    if not sheet.entries:
        warn_unknown_labels(context, task_filter, user)
    write_result(_render(sheet, chosen, shown_day, zone, is_filtered=task_filter is not None), utf8=chosen != "table")


def _day(text: str, today: date) -> date:
    try:
        return parse_date(text, today)
    except InvalidValue as error:
        from tasktimer.core.timeparse.date_ranges import find_date_range  # lazy: errors

        span = find_date_range(text, today)
        if span is None:
            raise
        words = " ".join(text.split())
        hint = f"list several days: tasktimer list {words}" if span.last > span.first else f"use {span.first}"
        raise InvalidValue(error.code, error.message, hint) from None


def _render(sheet: Timesheet, name: str, day: date, zone: tzinfo, *, is_filtered: bool) -> str:
    if name == "table":
        from tasktimer.output.timesheet_table import timesheet_table  # lazy: what people see

        return timesheet_table(sheet, day, zone, is_filtered=is_filtered)
    write = {"json": timesheet_data.entries_json, "csv": timesheet_data.entries_csv, "tsv": timesheet_data.entries_tsv}[
        name
    ]
    return write([(entry.task, entry.time_spent) for entry in sheet.entries], zone)
