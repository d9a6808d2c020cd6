"""The routes that list, undo and redo commands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import ALL_USERS, MAX_INTEGER, Actor
from tasktimer.errors import InvalidValue
from tasktimer.output.records import entry_to_dict
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import Context, hide_other_users_tasks
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.history_schemas import (
    MAX_CHANGES,
    CommandResponse,
    HistoryQuery,
    HistoryWriteQuery,
    RedoRequest,
    UndoRequest,
)
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.problem_details import json_response
from tasktimer.server.schemas import IdempotencyKey
from tasktimer.services import history
from tasktimer.services import undo as undo_service
from tasktimer.services.undo_errors import CommandNotFound, CommandOfOtherUser
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["history"])

_WRITE: dict[str, Any] = {
    "response_model": list[CommandResponse],
    "responses": describe_responses(401, 403, 404, 408, 409, 413, 415, 422, 503, headers=("Idempotent-Replayed",)),
}


@router.get(
    "/history",
    response_model=list[CommandResponse],
    summary="List the commands that changed tasks",
    responses=describe_responses(401, 403, 404, 422, 503),
)
@defer_authentication
async def get_history(query: Annotated[HistoryQuery, Query()], context: Context) -> Response:
    """Return the most recent commands, oldest first, each with the tasks before and after."""
    if query.task_id is not None and query.user_id is not None:
        raise InvalidValue("task-and-user", "task_id and user_id cannot be used together", "omit one of them")
    zone, before = context.zone(query.tz), query.before or MAX_INTEGER

    def service(store: Store, principal: Principal) -> Response:
        actor, may_access = principal.reader(query.user_id), principal.actor.tasks_of_user
        if query.task_id is not None:
            with hide_other_users_tasks():
                entries = history.list_entries_of_task(store, actor, query.task_id, before=before, limit=query.limit)
        else:
            entries = history.list_entries(store, actor, before=before, limit=query.limit, max_changes=MAX_CHANGES)
            if may_access is not None:
                entries = history.without_tasks_of_others(entries, may_access)
        return json_response(_to_list(entries, zone))

    return await context.read(service, is_long=True)


@router.post("/undo", summary="Undo commands", **_WRITE)
async def undo(
    query: Annotated[HistoryWriteQuery, Query()],
    body: UndoRequest,
    context: Context,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Undo the user's most recent commands, or a single command, as a whole, and return them, newest first."""
    if body.command is not None and body.count is not None:
        raise InvalidValue("count-and-command", "count and command cannot be used together", "omit one of them")
    zone = context.zone(query.tz)
    principal = await context.authenticate()
    is_one = body.command is not None
    actor = principal.reader(body.user_id) if is_one else principal.authorize(body.user_id)
    only_own_tasks = principal.actor.tasks_of != ALL_USERS

    def service(store: Store) -> list[dict[str, Any]]:
        if body.command is None:
            count = body.count or 1
            entries = undo_service.undo(store, actor, count, only_own_tasks=only_own_tasks, now=context.now)
            return _to_list(entries, zone)
        with _hide_other_users_commands(actor):
            entry = undo_service.undo_entry(store, actor, body.command, only_own_tasks=only_own_tasks, now=context.now)
        return _to_list([entry], zone)

    return await context.write(service, idempotency_key, request=(f"undo {query.tz}", body), is_long=True)


@router.post("/redo", summary="Redo commands", **_WRITE)
async def redo(
    query: Annotated[HistoryWriteQuery, Query()],
    body: RedoRequest,
    context: Context,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Redo the commands that were undone last, as a whole, and return them, last undone first."""
    zone = context.zone(query.tz)
    principal = await context.authenticate()
    actor = principal.authorize(body.user_id)
    only_own_tasks = principal.actor.tasks_of != ALL_USERS

    def service(store: Store) -> list[dict[str, Any]]:
        count = body.count or 1
        entries = undo_service.redo(store, actor, count, only_own_tasks=only_own_tasks, now=context.now)
        return _to_list(entries, zone)

    return await context.write(service, idempotency_key, request=(f"redo {query.tz}", body), is_long=True)


@contextmanager
def _hide_other_users_commands(actor: Actor) -> Iterator[None]:
    """Report other users' commands as "not found", like those that do not exist, so as not to disclose them."""
    try:
        yield
    except (CommandNotFound, CommandOfOtherUser) as error:
        raise CommandNotFound(error.entry_id, actor.tasks_of_user) from None


def _to_list(entries: Sequence[JournalEntry], zone: tzinfo) -> list[dict[str, Any]]:
    return [entry_to_dict(_limited(entry), zone) for entry in entries]


def _limited(entry: JournalEntry) -> JournalEntry:
    omitted = len(entry.changes) - MAX_CHANGES
    if omitted <= 0:
        return entry
    return entry._replace(changes=entry.changes[:MAX_CHANGES], omitted_changes=entry.omitted_changes + omitted)
