"""`tasktimer report`: show the time spent by project, day, or any one or two other keys."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Format, Json, Zone, flag, option
from tasktimer.cli.picture_format import resolve_plain_format
from tasktimer.cli.results import write_nothing_found
from tasktimer.cli.rounding_options import Down, Each, Nearest, Round, parse_rounding
from tasktimer.cli.selection import DateRangeOrWeek, From, To, parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.buckets import DATE_KEYS
from tasktimer.core.interval import Window
from tasktimer.core.report import Report, ReportQuery, default_keys, parse_keys
from tasktimer.core.task import parse_positive
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.output.report_style import ReportStyle
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

--average adds the average per day, week, month, quarter or year: below the
total, or in the last column if these are the columns. It is the total divided
by the number of rows or columns shown; with --fill, those without tasks are
shown and count, too.

Output: a table on a terminal. When piped, prints tab-separated lines: the
value of each key (empty without a project or tags), the time in seconds, the
rounded time with --round, and the number of tasks. --json prints an object.
--format or TASKTIMER_FORMAT selects another format; csv includes a header.
--average and --hours apply only to tables, and --plain selects one.
"""

By = Annotated[str | None, option("--by", "KEY[,KEY]", "What to group by.  (default: project)", "keys")]
Depth = Annotated[str | None, option("--depth", "N", "Show only the first N levels of projects.")]
Elapsed = Annotated[bool, flag("--elapsed", "Count the time shared by several tasks only once.")]
Average = Annotated[bool, flag("--average", "Add the average per day, week, month or other key.")]
Fill = Annotated[bool, flag("--fill", "Also show hours, days and other times without tasks.")]
Hours = Annotated[str | None, option("--hours", "UNIT", "Show times in seconds, minutes or decimal hours.", "hours")]
Calendar = Annotated[bool, flag("--calendar", "Show the time of each day as a shade.  (default range: year)")]
Plain = Annotated[bool, flag("--plain", "Print one line of words per row, for screen readers.")]


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
    style = ReportStyle(_parse_hours(hours), average, calendar, context.is_terminal, plain)
    levels = _parse_depth(depth)
    keys = _parse_keys(by, task_filter, levels, calendar=calendar)
    rounding = parse_rounding(round_to, nearest=nearest, down=down, each=each)
    has_totals = chosen == "json" or (chosen == "table" and not calendar)
    query = ReportQuery(keys, levels, elapsed, fill, rounding, has_totals)
    _validate(query, style)
    default = ["year" if calendar else "week"] if start is None and end is None else None
    window = parse_window(date_range or default, start, end, now)
    actor = context.resolve_user(user).reader
    found = create_report(context.store, actor, query, task_filter or NO_FILTER, window=window, now=now)
    if found.total.tasks or not explain_empty(context, task_filter, user, as_table=chosen == "table"):
        _write(found, window, chosen, style, now, is_filtered=task_filter is not None)


def _write(
    found: Report, window: Window | None, format_name: str, style: ReportStyle, now: datetime, *, is_filtered: bool
) -> None:
    zone = now.tzinfo or UTC
    if format_name != "table":
        write_result(output.report_data.format_report(found, zone, format_name), utf8=True)
    elif found.total.tasks:
        write_result(output.reports.format_report(found, style, now))
    else:
        write_nothing_found(window, zone, is_filtered=is_filtered)


def _parse_keys(text: str | None, task_filter: OptionalFilter, depth: int | None, *, calendar: bool) -> tuple[str, ...]:
    if text is not None:
        return parse_keys(text)
    return ("day",) if calendar else default_keys(task_filter or NO_FILTER, depth)


def _parse_depth(text: str | None) -> int | None:
    return None if text is None else parse_positive(text, noun="depth", code="invalid-depth")


def _parse_hours(text: str | None) -> str | None:
    if text is None:
        return None
    from tasktimer.core.printed_sums import UNITS  # lazy: what people see

    if text in UNITS:
        return text
    hint = f"use one of {', '.join(UNITS)}"
    raise InvalidValue("invalid-hours", f"unknown unit {quote_value(text)} for --hours", hint)


def _validate(query: ReportQuery, style: ReportStyle) -> None:
    """Raise InvalidValue if a report cannot be shown in a style."""
    if style.calendar:
        _validate_calendar(query, style)
    if style.average and not set(DATE_KEYS).intersection(query.by):
        hint = "use --by day, or another of week, month, quarter and year"
        raise InvalidValue("report-options", "an average requires a key such as day", hint)


def _validate_calendar(query: ReportQuery, style: ReportStyle) -> None:
    """Raise InvalidValue if an option has no effect on a calendar."""
    others = {
        "--by": query.by != ("day",),
        "--depth": query.depth,
        "--fill": query.fill,
        "--round": query.rounding,
        "--hours": style.hours,
        "--average": style.average,
    }
    if other := next((name for name, given in others.items() if given), None):
        raise InvalidValue("report-options", f"--calendar and {other} cannot be used together", "omit one of them")
