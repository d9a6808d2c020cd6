"""The verbs: each route calls one, for the user of the token."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic_core import from_json

from tasktimer.core.local_time import day_window
from tasktimer.core.pagination import Page
from tasktimer.core.task import Task as StoredTask
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import StoreMissing, TaskNotFound
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.output.timesheet_data import entry_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import Context, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import operation_id, problem_responses, success_headers
from tasktimer.server.pagination import decode_cursor, encode_cursor, parse_window
from tasktimer.server.schemas import (
    IdempotencyKey,
    PathTaskId,
    StopRequest,
    TaskIdResponse,
    TaskPageResponse,
    TaskQuery,
    TaskResponse,
    TasksQuery,
    TimesheetEntryResponse,
    TimesQuery,
    TrackRequest,
)
from tasktimer.services import queries, start
from tasktimer.services import stop as stop_service
from tasktimer.store import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])


@router.post(
    "/track",
    response_model=TaskIdResponse,
    summary="Start a task",
    responses={
        **success_headers("Location", "Idempotent-Replayed"),
        **problem_responses(401, 403, 408, 409, 413, 415, 422, 503),
    },
)
async def track(body: TrackRequest, context: Context, idempotency_key: IdempotencyKey = None) -> Response:
    """Start a task, or with `end_time` record a finished one. Other running tasks go on running."""
    principal = await context.authenticate()
    user_id = principal.authorize(body.user_id)

    def verb(store: Store) -> dict[str, int]:
        task = start.track(
            store,
            user_id=user_id,
            description=body.description,
            start_time=body.start_time or context.now,
            end_time=body.end_time,
            project=body.project,
            tags=body.tags,
            note=body.note,
            by=principal.user_id,
            now=context.now,
        )
        return {"id": task.id}

    response = await context.write(verb, idempotency_key, request=("track", body))
    if response.status_code == 200:
        response.headers["Location"] = f"/tasks/{from_json(bytes(response.body))['id']}"
    return response


@router.post(
    "/stop",
    response_model=TaskIdResponse,
    summary="End a task",
    responses={
        **success_headers("Idempotent-Replayed"),
        **problem_responses(401, 404, 408, 409, 413, 415, 422, 503),
    },
)
async def stop(body: StopRequest, context: Context, idempotency_key: IdempotencyKey = None) -> Response:
    """End a task, now or at `end_time`. One that has an end keeps it."""
    principal = await context.authenticate()

    def verb(store: Store) -> dict[str, int]:
        with hide_other_users_tasks():
            by = principal.user_id
            if by is None:  # nobody needs a token: it counts as a command of the one whose task it is
                by = queries.get_task(store, body.id).user_id
            stop_service.stop(store, [body.id], end_time=body.end_time, owner=principal.owner, by=by, now=context.now)
        return {"id": body.id}

    return await context.write(verb, idempotency_key, request=("stop", body))


@router.get(
    "/times",
    response_model=list[TimesheetEntryResponse],
    summary="How long each task took on a day",
    responses=problem_responses(401, 403, 422, 503),
)
@defer_authentication
async def get_times(query: Annotated[TimesQuery, Query()], context: Context) -> list[dict[str, Any]]:
    """How long each task of a user took on a local day, cut at midnight, by start, then id; running ones up to now."""
    zone = context.zone(query.tz)
    window = day_window(query.date, zone)

    def verb(store: Store, principal: Principal) -> Timesheet:
        user_id = principal.authorize(query.user_id)
        return queries.times(store, window, user_id=user_id, now=context.now.astimezone(zone))

    try:
        sheet = await context.read(verb)
    except StoreMissing:
        sheet = Timesheet(window, ())
    return [entry_to_dict(entry.task, entry.time_spent, zone) for entry in sheet.entries]


@router.get(
    "/tasks",
    response_model=TaskPageResponse,
    summary="Tasks, page by page",
    responses=problem_responses(401, 403, 422, 503),
)
@defer_authentication
async def list_tasks(query: Annotated[TasksQuery, Query()], context: Context) -> dict[str, Any]:
    """Tasks by start, then id; each page begins behind the last task of the one before, whatever was tracked since."""
    zone = context.zone(query.tz)
    window = parse_window(query.from_, query.to, zone)
    # One more than is shown says that there is a next page.
    page = Page(query.limit + 1, None if query.after is None else decode_cursor(query.after))

    def verb(store: Store, principal: Principal) -> list[StoredTask]:
        user_id = principal.owner if query.user_id is None else principal.authorize(query.user_id)
        return queries.list_tasks_page(
            store, window, user_id=user_id, running=query.running, page=page, now=context.now
        )

    try:
        found = await context.read(verb)
    except StoreMissing:
        found = []
    shown = found[: query.limit]
    return {
        "tasks": [task_to_dict(task, zone) for task in shown],
        "next": encode_cursor(shown[-1]) if len(found) > query.limit else None,
    }


@router.get(
    "/tasks/{id}",
    response_model=TaskResponse,
    summary="A task",
    responses=problem_responses(401, 404, 422, 503),
)
@defer_authentication
async def get_task(
    id: PathTaskId,  # noqa: A002
    query: Annotated[TaskQuery, Query()],
    context: Context,
) -> dict[str, Any]:
    """One task."""
    zone = context.zone(query.tz)

    def verb(store: Store, principal: Principal) -> StoredTask:
        with hide_other_users_tasks():
            return queries.get_task(store, id, owner=principal.owner)

    try:
        found = await context.read(verb)
    except StoreMissing:
        raise TaskNotFound(id) from None
    return task_to_dict(found, zone)
