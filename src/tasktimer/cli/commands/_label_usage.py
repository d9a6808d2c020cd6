"""The output that `projects` and `tags` share."""

from collections.abc import Callable

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty
from tasktimer.cli.results import write_record
from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.task_filter import NO_FILTER


def write_usages(
    context: Context,
    find: Callable[..., list[LabelUsage]],
    task_filter: OptionalFilter,
    window: Window | None,
    user: str | None,
    title: str,
    *,
    as_json: bool,
) -> None:
    """Print the labels that a service finds for a filter; `window=None` means all time."""
    actor = context.resolve_user(user).reader
    usages = find(context.store, actor, task_filter or NO_FILTER, window=window, now=context.now)
    if not usages and explain_empty(context, task_filter, user, as_table=context.is_terminal and not as_json):
        return
    now, is_filtered = context.now, task_filter is not None
    write_record(
        context,
        as_json=as_json,
        record=lambda: [output.records.usage_to_dict(usage, now) for usage in usages],
        text=lambda: output.tables.usages_table(usages, title, now, window=window, is_filtered=is_filtered),
        lines=lambda: output.records.usages_tsv(usages, now),
    )
