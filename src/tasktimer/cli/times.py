"""`tasktimer times`: how long each task took on a day."""

from datetime import date, tzinfo
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.exits import hint_for, report, write_result
from tasktimer.cli.options import AnyUser, Json
from tasktimer.core.calendar import local_day
from tasktimer.core.timesheet import Timesheet
from tasktimer.core.timespec import parse_date
from tasktimer.errors import InvalidValue, StoreMissing
from tasktimer.output import data
from tasktimer.settings import FORMATS, parse_format
from tasktimer.tracker import looking
from tasktimer.zone import get_zone

EPILOG = """\
Examples:
  tasktimer times                             today
  tasktimer times --date yesterday
  tasktimer times --date 2023-07-16 --tz America/New_York
  tasktimer times --json | jq 'map(.time_spent) | add'
  tasktimer times --format csv > today.csv

DATE is 2023-07-16, today, yesterday, a weekday (the most recent one, today
included) or -1, -7 (days).

A terminal gets a table. A pipe gets tab-separated lines: id, user_id,
description, start_time, end_time, time_spent (in seconds); in a description a
tab, a newline or a backslash is \\t, \\n or \\\\. --format, or TASKTIMER_FORMAT,
asks for another format, also for the table on a pipe; csv has a header.

Arrows mark tasks that began before or end after the day. Where tasks overlap
there are two totals: worked counts the time they share for each of them,
elapsed counts it once.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def times(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Option("--date", metavar="DATE", help="The day.  (default: today)")] = None,
    user: AnyUser = None,
    tz: Annotated[
        str | None,
        typer.Option("--tz", metavar="ZONE", help="Whose days: a name such as Europe/Berlin.  (default: here)"),
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(FORMATS),
            help="How to print it.  (default: table on a terminal, tsv on a pipe)",
            autocompletion=lambda: list(FORMATS),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how long each task took on a day, cut at local midnight."""
    context: Context = ctx.obj
    chosen = _format(context, format_name, as_json=as_json)
    zone = context.zone if tz is None else get_zone(tz)
    now = context.now.astimezone(zone)
    asked = parse_date("today" if day is None else day, now.date())
    window = local_day(asked, zone)
    try:
        sheet = looking.times(context.store, window, user_id=context.whose(user), now=now)
    except StoreMissing as missing:
        report(missing.what, hint_for(missing), label="note")
        sheet = Timesheet(window, ())
        if chosen == "table":
            return
    write_result(_render(sheet, chosen, asked, zone), utf8=chosen != "table")


def _format(context: Context, name: str | None, *, as_json: bool) -> str:
    if as_json and name not in (None, "json"):
        raise InvalidValue("format-and-json", f"--json and --format {name} are both given", "give one of them")
    if as_json:
        return "json"
    chosen = context.settings.format if name is None else parse_format(name)
    return chosen or ("table" if context.is_terminal else "tsv")


def _render(sheet: Timesheet, name: str, day: date, zone: tzinfo) -> str:
    if name == "table":
        from tasktimer.output.table import timesheet_table  # Rich, only when it is used

        return timesheet_table(sheet, day, zone)
    return {"json": data.timesheet_json, "csv": data.timesheet_csv, "tsv": data.timesheet_tsv}[name](sheet, zone)
