"""The routes that start, stop and return single tasks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.task import Task as StoredTask
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.server.authentication import Principal, authenticate_directly, defer_authentication
from tasktimer.server.change_schemas import WriteQuery, WrittenTaskResponse
from tasktimer.server.dependencies import Context, RequestContext, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import NOT_MODIFIED, describe_responses, operation_id
from tasktimer.server.preconditions import IfNoneMatch, etag, is_current
from tasktimer.server.problem_details import json_response
from tasktimer.server.schemas import (
    IdempotencyKey,
    PathTaskId,
    StopRequest,
    TaskQuery,
    TaskResponse,
    TrackRequest,
)
from tasktimer.server.written_tasks import task_formatter, with_location
from tasktimer.services import direct, queries
from tasktimer.services import stop as stop_service
from tasktimer.services.start import NewTask, start
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])


@router.post(
    "/track",
    response_model=WrittenTaskResponse,
    summary="Start a task",
    responses=describe_responses(401, 403, 408, 409, 413, 415, 422, 503, headers=("Location", "Idempotent-Replayed")),
)
@authenticate_directly
async def track(
    query: Annotated[WriteQuery, Query()], body: TrackRequest, context: Context, idempotency_key: IdempotencyKey = None
) -> Response:
    """Start a task, or record a finished task if `end_time` is set. Other running tasks continue."""
    new_task = NewTask(
        body.description, body.project, body.tags, body.note, body.start_time or context.now, body.end_time
    )
    to_body = task_formatter(query, context)
    if context.runs_directly and idempotency_key is None and query.return_ == "id":
        request = direct.track_request(body.user_id, new_task, context.now)
        if response := await _run_directly(context, request):
            return with_location(response)
    actor = (await context.authenticate()).authorize(body.user_id)

    def service(store: Store) -> dict[str, Any]:
        return to_body(start(store, actor, new_task, now=context.now))

    return with_location(await context.write(service, idempotency_key, request=(query.name_request("track"), body)))


async def _run_directly(context: RequestContext, request: direct.DirectRequest | None) -> Response | None:
    """Return the response to a request whose row contains the ID of a task, or None to use a service instead."""
    rows = await context.run_directly(request)
    return json_response({"id": rows[0][0]}) if rows and rows[0][0] is not None else None


@router.post(
    "/stop",
    response_model=WrittenTaskResponse,
    summary="Stop a task",
    responses=describe_responses(401, 403, 404, 408, 409, 413, 415, 422, 503, headers=("Idempotent-Replayed",)),
)
@authenticate_directly
async def stop(
    query: Annotated[WriteQuery, Query()], body: StopRequest, context: Context, idempotency_key: IdempotencyKey = None
) -> Response:
    """Stop a running task, now or at `end_time`. A task that has already stopped is not changed."""
    to_body = task_formatter(query, context)
    if body.id is not None and body.user_id is None and idempotency_key is None and query.return_ == "id":
        request = direct.stop_request(body.id, body.end_time, context.now)
        if response := await _run_directly(context, request):
            return response
    principal = await context.authenticate()
    ids = [] if body.id is None else [body.id]
    actor = principal.actor if ids and body.user_id is None else principal.owner(body.user_id)

    def service(store: Store) -> dict[str, Any]:
        with hide_other_users_tasks():
            (task,) = stop_service.stop(store, actor, ids, end_time=body.end_time, now=context.now)
        return to_body(task)

    is_long = not ids and await context.has_many_running(actor)
    return await context.write(service, idempotency_key, request=(query.name_request("stop"), body), is_long=is_long)


@router.get(
    "/tasks/{id}",
    response_model=TaskResponse,
    summary="Get a task",
    responses={**describe_responses(401, 404, 422, 503, headers=("ETag",)), 304: NOT_MODIFIED},
)
@defer_authentication
async def get_task(
    id: PathTaskId,  # noqa: A002
    query: Annotated[TaskQuery, Query()],
    context: Context,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a task by ID."""
    zone = context.zone(query.tz)

    def service(store: Store, principal: Principal) -> StoredTask:
        with hide_other_users_tasks():
            return queries.get_task(store, principal.actor, id)

    tasks = direct.to_tasks(await context.run_directly(direct.get_task_request(id)) or ())
    task = tasks[0] if tasks else await context.read(service)
    headers = {"ETag": etag(task)}
    if is_current(if_none_match, task):
        return Response(status_code=304, headers=headers)
    return json_response(task_to_dict(task, zone), headers)
