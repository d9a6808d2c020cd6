"""The routes that list projects and tags."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.output.records import format_usages, usage_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import Context, RequestContext
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.filters import parse_window, to_filter
from tasktimer.server.label_schemas import LabelsQuery, LabelUsageResponse
from tasktimer.server.negotiation import data_response
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.services import labels
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["reports"])

_ROUTE: dict[str, Any] = {
    "response_model": list[LabelUsageResponse],
    "responses": describe_responses(401, 403, 422, 503, headers=("Vary",), has_csv=True),
}


@router.get("/projects", summary="List projects, with the time spent on each", **_ROUTE)
@defer_authentication
async def list_projects(query: Annotated[LabelsQuery, Query()], context: Context) -> Response:
    """Return the usage of each project, sorted by name, then that of the tasks without a project."""
    return await _list_labels(query, context, "project")


@router.get("/tags", summary="List tags, with the time spent on each", **_ROUTE)
@defer_authentication
async def list_tags(query: Annotated[LabelsQuery, Query()], context: Context) -> Response:
    """Return the usage of each tag, sorted by name, then that of the tasks without tags."""
    return await _list_labels(query, context, "tag")


async def _list_labels(query: LabelsQuery, context: RequestContext, kind: str) -> Response:
    zone = context.zone(query.tz)
    now = context.now.astimezone(zone)
    is_windowed = query.from_ is not None or query.to is not None
    window = parse_window(query.from_, query.to, now) if is_windowed else None
    task_filter = to_filter(query, now)
    find = labels.projects if kind == "project" else labels.tags

    def service(store: Store, principal: Principal) -> Response:
        actor = principal.for_reports.reader(query.user_id)
        usages = find(store, actor, task_filter, window=window, now=now)
        return data_response(
            context,
            lambda: [usage_to_dict(usage, zone) for usage in usages.labels],
            lambda: format_usages(usages.labels, now, "csv"),
        )

    return await context.read(service, is_long=True)
