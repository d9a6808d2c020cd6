"""The route that adds up the time spent."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.report import ReportQuery, default_keys
from tasktimer.core.rounding import Rounding
from tasktimer.errors import InvalidValue
from tasktimer.output.report_data import format_report, report_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.filters import parse_window, to_filter
from tasktimer.server.negotiation import data_response
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.report_schemas import ReportParameters, ReportResponse
from tasktimer.services.report import report
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["reports"])


@router.get(
    "/report",
    response_model=ReportResponse,
    summary="Get the time spent by project, day, or other keys",
    responses=describe_responses(401, 403, 422, 503, headers=("Vary",), has_csv=True),
)
@defer_authentication
async def get_report(query: Annotated[ReportParameters, Query()], context: Context) -> Response:
    """Return the time spent within a window, up to now, by one or two keys. The default is all time, by project."""
    zone = context.zone(query.tz)
    now = context.now.astimezone(zone)
    window = parse_window(query.from_, query.to, now)
    task_filter = to_filter(query, now)
    report_query = ReportQuery(
        query.by or default_keys(task_filter, query.depth), query.depth, query.elapsed, query.fill, _rounding(query)
    )

    def service(store: Store, principal: Principal) -> Response:
        actor = principal.for_reports.reader(query.user_id)
        found = report(store, actor, report_query, task_filter, window=window, now=now)
        return data_response(context, lambda: report_to_dict(found, zone), lambda: format_report(found, zone, "csv"))

    return await context.read(service, is_long=True)


def _rounding(query: ReportParameters) -> Rounding | None:
    if query.round is not None:
        return Rounding(query.round, query.direction or "up", query.each)
    for name in ("direction", "each"):
        if getattr(query, name):
            raise InvalidValue("report-options", f"{name} requires round", "add a length, such as round=15m")
    return None
