"""`tasktimer report`: show the time spent by project, day, or any one or two other keys."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Format, Json, Zone, flag, option
from tasktimer.cli.picture_format import resolve_plain_format
from tasktimer.cli.results import write_nothing_found
from tasktimer.cli.selection import DateRangeOrWeek, From, To, parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.printed_sums import UNITS
from tasktimer.core.report import Report, ReportQuery, default_keys, parse_keys
from tasktimer.core.rounding import Rounding, parse_rounding_unit
from tasktimer.core.task import parse_positive
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.services.report import report as create_report

EPILOG = """\
Examples:
  tasktimer report                            this week, by project
  tasktimer report last month --by day
  tasktimer report week --by project,day      the days across
  tasktimer report 2026 --by month --average
  tasktimer report week -p acme               by day
  tasktimer report march --round 15m
  tasktimer report march --by project,week --hours decimal
  tasktimer report 2026-Q1 --by tag --format csv
  tasktimer report 2026 --calendar            a picture of the year

RANGE takes the same forms as for tasktimer list.

KEY is hour, weekday, day, week, month, quarter, year, project, tag, user or
description. The default is project, or day if a project is selected and
--depth is not given. A second key, after a comma, is shown across. A task is
split at the edges of hours and days, and counts in full towards each of its
tags.

--round rounds the time spent per day, project and user, or with --each per
day and task, up to a multiple of LENGTH. All other rounded times are sums of
these, so the rounded total does not depend on the keys. LENGTH is a whole
number of minutes, up to 4 hours, that divides 24 hours evenly.

Times are printed so that rows and columns add up to their totals; a time may
therefore be rounded up instead of down, or down instead of up. If tasks
overlap, worked counts the shared time once for each task, and elapsed counts
it only once.

--calendar shows the time of each day of a year, or of another range, as a
shade, with the weeks across.

--hours takes seconds (1:30:00), minutes (1:30) or decimal (1.50). The default
is seconds, or minutes with two keys.

--average adds the average of the times shown: in the last line for rows of
time, in the last column for columns of time. Times without tasks are not
shown, and do not count, unless --fill is given.

Output: a table on a terminal. When piped, prints tab-separated lines: the
value of each key (empty without a project or tags), the time in seconds, the
rounded time with --round, and the number of tasks. --json prints an object.
--format or TASKTIMER_FORMAT selects another format; csv includes a header.
--average and --hours apply only to tables, and --plain selects one.
"""

By = Annotated[str | None, option("--by", "KEY[,KEY]", "What to group by.  (default: project)", "keys")]
Depth = Annotated[str | None, option("--depth", "N", "Show only the first N levels of projects.")]
Elapsed = Annotated[bool, flag("--elapsed", "Count the time shared by several tasks only once.")]
Average = Annotated[bool, flag("--average", "Add the average of the rows or columns of time.")]
Fill = Annotated[bool, flag("--fill", "Also show hours, days and other times without tasks.")]
Round = Annotated[str | None, option("--round", "LENGTH", "Round daily project totals up, such as to 15m.")]
Nearest = Annotated[bool, flag("--nearest", "Round to the nearest multiple instead.")]
Down = Annotated[bool, flag("--down", "Round down instead.")]
Each = Annotated[bool, flag("--each", "Round the daily time of each task, not project.")]
Hours = Annotated[str | None, option("--hours", "UNIT", "Show times in seconds, minutes or decimal hours.", "hours")]
Calendar = Annotated[bool, flag("--calendar", "Show the time of each day as a shade.  (default range: year)")]
Plain = Annotated[bool, flag("--plain", "Print one line of words per row, for screen readers.")]


_DEFAULT = {False: "week", True: "year"}  # the default range, of reports and of calendars


@filter_options()
def report(
    ctx: typer.Context,
    date_range: DateRangeOrWeek = None,
    start: From = None,
    end: To = None,
    by: By = None,
    depth: Depth = None,
    elapsed: Elapsed = False,
    average: Average = False,
    fill: Fill = False,
    round_to: Round = None,
    nearest: Nearest = False,
    down: Down = False,
    each: Each = False,
    hours: Hours = None,
    calendar: Calendar = False,
    plain: Plain = False,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    tz: Zone = None,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show the time spent by project, day, or other keys."""
    context: Context = ctx.obj
    chosen = resolve_plain_format(context, format_name, as_json=as_json, plain=plain)
    now = context.now.astimezone(context.find_zone(tz))
    rounding = _parse_rounding(round_to, nearest=nearest, down=down, each=each)
    query = _query(by, depth, task_filter, elapsed=elapsed, fill=fill, rounding=rounding, calendar=calendar)
    _validate(query, by, hours, average=average, calendar=calendar)
    is_default = not date_range and start is None and end is None
    window = parse_window([_DEFAULT[calendar]] if is_default else date_range, start, end, now)
    query = query._replace(totals=chosen in ("table", "json"))
    actor = context.resolve_user(user).reader
    found = create_report(context.store, actor, query, task_filter or NO_FILTER, window=window, now=now)
    if found.total.tasks or not explain_empty(context, task_filter, user, as_table=chosen == "table"):
        layout = partial(_table, context, found, now, hours, average=average, calendar=calendar, plain=plain)
        nothing = partial(write_nothing_found, window, now.tzinfo or UTC, is_filtered=task_filter is not None)
        _write(found, chosen, now.tzinfo or UTC, layout, nothing)


def _write(
    found: Report, format_name: str, zone: tzinfo, table: Callable[[], str], write_nothing: Callable[[], None]
) -> None:
    if format_name != "table":
        write_result(output.report_data.format_report(found, zone, format_name), utf8=True)
    elif found.total.tasks:
        write_result(table())
    else:
        write_nothing()


def _table(
    context: Context,
    found: Report,
    now: datetime,
    hours: str | None,
    *,
    average: bool,
    calendar: bool,
    plain: bool,
) -> str:
    bars = context.is_terminal
    if calendar:
        draw = (
            output.calendar_heat_map.calendar_text if plain or not bars else output.calendar_heat_map.calendar_heat_map
        )
        return draw(found, now)
    return output.reports.format_report(found, now.tzinfo or UTC, hours, average=average, bars=bars, plain=plain)


def _query(
    by: str | None,
    depth: str | None,
    task_filter: OptionalFilter,
    *,
    elapsed: bool,
    fill: bool,
    rounding: Rounding | None,
    calendar: bool,
) -> ReportQuery:
    levels = None if depth is None else parse_positive(depth, noun="depth", code="invalid-depth")
    default = ("day",) if calendar else default_keys(task_filter or NO_FILTER, levels)
    keys = default if by is None else parse_keys(by)
    return ReportQuery(keys, levels, elapsed=elapsed, fill=fill, rounding=rounding)


def _parse_rounding(length: str | None, *, nearest: bool, down: bool, each: bool) -> Rounding | None:
    if nearest and down:
        raise InvalidValue("report-options", "--nearest and --down cannot be used together", "omit one of them")
    if length is not None:
        return Rounding(parse_rounding_unit(length), "nearest" if nearest else "down" if down else "up", each)
    for option_name, given in (("--nearest", nearest), ("--down", down), ("--each", each)):
        if given:
            raise InvalidValue("report-options", f"{option_name} requires --round", "add a length: --round 15m")
    return None


def _validate(query: ReportQuery, by: str | None, hours: str | None, *, average: bool, calendar: bool) -> None:
    if calendar:
        _validate_calendar(query, hours, average=average)
    if average and not query.time_keys:
        keys = query.by[:1] if by or query.depth else ()
        hint = f"add {'a key of time: ' if keys else ''}--by {','.join([*keys, 'day'])}"
        raise InvalidValue("report-options", "only a report by time has an average", hint)
    if hours is not None:
        _validate_hours(hours)


def _validate_calendar(query: ReportQuery, hours: str | None, *, average: bool) -> None:
    """Raise InvalidValue if an option has no effect on a calendar."""
    others = {
        "--by": query.by != ("day",),
        "--depth": query.depth,
        "--fill": query.fill,
        "--round": query.rounding,
        "--hours": hours,
        "--average": average,
    }
    if other := next((name for name, given in others.items() if given), None):
        raise InvalidValue("report-options", f"--calendar and {other} cannot be used together", "omit one of them")


def _validate_hours(hours: str) -> None:
    if hours not in UNITS:
        hint = f"use one of {', '.join(UNITS)}"
        raise InvalidValue("invalid-hours", f"unknown unit {quote_value(hours)} for --hours", hint)
