"""The routes that start, stop and return single tasks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic_core import from_json

from tasktimer.core.task import Task as StoredTask
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.server.authentication import Principal, authenticate_directly, defer_authentication
from tasktimer.server.dependencies import Context, RequestContext, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.problem_details import json_response
from tasktimer.server.schemas import (
    IdempotencyKey,
    PathTaskId,
    StopRequest,
    TaskIdResponse,
    TaskQuery,
    TaskResponse,
    TrackRequest,
)
from tasktimer.services import direct, queries
from tasktimer.services import stop as stop_service
from tasktimer.services.start import NewTask, start
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])


@router.post(
    "/track",
    response_model=TaskIdResponse,
    summary="Start a task",
    responses=describe_responses(401, 403, 408, 409, 413, 415, 422, 503, headers=("Location", "Idempotent-Replayed")),
)
@authenticate_directly
async def track(body: TrackRequest, context: Context, idempotency_key: IdempotencyKey = None) -> Response:
    """Start a task, or record a finished task if `end_time` is set. Other running tasks continue."""
    new_task = NewTask(
        body.description, body.project, body.tags, body.note, body.start_time or context.now, body.end_time
    )
    response = None
    if idempotency_key is None:
        response = await _run_directly(context, direct.track_request(body.user_id, new_task, context.now))
    if response is None:
        actor = (await context.authenticate()).authorize(body.user_id)

        def service(store: Store) -> dict[str, int]:
            return {"id": start(store, actor, new_task, now=context.now).id}

        response = await context.write(service, idempotency_key, request=("track", body))
    if response.status_code == 200:
        response.headers["Location"] = f"/tasks/{from_json(bytes(response.body))['id']}"
    return response


async def _run_directly(context: RequestContext, request: direct.DirectRequest | None) -> Response | None:
    """Return the response to a request whose row contains the ID of a task, or None to use a service instead."""
    rows = await context.run_directly(request)
    return json_response({"id": rows[0][0]}) if rows and rows[0][0] is not None else None


@router.post(
    "/stop",
    response_model=TaskIdResponse,
    summary="Stop a task",
    responses=describe_responses(401, 404, 408, 409, 413, 415, 422, 503, headers=("Idempotent-Replayed",)),
)
@authenticate_directly
async def stop(body: StopRequest, context: Context, idempotency_key: IdempotencyKey = None) -> Response:
    """Stop a running task, now or at `end_time`. A task that has already stopped is not changed."""
    if idempotency_key is None:
        request = direct.stop_request(body.id, body.end_time, context.now)
        if response := await _run_directly(context, request):
            return response
    principal = await context.authenticate()

    def service(store: Store) -> dict[str, int]:
        with hide_other_users_tasks():
            stop_service.stop(store, principal.actor, [body.id], end_time=body.end_time, now=context.now)
        return {"id": body.id}

    return await context.write(service, idempotency_key, request=("stop", body))


@router.get(
    "/tasks/{id}",
    response_model=TaskResponse,
    summary="Get a task",
    responses=describe_responses(401, 404, 422, 503),
)
@defer_authentication
async def get_task(
    id: PathTaskId,  # noqa: A002
    query: Annotated[TaskQuery, Query()],
    context: Context,
) -> dict[str, Any]:
    """Return a task by ID."""
    zone = context.zone(query.tz)

    def service(store: Store, principal: Principal) -> StoredTask:
        with hide_other_users_tasks():
            return queries.get_task(store, principal.actor, id)

    tasks = direct.to_tasks(await context.run_directly(direct.get_task_request(id)) or ())
    return task_to_dict(tasks[0] if tasks else await context.read(service), zone)
