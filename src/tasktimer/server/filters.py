"""The filter and the window that the parameters of a request describe."""

import re
from datetime import datetime

from tasktimer.core.expression_parser import parse_expression
from tasktimer.core.expressions import And, Not, Term
from tasktimer.core.interval import Window
from tasktimer.core.task_filter import TaskFilter
from tasktimer.core.timeparse.date_ranges import parse_range_bounds
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.server.filter_schemas import FilterQuery


def parse_window(start: str | None, end: str | None, now: datetime) -> Window:
    """Return the window between two bounds, as `parse_range_bounds` does; None means no bound.

    Raises:
        InvalidValue: if a bound cannot be parsed, or `end` is not later than `start`.
    """
    for text in (start, end):
        if text and re.search(r"[Tt:][0-9:.,]+ +[0-9]{2}(:?[0-9]{2})?$", text):  # an unescaped + in a URL is a space
            raise InvalidValue("invalid-time", f"invalid time {quote_value(text)}", "encode + as %2B in the URL")
    return parse_range_bounds(start, end, now)


def to_filter(query: FilterQuery, now: datetime) -> TaskFilter:
    """Return the filter for the parameters; times in an expression are in the time zone of `now`."""
    expression = And(()) if query.where is None else parse_expression(query.where, now)
    return TaskFilter(
        project=query.project,
        no_project=query.no_project,
        tags=query.tags,
        exclude_tags=query.exclude_tags,
        running=query.running is True,
        untagged=query.untagged,
        longer_than=query.longer_than,
        shorter_than=query.shorter_than,
        search=query.search,
        where=And((expression, Not(Term("running")))) if query.running is False else expression,
    )
