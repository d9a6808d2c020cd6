"""The routes that list tasks: page by page, or with the time spent on each within a day or another window."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from tasktimer.core.interval import Window
from tasktimer.core.local_time import day_window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import Page
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue
from tasktimer.output.json_tsv import entries_csv, entry_to_dict, task_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import FEW, Context, RequestContext
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.filters import parse_window, to_filter
from tasktimer.server.negotiation import data_response
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.pagination import decode_cursor, encode_cursor, parse_date
from tasktimer.server.task_list_schemas import TaskPageResponse, TasksQuery, TimesheetEntryResponse, TimesQuery
from tasktimer.services import direct, queries
from tasktimer.services.task_pages import list_tasks_page
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])

_OF_PLAIN_TIMES = {"user_id", "date", "tz"}


@router.get(
    "/times",
    response_model=list[TimesheetEntryResponse],
    summary="Get the time spent on each task on a given day",
    responses=describe_responses(401, 403, 422, 503, headers=("Vary",), has_csv=True),
)
@defer_authentication
async def get_times(query: Annotated[TimesQuery, Query()], context: Context) -> Response:
    """Return the tasks of a local day or another window, sorted by start, each with the time spent, up to now."""
    now = context.now.astimezone(context.zone(query.tz))
    window = _times_window(query, now)
    # Most requests have no conditions, and building a filter takes a tenth of the time of their responses.
    is_plain = query.date is not None and query.model_fields_set <= _OF_PLAIN_TIMES
    if is_plain and context.runs_directly and (response := await _run_directly(context, query, window, now)):
        return response

    def few(store: Store, principal: Principal) -> Timesheet:
        actor = principal.for_reports.authorize(query.user_id)
        return queries.few_times(store, actor, window, most=FEW, now=now)

    def many(store: Store, principal: Principal) -> Response:
        actor = principal.for_reports.authorize(query.user_id)
        return _times_response(context, queries.times(store, actor, window, conditions, now=now), now)

    if is_plain:
        with suppress(queries.TooManyTasks):
            return _times_response(context, await context.read(few), now)
    task_filter = to_filter(query, now)
    conditions = task_filter if task_filter.parts else None
    return await context.read(many, is_long=True)


def _times_window(query: TimesQuery, now: datetime) -> Window:
    has_bounds = query.from_ is not None or query.to is not None
    if query.date is not None and has_bounds:
        raise InvalidValue("range-and-bounds", "date cannot be used with from or to", "omit one of them")
    if query.date is not None:
        return day_window(parse_date(query.date, now), now.tzinfo or UTC)
    if has_bounds:
        return parse_window(query.from_, query.to, now)
    raise InvalidValue("missing-date", "a date is required", "add a date, such as date=2023-07-16, or from and to")


async def _run_directly(context: RequestContext, query: TimesQuery, window: Window, now: datetime) -> Response | None:
    rows = await context.run_directly(direct.times_request(query.user_id, window, now))
    if rows is None:
        return None
    (await context.authenticate()).for_reports.authorize(query.user_id)

    def respond() -> Response:
        return _times_response(context, direct.to_timesheet(rows, window, now), now)

    return respond() if len(rows) <= FEW else await asyncio.to_thread(respond)


def _times_response(context: RequestContext, sheet: Timesheet, now: datetime) -> Response:
    zone = now.tzinfo or UTC
    entries = [(entry.task, entry.time_spent) for entry in sheet.entries]
    return data_response(
        context, lambda: [entry_to_dict(*entry, zone) for entry in entries], lambda: entries_csv(entries, zone)
    )


@router.get(
    "/tasks",
    response_model=TaskPageResponse,
    summary="List tasks",
    responses=describe_responses(401, 403, 422, 503, headers=("Link", "Vary"), has_csv=True),
)
@defer_authentication
async def list_tasks(query: Annotated[TasksQuery, Query()], request: Request, context: Context) -> Response:
    """Return a page of tasks, sorted by start, then ID. With `after`, continue after the previous page."""
    now = context.now.astimezone(context.zone(query.tz))
    window, task_filter = parse_window(query.from_, query.to, now), to_filter(query, now)
    after = None if query.after is None else decode_cursor(query.after)
    # Request one more task than the limit, to find out whether there is a next page.
    page = Page(query.limit + 1, after, query.order == "desc")

    def service(store: Store, principal: Principal) -> Response:
        actor = principal.reader(query.user_id)
        listed = list_tasks_page(store, actor, task_filter, window, page=page, now=now)
        shown = listed[: query.limit]
        following = encode_cursor(shown[-1]) if len(listed) > query.limit else None
        headers = {} if following is None else {"Link": _link(request.query_params, following)}
        return _page_response(context, shown, following, window, now, headers)

    return await context.read(service, is_long=bool(task_filter.parts) or query.limit > FEW)


def _page_response(  # noqa: PLR0917
    context: RequestContext,
    tasks: Sequence[Task],
    following: str | None,
    window: Window,
    now: datetime,
    headers: Mapping[str, str],
) -> Response:
    zone = now.tzinfo or UTC
    return data_response(
        context,
        lambda: {"tasks": [task_to_dict(task, zone) for task in tasks], "next": following},
        lambda: entries_csv(((task, task.time_spent(window, now)) for task in tasks), zone),
        headers,
    )


def _link(parameters: QueryParams, following: str) -> str:
    """Return a Link header to the next page, relative to the URL of the request."""
    kept = [(name, text) for name, text in parameters.multi_items() if name != "after"]
    return f'<?{urlencode([*kept, ("after", following)])}>; rel="next"'
