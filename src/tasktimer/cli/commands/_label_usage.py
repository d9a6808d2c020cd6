"""The output that `projects` and `tags` share."""

from collections.abc import Callable

from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import warn_unknown_labels
from tasktimer.cli.streams import print_note, write_result
from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.output.label_usage import usage_to_dict, usages_table, usages_tsv


def write_usages(
    context: Context,
    find: Callable[..., list[LabelUsage]],
    task_filter: TaskFilter | None,
    window: Window | None,
    user: str | None,
    title: str,
    *,
    as_json: bool,
) -> None:
    """Print the labels that a service finds for a filter; `window=None` means all time."""
    actor = context.resolve_user(user).reader
    usages = find(context.store, actor, task_filter or NO_FILTER, window=window, now=context.now)
    missing = None if usages else context.store.missing_error()
    if missing:
        print_note(missing)
    if not usages:
        warn_unknown_labels(context, task_filter, user)
    if as_json:
        from tasktimer.output.json_tsv import to_json  # lazy: machine formats

        write_result(to_json([usage_to_dict(usage, context.now) for usage in usages]), utf8=True)
    elif context.is_terminal and not missing:  # the note is enough
        write_result(usages_table(usages, title, context.now, window=window, is_filtered=task_filter is not None))
    else:
        write_result(usages_tsv(usages, context.now), utf8=True)
