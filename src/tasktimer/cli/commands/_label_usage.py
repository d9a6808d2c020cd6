"""The shared implementation of the `projects` and `tags` commands."""

from collections.abc import Callable
from typing import Any

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Format, Json
from tasktimer.cli.results import resolve_format, write_nothing_found
from tasktimer.cli.selection import DateRangeOrAll, From, To, parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.label_usage import LabelUsages
from tasktimer.core.task_filter import NO_FILTER


def create_command(title: str, find: Callable[..., LabelUsages]) -> Callable[..., Any]:
    """Return a command that prints the labels that `find` returns; `title` is "Projects" or "Tags"."""

    def show(
        ctx: typer.Context,
        date_range: DateRangeOrAll = None,
        start: From = None,
        end: To = None,
        task_filter: OptionalFilter = None,
        user: AnyUser = None,
        format_name: Format = None,
        as_json: Json = False,
    ) -> None:
        context: Context = ctx.obj
        chosen = resolve_format(context, format_name, as_json=as_json)
        now, window = context.now, parse_window(date_range, start, end, context.now)
        actor = context.resolve_user(user).reader
        is_table = chosen == "table"
        usages = find(context.store, actor, task_filter or NO_FILTER, window=window, whole_seconds=is_table, now=now)
        if not usages.count and explain_empty(context, task_filter, user, as_table=is_table):
            return
        if not is_table:
            write_result(output.records.format_usages(usages.labels, now, chosen), utf8=True)
        elif usages.count:
            write_result(output.usage_table.usage_table(usages, title, now, window))
        else:
            write_nothing_found(window, context.zone, is_filtered=task_filter is not None)

    show.__doc__ = f"Show each {title[:-1].lower()}'s number of tasks, time spent and last start."
    return filter_options()(show)
