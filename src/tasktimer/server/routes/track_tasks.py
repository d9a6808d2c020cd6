"""The route that starts or records many tasks at once."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import TasktimerError
from tasktimer.server.authentication import Principal
from tasktimer.server.body_limit import limit_body
from tasktimer.server.change_schemas import WriteQuery, WrittenTasksResponse
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.problem_details import ProblemException, locate_item
from tasktimer.server.schemas import IdempotencyKey, TrackRequest
from tasktimer.server.track_tasks_schemas import TrackTasksRequest
from tasktimer.server.written_tasks import tasks_formatter
from tasktimer.services.start import NewTask
from tasktimer.services.track_tasks import track_tasks as track
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])

_MAX_BYTES = 1024 * 1024


@router.post(
    "/tasks",
    response_model=WrittenTasksResponse,
    summary="Start or record several tasks",
    responses=describe_responses(401, 403, 408, 409, 413, 415, 422, 503, headers=("Idempotent-Replayed",)),
)
@limit_body(_MAX_BYTES)
async def track_tasks(
    query: Annotated[WriteQuery, Query()],
    body: TrackTasksRequest,
    context: Context,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Start or record all of the tasks, or none if one of them is invalid. The body may have at most 1 MiB."""
    principal = await context.authenticate()
    to_body = tasks_formatter(query, context)
    users = [_authorize(principal, index, task) for index, task in enumerate(body.tasks)]
    new_tasks = [
        NewTask(task.description, task.project, task.tags, task.note, task.start_time or context.now, task.end_time)
        for task in body.tasks
    ]
    actor = Actor(principal.actor.user_id, ALL_USERS)

    def service(store: Store) -> dict[str, Any]:
        return to_body(track(store, actor, list(zip(users, new_tasks, strict=True)), now=context.now))

    name = query.name_request("track_tasks")
    return await context.write(service, idempotency_key, request=(name, body), is_long=True)


def _authorize(principal: Principal, index: int, task: TrackRequest) -> int:
    """Return the user for whom a task is to be added; an exception names the index of the task."""
    try:
        return principal.authorize(task.user_id).owner
    except TasktimerError as error:
        error.item = index
        raise
    except ProblemException as error:
        raise ProblemException(locate_item(error.problem, index)) from None
