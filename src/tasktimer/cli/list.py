"""`tasktimer list`: what was done, day by day."""

from datetime import UTC
from typing import Annotated

import typer

from tasktimer.cli.completion import complete_span
from tasktimer.cli.context import Context
from tasktimer.cli.exits import hint_for, report, write_result
from tasktimer.cli.filters import From, To, say_unknown, with_filter
from tasktimer.cli.formats import Format, choose_format
from tasktimer.cli.options import AnyUser, Json
from tasktimer.core.filter import EVERYTHING, Filter
from tasktimer.core.interval import Window
from tasktimer.core.span import ALL_DAYS, parse_bounds, parse_span
from tasktimer.core.task import LARGEST_INTEGER, Task, parse_positive
from tasktimer.errors import InvalidValue, StoreMissing, quoted
from tasktimer.tracker import listing

EPILOG = """\
Examples:
  tasktimer list                              today
  tasktimer list last week
  tasktimer list 2026-Q1 -p acme --not-tag free
  tasktimer list --search invoice             of all time
  tasktimer list --from 'monday 9:00' --to yesterday
  tasktimer list month --json

SPAN is today, yesterday, monday (the last one), week, 'last week', month,
quarter, year, '3 days ago', '2 months ago', 2026-07-16, 2026-W34, 2026-03,
2026-Q1, 2026 or all. --from and --to take one too, the first or last day of
which counts, or a time. Without any of these it is today, or with a flag that
says which tasks, all time.

A terminal gets a table, the newest day last, every task in each day that it
touches, cut at midnight. A pipe gets the lines of tasktimer times, each task
once, with the seconds that it spent within the span; --json gives the tasks.
"""

app = typer.Typer(add_completion=False)


@app.command("list", epilog=EPILOG)
@with_filter()
def list_(
    ctx: typer.Context,
    span: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SPAN]",
            help="Which days.  (default: today)",
            show_default=False,
            autocompletion=complete_span,
        ),
    ] = None,
    start: From = None,
    end: To = None,
    wanted: Filter | None = None,
    user: AnyUser = None,
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help="The last N tasks.  (default: all)", show_default=False)
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The newest first.", show_default=False)] = False,
    format_name: Format = None,
    as_json: Json = False,
) -> None:
    """Show tasks day by day, those of today or of any span."""
    context: Context = ctx.obj
    chosen = choose_format(context, format_name, as_json=as_json)
    window = _window(context, span, start, end, is_filtered=wanted is not None)
    count = None if limit is None else parse_positive(limit, noun="limit", code="invalid-limit")
    most = None if count is None else min(count + 1, LARGEST_INTEGER)  # one more says that there are more
    try:
        whose = context.whose(user)
        tasks = listing.find(
            context.store, wanted or EVERYTHING, window=window, user_id=whose, limit=most, now=context.now
        )
    except StoreMissing as missing:
        report(missing.what, hint_for(missing), label="note")
        tasks = []
        if chosen == "table":
            return
    if not tasks:
        say_unknown(context, wanted, context.whose(user))
    has_more = count is not None and len(tasks) > count
    shown = tasks[1:] if has_more else tasks
    if chosen != "table":
        write_result(_data(context, shown, window, chosen, newest_first=reverse), utf8=True)
        return
    from tasktimer.core.days import days_of
    from tasktimer.output.spans import nothing_found

    days = days_of(shown, window, context.zone, context.now)
    if not days:
        write_result(nothing_found(window, context.zone, is_filtered=wanted is not None))
        return
    from tasktimer.output.listing import days_table  # Rich, only when it is used

    last = len(shown) if has_more else None
    write_result(days_table(days, context.zone, window=window, newest_first=reverse, last=last))


def _window(
    context: Context, words: list[str] | None, start: str | None, end: str | None, *, is_filtered: bool
) -> Window | None:
    """The time asked about; None is all time."""
    span = " ".join(words) if words else None
    if start is not None or end is not None:
        if span is not None:
            raise InvalidValue("span-and-bounds", f"{quoted(span)} and --from or --to are both given", "give one")
        return parse_bounds(start, end, context.now)
    if span is None and is_filtered:
        return None
    days = parse_span("today" if span is None else span, context.now.date())
    return None if days == ALL_DAYS else days.window(context.zone)


def _data(context: Context, tasks: list[Task], window: Window | None, name: str, *, newest_first: bool) -> str:
    from tasktimer.output import data, entries  # TAB needs none of it

    if newest_first:
        tasks.reverse()
    if name == "json":
        return data.to_json([data.task_object(task, context.zone) for task in tasks])
    everything = window or ALL_DAYS.window(UTC)
    times = [(task, task.time_spent(everything, context.now)) for task in tasks]
    return {"csv": entries.entries_csv, "tsv": entries.entries_tsv}[name](times, context.zone)
