"""The routes that list the running tasks, switch to another task, and resume an earlier one."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.task import ALL_USERS, Task
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.change_schemas import (
    ResumeRequest,
    RunningQuery,
    SwitchRequest,
    TasksResponse,
    WriteQuery,
    WrittenTaskResponse,
)
from tasktimer.server.dependencies import FEW, Context, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.schemas import IdempotencyKey
from tasktimer.server.written_tasks import task_formatter, with_location
from tasktimer.services import queries
from tasktimer.services import resume as resume_service
from tasktimer.services import start as switch_service
from tasktimer.services.start import NewTask
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])

_NEW_TASK: dict[str, Any] = {
    "response_model": WrittenTaskResponse,
    "responses": describe_responses(
        401, 403, 404, 408, 409, 413, 415, 422, 503, headers=("Location", "Idempotent-Replayed")
    ),
}


@router.get(
    "/tasks/running",
    response_model=TasksResponse,
    summary="List the running tasks",
    responses=describe_responses(401, 403, 422, 503),
)
@defer_authentication
async def list_running_tasks(query: Annotated[RunningQuery, Query()], context: Context) -> dict[str, Any]:
    """Return the running tasks, sorted by start, then ID."""
    zone = context.zone(query.tz)

    def few(store: Store, principal: Principal) -> list[Task]:
        return queries.first_running_tasks(store, principal.reader(query.user_id), most=FEW + 1)

    def many(store: Store, principal: Principal) -> dict[str, Any]:
        return to_body(queries.running_tasks(store, principal.reader(query.user_id)))

    def to_body(tasks: list[Task]) -> dict[str, Any]:
        return {"tasks": [task_to_dict(task, zone) for task in tasks]}

    tasks = await context.read(few)
    return to_body(tasks) if len(tasks) <= FEW else await context.read(many, is_long=True)


@router.post("/switch", summary="Switch to another task", **_NEW_TASK)
async def switch(
    query: Annotated[WriteQuery, Query()],
    body: SwitchRequest,
    context: Context,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Stop the user's running tasks and start a new one at the same instant."""
    actor = (await context.authenticate()).owner(body.user_id)
    to_body = task_formatter(query, context)
    new_task = NewTask(body.description, body.project, body.tags, body.note, body.start_time)

    def service(store: Store) -> dict[str, Any]:
        return to_body(switch_service.switch(store, actor, new_task, now=context.now)[1])

    request = (query.name_request("switch"), body)
    is_long = await context.has_many_running(actor)
    return with_location(await context.write(service, idempotency_key, request=request, is_long=is_long))


@router.post("/resume", summary="Resume a task", **_NEW_TASK)
async def resume(
    query: Annotated[WriteQuery, Query()],
    body: ResumeRequest,
    context: Context,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Start a task with the description, project and tags of an earlier one. Other running tasks continue."""
    principal = await context.authenticate()
    actor, own_only = principal.owner(body.user_id), principal.actor.tasks_of != ALL_USERS
    to_body = task_formatter(query, context)

    def service(store: Store) -> dict[str, Any]:
        with hide_other_users_tasks():
            task = resume_service.resume(
                store, actor, body.id, start_time=body.start_time, own_only=own_only, now=context.now
            )
        return to_body(task)

    request = (query.name_request("resume"), body)
    is_long = await context.has_many_running(actor)
    return with_location(await context.write(service, idempotency_key, request=request, is_long=is_long))
