"""The shared implementation of the `projects` and `tags` commands."""

from collections.abc import Callable
from typing import Any

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.results import write_record
from tasktimer.cli.selection import DateRangeOrAll, From, To, parse_window
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.task_filter import NO_FILTER


def create_command(title: str, find: Callable[..., list[LabelUsage]]) -> Callable[..., Any]:
    """Return a command that prints the labels that `find` returns; `title` is "Projects" or "Tags"."""

    def show(
        ctx: typer.Context,
        date_range: DateRangeOrAll = None,
        start: From = None,
        end: To = None,
        task_filter: OptionalFilter = None,
        user: AnyUser = None,
        as_json: Json = False,
    ) -> None:
        context: Context = ctx.obj
        now, window = context.now, parse_window(date_range, start, end, context.now)
        usages = find(
            context.store, context.resolve_user(user).reader, task_filter or NO_FILTER, window=window, now=now
        )
        if not usages and explain_empty(context, task_filter, user, as_table=context.is_terminal and not as_json):
            return
        is_filtered = task_filter is not None
        write_record(
            context,
            as_json=as_json,
            record=lambda: [output.records.usage_to_dict(usage, now) for usage in usages],
            text=lambda: output.tables.usages_table(usages, title, now, window=window, is_filtered=is_filtered),
            lines=lambda: output.records.usages_tsv(usages, now),
        )

    show.__doc__ = f"Show each {title[:-1].lower()}'s number of tasks, time spent and last use."
    return filter_options()(show)
