"""The verbs: each route calls one, for the user of the token."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tasktimer.core.local_time import day_window
from tasktimer.core.pagination import Page
from tasktimer.core.task import Task as StoredTask
from tasktimer.core.timesheet import Timesheet
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.output.timesheet_data import entry_to_dict
from tasktimer.server.dependencies import AuthenticatedRoute, Principal, RequestContext, hide_other_users_tasks
from tasktimer.server.openapi import problem_responses
from tasktimer.server.pagination import decode_cursor, encode_cursor, parse_window
from tasktimer.server.problem_details import json_response
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
from tasktimer.services import queries
from tasktimer.services import stop as stop_service
from tasktimer.services.start import NewTask, start
from tasktimer.store import Store

router = APIRouter(route_class=AuthenticatedRoute)


@router.post(
    "/track",
    response_model=TaskIdResponse,
    summary="Start a task",
    responses=problem_responses(401, 403, 408, 409, 413, 415, 422, 503),
)
async def track(request: Request, body: TrackRequest, idempotency_key: IdempotencyKey = None) -> Response:
    """Start a task, or with `end_time` record a finished one. Other running tasks go on running."""
    visit = RequestContext.of(request)
    actor = visit.caller.acting_for(body.user_id)

    def verb(store: Store) -> dict[str, int]:
        new_task = NewTask(
            body.description, body.project, body.tags, body.note, body.start_time or visit.now, body.end_time
        )
        task = start(store, actor, new_task, now=visit.now)
        return {"id": task.id}

    return await visit.write(verb, idempotency_key, asked=("track", body))


@router.post(
    "/stop",
    response_model=TaskIdResponse,
    summary="End a task",
    responses=problem_responses(401, 404, 408, 409, 413, 415, 422, 503),
)
async def stop(request: Request, body: StopRequest, idempotency_key: IdempotencyKey = None) -> Response:
    """End a task, now or at `end_time`. One that has an end keeps it."""
    visit = RequestContext.of(request)

    def verb(store: Store) -> dict[str, int]:
        with hide_other_users_tasks():
            stop_service.stop(store, visit.caller.actor, [body.id], end_time=body.end_time, now=visit.now)
        return {"id": body.id}

    return await visit.write(verb, idempotency_key, asked=("stop", body))


@router.get(
    "/times",
    response_model=list[TimesheetEntryResponse],
    summary="How long each task took on a day",
    responses=problem_responses(401, 403, 422, 503),
)
async def times(request: Request, query: Annotated[TimesQuery, Query()]) -> Response:
    """How long each task of a user took on a local day, cut at midnight, by start, then id; running ones up to now."""
    visit = RequestContext.of(request)
    zone = visit.zone(query.tz)
    window = day_window(query.date, zone)

    def verb(store: Store, caller: Principal) -> Timesheet:
        return queries.times(store, caller.acting_for(query.user_id), window, now=visit.now.astimezone(zone))

    sheet = await visit.read(verb)
    return json_response([entry_to_dict(entry.task, entry.time_spent, zone) for entry in sheet.entries])


@router.get(
    "/tasks",
    response_model=TaskPageResponse,
    summary="Tasks, page by page",
    responses=problem_responses(401, 403, 422, 503),
)
async def tasks(request: Request, query: Annotated[TasksQuery, Query()]) -> Response:
    """Tasks by start, then id; each page begins behind the last task of the one before, whatever was tracked since."""
    visit = RequestContext.of(request)
    zone = visit.zone(query.tz)
    window = parse_window(query.from_, query.to, zone)
    # One more than is shown says that there is a next page.
    page = Page(query.limit + 1, None if query.after is None else decode_cursor(query.after))

    def verb(store: Store, caller: Principal) -> list[StoredTask]:
        actor = caller.actor if query.user_id is None else caller.acting_for(query.user_id)
        return queries.list_tasks_page(store, actor, window, running=query.running, page=page, now=visit.now)

    found = await visit.read(verb)
    shown = found[: query.limit]
    return json_response(
        {
            "tasks": [task_to_dict(task, zone) for task in shown],
            "next": encode_cursor(shown[-1]) if len(found) > query.limit else None,
        }
    )


@router.get(
    "/tasks/{id}",
    response_model=TaskResponse,
    summary="A task",
    responses=problem_responses(401, 404, 422, 503),
)
async def task(request: Request, id: PathTaskId, query: Annotated[TaskQuery, Query()]) -> Response:  # noqa: A002
    """One task."""
    visit = RequestContext.of(request)
    zone = visit.zone(query.tz)

    def verb(store: Store, caller: Principal) -> StoredTask:
        with hide_other_users_tasks():
            return queries.get_task(store, caller.actor, id)

    return json_response(task_to_dict(await visit.read(verb), zone))
