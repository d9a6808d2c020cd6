"""The route that adds up the time spent."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.expression_parser import parse_expression
from tasktimer.core.expressions import And, Not, Term
from tasktimer.core.report import ReportQuery, default_keys
from tasktimer.core.rounding import Rounding
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import InvalidValue
from tasktimer.output.report_data import report_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.pagination import parse_window
from tasktimer.server.problem_details import json_response
from tasktimer.server.report_schemas import FilterQuery, ReportParameters, ReportResponse
from tasktimer.services.report import report
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["reports"])


@router.get(
    "/report",
    response_model=ReportResponse,
    summary="Get the time spent by project, day, or other keys",
    responses=describe_responses(401, 403, 422, 503),
)
@defer_authentication
async def get_report(query: Annotated[ReportParameters, Query()], context: Context) -> Response:
    """Return the time spent within a window, up to now, by one or two keys. The default is all time, by project."""
    zone = context.zone(query.tz)
    now = context.now.astimezone(zone)
    window = parse_window(query.from_, query.to, zone)
    task_filter = to_filter(query, now)
    report_query = ReportQuery(
        query.by or default_keys(task_filter, query.depth), query.depth, query.elapsed, query.fill, _rounding(query)
    )

    def service(store: Store, principal: Principal) -> Response:
        caller = principal.for_reports
        actor = caller.actor if query.user_id is None else caller.authorize(query.user_id)
        found = report(store, actor, report_query, task_filter, window=window, now=now)
        return json_response(report_to_dict(found, zone))

    return await context.read(service, is_long=True)


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


def _rounding(query: ReportParameters) -> Rounding | None:
    if query.round is not None:
        return Rounding(query.round, query.direction or "up", query.each)
    for name in ("direction", "each"):
        if getattr(query, name):
            raise InvalidValue("report-options", f"{name} requires round", "add a length, such as round=15m")
    return None
