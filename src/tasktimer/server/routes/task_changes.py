"""The routes that edit and delete a task."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.task import Task
from tasktimer.server.change_schemas import EditRequest, WriteQuery, WrittenTaskResponse
from tasktimer.server.dependencies import Context, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.preconditions import IfMatch, etag, expected_versions
from tasktimer.server.schemas import IdempotencyKey, PathTaskId
from tasktimer.server.written_tasks import task_formatter
from tasktimer.services.change_task import delete_task as delete
from tasktimer.services.change_task import edit_task as edit
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])


@router.patch(
    "/tasks/{id}",
    response_model=WrittenTaskResponse,
    summary="Change a task",
    responses=describe_responses(
        401, 403, 404, 408, 409, 412, 413, 415, 422, 503, headers=("ETag", "Idempotent-Replayed")
    ),
)
async def edit_task(
    id: PathTaskId,  # noqa: A002
    *,
    query: Annotated[WriteQuery, Query()],
    body: EditRequest,
    context: Context,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Change the fields of a task that the body contains. A stored response to an earlier request has no `ETag`."""
    principal = await context.authenticate()
    to_body, changes, edited = task_formatter(query, context), body.fields(), list[Task]()

    def service(store: Store) -> dict[str, Any]:
        versions = expected_versions(if_match)
        with hide_other_users_tasks():
            edited[:] = [edit(store, principal.actor, id, changes, versions=versions, now=context.now)]
        return to_body(edited[0])

    name = query.name_request("edit", id, if_match, sorted(changes))
    response = await context.write(service, idempotency_key, request=(name, body))
    if response.status_code == 200 and edited:
        response.headers["ETag"] = etag(edited[0])
    return response


@router.delete(
    "/tasks/{id}",
    response_model=WrittenTaskResponse,
    summary="Delete a task",
    responses=describe_responses(401, 403, 404, 412, 422, 503, headers=("Idempotent-Replayed",)),
)
async def delete_task(
    id: PathTaskId,  # noqa: A002
    *,
    query: Annotated[WriteQuery, Query()],
    context: Context,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Delete a task, and return it as it was."""
    principal = await context.authenticate()
    to_body = task_formatter(query, context)

    def service(store: Store) -> dict[str, Any]:
        with hide_other_users_tasks():
            return to_body(delete(store, principal.actor, id, versions=expected_versions(if_match), now=context.now))

    return await context.write(service, idempotency_key, request=(query.name_request("delete", id, if_match), query))
