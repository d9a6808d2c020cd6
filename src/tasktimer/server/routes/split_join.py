"""The routes that split a task in two, and join two tasks into one."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.server.change_schemas import (
    JoinRequest,
    SplitRequest,
    WriteQuery,
    WrittenTaskResponse,
    WrittenTasksResponse,
)
from tasktimer.server.dependencies import Context, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.preconditions import IfMatch, expected_versions
from tasktimer.server.schemas import IdempotencyKey, PathTaskId
from tasktimer.server.written_tasks import task_formatter, tasks_formatter
from tasktimer.services.change_task import split_task as split
from tasktimer.services.split_join import join
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])

_STATUSES = (401, 403, 404, 408, 409, 413, 415, 422, 503)
_HEADERS = ("Idempotent-Replayed",)


@router.post(
    "/tasks/{id}/split",
    response_model=WrittenTasksResponse,
    summary="Split a task in two",
    responses=describe_responses(*_STATUSES, 412, headers=_HEADERS),
)
async def split_task(
    id: PathTaskId,  # noqa: A002
    *,
    query: Annotated[WriteQuery, Query()],
    body: SplitRequest,
    context: Context,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Split a task at an instant between its start and its end. The first part keeps the ID."""
    principal = await context.authenticate()
    to_body = tasks_formatter(query, context)

    def service(store: Store) -> dict[str, Any]:
        with hide_other_users_tasks():
            versions = expected_versions(if_match)
            return to_body(split(store, principal.actor, id, body.at, versions=versions, now=context.now))

    return await context.write(service, idempotency_key, request=(query.name_request("split", id, if_match), body))


@router.post(
    "/tasks/join",
    response_model=WrittenTaskResponse,
    summary="Join two tasks",
    responses=describe_responses(*_STATUSES, headers=_HEADERS),
)
async def join_tasks(
    query: Annotated[WriteQuery, Query()],
    body: JoinRequest,
    context: Context,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Join two tasks with the same user, description and project. The lower ID is kept, the other task is deleted.

    The change cannot be made conditional with `If-Match`, because it concerns two tasks.
    """
    principal = await context.authenticate()
    to_body = task_formatter(query, context)
    first, second = body.ids
    max_gap = timedelta(seconds=body.max_gap)

    def service(store: Store) -> dict[str, Any]:
        with hide_other_users_tasks():
            return to_body(join(store, principal.actor, (first, second), max_gap=max_gap, now=context.now)[2])

    return await context.write(service, idempotency_key, request=(query.name_request("join"), body))
