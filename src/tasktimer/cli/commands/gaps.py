"""`tasktimer gaps`: show untracked time."""

from shlex import join
from shutil import get_terminal_size
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import explain_empty
from tasktimer.cli.options import Format, Json, OneUser, Zone, flag, option
from tasktimer.cli.repeated_options import find_database_option, repeat_options
from tasktimer.cli.results import resolve_format
from tasktimer.cli.selection import DateRangeOrToday, parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.gaps import JUST_UNDER_A_MINUTE, GapQuery, Hours, parse_hours
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import InvalidValue
from tasktimer.services import gaps as gaps_service

EPILOG = """\
Examples:
  tasktimer gaps                              today
  tasktimer gaps week
  tasktimer gaps yesterday --from 9:00 --to 17:00
  tasktimer gaps last week --longer-than 15m
  tasktimer gaps month --from 9:00 --to 17:00 --all-days
  tasktimer gaps 2026-11 --json > gaps.json

RANGE takes the same forms as for tasktimer list. On each day, the gaps
between the start of your first task and the end of your last task are shown
or, with --from and --to, those within these hours. Time in the future is not
a gap, and today ends now if a task is running. Gaps shorter than a minute are
left out.

Days without tasks are left out, because you may not have worked on them;
--all-days shows their hours as gaps, and requires --from and --to.

Output: on a terminal, the gaps by day, each with a command that tracks it;
replace the dots with a description. When piped, prints tab-separated lines:
start_time, end_time, seconds. --json prints a list of gaps. --format or
TASKTIMER_FORMAT selects another format; csv includes a header.
"""

FromClock = Annotated[
    str | None, option("--from", "TIME", "Start of the hours of each day.  (default: first task)", "clock")
]
ToClock = Annotated[str | None, option("--to", "TIME", "End of the hours of each day.  (default: last task)", "clock")]
LongerThan = Annotated[
    str | None, option("--longer-than", "DURATION", "Only gaps longer than this.  (default: 1m or longer)")
]
AllDays = Annotated[bool, flag("--all-days", "Include days without tasks.")]


def gaps(
    ctx: typer.Context,
    date_range: DateRangeOrToday = None,
    start: FromClock = None,
    end: ToClock = None,
    longer_than: LongerThan = None,
    all_days: AllDays = False,
    user: OneUser = None,
    tz: Zone = None,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show the untracked time between your tasks."""
    context: Context = ctx.obj
    chosen = resolve_format(context, format_name, as_json=as_json)
    zone = context.find_zone(tz)
    now = context.now.astimezone(zone)
    hours = parse_hours(start, end, zone)
    if all_days and None in hours:
        raise InvalidValue("hours-required", "--all-days requires --from and --to", "add --from 9:00 --to 17:00")
    window = parse_window(date_range or ["today"], None, None, now)
    query = GapQuery(hours, JUST_UNDER_A_MINUTE if longer_than is None else parse_duration(longer_than), all_days)
    owner = context.resolve_user(user).owner
    days = gaps_service.gaps(context.store, owner, query, window=window, now=now)
    if not days and explain_empty(context, None, user, as_table=chosen == "table"):
        return
    if chosen != "table":
        write_result(output.interval_records.format_gaps(days, now, chosen), utf8=True)
    elif days:
        options = "" if user is None else f" --user {user}"
        typed_in = None if tz else zone
        table = output.gaps_table.gaps_table(
            days, now, window=window, typed_in=typed_in, options=options, note=_edge_note(context, hours)
        )
        write_result(table)
    else:
        found = output.formatting.format_nothing_found("No gaps", window, zone)
        write_result(f"{found}{_edge_note(context, hours)}")


def _edge_note(context: Context, hours: Hours) -> str:
    """Return a note about the time that is not counted unless hours are given, and the command that counts it."""
    if hours != Hours():
        return ""
    width = get_terminal_size().columns
    sentence = "Time before the first and after the last task of a day is not counted."
    given = context.arguments
    place = find_database_option(given)
    line = join(["tasktimer", *given[: place.start], *given[place.stop :], "--from", "9:00", "--to", "17:00"])
    lines = (
        output.wrapping.wrap_words(sentence, width),
        output.wrapping.wrap_hint(f"To count it, run: {repeat_options(line, given)}", width),
    )
    return "".join(f"{text}\n" for text in lines)
