"""The routes that report whom a token acts for, and which users there are."""

from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Query

from tasktimer import __version__
from tasktimer.core.local_time import day_starts_at, format_instant
from tasktimer.core.task import ALL_USERS
from tasktimer.core.token import Token
from tasktimer.core.user import User
from tasktimer.output.formatting import format_day_start
from tasktimer.server.account_schemas import MeQuery, MeResponse, UserResponse
from tasktimer.server.authentication import ANONYMOUS, Principal, defer_authentication
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.services import users
from tasktimer.services.tokens import get_token
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["account"])


@router.get(
    "/me",
    response_model=MeResponse,
    summary="Get the user of the token",
    responses=describe_responses(401, 422, 503),
)
@defer_authentication
async def get_me(
    query: Annotated[MeQuery, Query()],  # noqa: ARG001 (rejects all parameters)
    context: Context,
) -> dict[str, Any]:
    """Return whom the token acts for, and the defaults of the server."""
    zone = context.zone(None)

    def service(store: Store, principal: Principal) -> tuple[Principal, Token | None, str | None]:
        if principal == ANONYMOUS:
            return principal, None, None
        token = get_token(store, principal.token_id)
        return principal, token, users.find_user_name(store, token.user_id)

    principal, token, name = await context.read(service)
    return {
        "user_id": principal.actor.user_id,
        "name": name,
        "admin": principal.actor.tasks_of == ALL_USERS,
        "access": str(principal.access),
        "token": token and _token_to_dict(token, zone),
        "tz": str(zone),
        "day_starts_at": format_day_start(day_starts_at(zone)),
        "version": __version__,
    }


@router.get(
    "/users",
    response_model=list[UserResponse],
    summary="List users",
    responses=describe_responses(401, 403, 422, 503),
)
@defer_authentication
async def list_users(
    query: Annotated[MeQuery, Query()],  # noqa: ARG001 (rejects all parameters)
    context: Context,
) -> list[dict[str, Any]]:
    """Return the users who have a name, a task or a token, sorted by number.

    The token must be an administrator's, or one for reports.
    """

    def service(store: Store, principal: Principal) -> list[User]:
        principal.for_reports.require_administrator()
        return users.list_users(store)

    return [user._asdict() for user in await context.read(service)]


def _token_to_dict(token: Token, zone: tzinfo) -> dict[str, Any]:
    expiry_time = None if token.expiry_time is None else format_instant(token.expiry_time, zone)
    return {"id": token.id, "name": token.name, "expiry_time": expiry_time}
