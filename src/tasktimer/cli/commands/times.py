"""`tasktimer times`: show the time spent on each task on a given day."""

from datetime import date, datetime
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Format, Json, Zone, argument, option
from tasktimer.cli.results import resolve_format, write_entries, write_nothing_found
from tasktimer.cli.streams import load_usage_errors, write_result
from tasktimer.core.local_time import current_date, day_window
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer times                             today
  tasktimer times yesterday
  tasktimer times last friday
  tasktimer times --project acme --not-tag free
  tasktimer times 2023-07-16 --tz America/New_York
  tasktimer times --json | jq 'map(.time_spent) | add'
  tasktimer times --format csv > today.csv

DAY is a date such as 2023-07-16, or today, yesterday, a weekday (the most
recent one, including today), or last monday (before today). Days start at
midnight, or at the time set by tasktimer config set day_starts_at.
--date also takes -N, for N days ago. For several days, use tasktimer list
or, for totals by project and more, tasktimer report.

Output: a table on a terminal, or a list of tasks as JSON with --json. When
piped, prints tab-separated lines: id, user_id, description, start_time,
end_time, time_spent (in seconds), project, tags (comma-separated), note.
Tabs, newlines and backslashes are escaped as \\t, \\n and \\\\. --format or
TASKTIMER_FORMAT selects another format; csv includes a header.

Arrows mark tasks that start before the day or end after it; tasks with a note
are marked as well. If tasks overlap, two totals are shown: worked counts the
shared time once for each task, and elapsed counts it only once.
"""

Day = Annotated[list[str] | None, argument("[DAY...]", "Day to show; no quotes needed.  (default: today)", "day")]
Date = Annotated[str | None, option("--date", "DAY", "Day to show, instead of the argument.", "date")]


@filter_options()
def times(
    ctx: typer.Context,
    day: Day = None,
    date_option: Date = None,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    tz: Zone = None,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show the time spent on each task on a given day."""
    context: Context = ctx.obj
    chosen = resolve_format(context, format_name, as_json=as_json)
    zone = context.find_zone(tz)
    now = context.now.astimezone(zone)
    text = _join_day(day, date_option)
    shown_day = current_date(now) if text is None else _parse_day(text, now)
    window = day_window(shown_day, zone)
    sheet = queries.times(context.store, context.resolve_user(user).reader, window, task_filter, now=now)
    if not sheet.entries and explain_empty(context, task_filter, user, as_table=chosen == "table"):
        return
    if chosen != "table":
        write_entries([(entry.task, entry.time_spent) for entry in sheet.entries], chosen, zone)
    elif sheet.entries:
        write_result(output.timesheet_tables.timesheet_table([(shown_day, sheet)], now, window=window))
    else:
        write_nothing_found(window, zone, is_filtered=task_filter is not None)


def _join_day(words: list[str] | None, option_value: str | None) -> str | None:
    """Return the text of the argument or of --date; None means today."""
    if not words:
        return option_value
    text = " ".join(words)
    if option_value is not None:
        hint = "omit one of them; put quotes around a value that contains spaces: --date 'last friday'"
        raise InvalidValue("day-and-date", f"the day {quote_value(text)} cannot be used with --date", hint)
    return text


def _parse_day(text: str, now: datetime) -> date:
    from tasktimer.core.timeparse.dates import parse_date  # lazy: only typed days need it

    try:
        return parse_date(text, current_date(now))
    except InvalidValue as error:
        hint = load_usage_errors().find_day_hint(text, now) or error.hint
        raise InvalidValue(error.code, error.message, hint) from None
