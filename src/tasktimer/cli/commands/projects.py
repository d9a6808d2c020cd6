"""`tasktimer projects`: show the projects and how much each was used."""

import typer

from tasktimer.cli.commands._label_usage import write_usages
from tasktimer.cli.filter_options import OptionalFilter, filter_options
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.selection import DateRangeOrAll, From, To, parse_window
from tasktimer.services import labels

EPILOG = """\
Examples:
  tasktimer projects
  tasktimer projects last week
  tasktimer projects --tag billed --longer-than 15m
  tasktimer projects --user 42 --json

RANGE is written as for list. With RANGE, --from or --to, only the tasks and
the time within it are counted. Each level is counted separately: acme does
not include acme/web, but -p acme selects both.

Output: a table on a terminal, or a list of objects as JSON with --json. When
piped, prints tab-separated lines: name, count (of tasks), last_time (start of
the latest task) and worked (in seconds).
"""


@filter_options()
def projects(
    ctx: typer.Context,
    date_range: DateRangeOrAll = None,
    start: From = None,
    end: To = None,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Show projects with number of tasks, time and last use."""
    window = parse_window(date_range, start, end, ctx.obj.now)
    write_usages(ctx.obj, labels.projects, task_filter, window, user, "Projects", as_json=as_json)
