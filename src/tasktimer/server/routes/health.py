"""Liveness, readiness and metrics."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from pydantic import BaseModel, Field

from tasktimer.server.dependencies import get_principal
from tasktimer.server.openapi import operation_id, problem_responses
from tasktimer.server.state import AppState
from tasktimer.store import Store
from tasktimer.store.sqlite.empty_store import EmptyConnection

router = APIRouter(generate_unique_id_function=operation_id, tags=["health"])

_PUBLIC: dict[str, Any] = {"security": []}


class Health(BaseModel):
    """The process is alive."""

    status: Literal["alive"]


class Readiness(BaseModel):
    """The server can serve requests."""

    status: Literal["ready"]
    store: Annotated[
        Literal["current", "empty"], Field(description="`empty` if the first write will set the store up.")
    ]


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Check that the process is alive", responses=problem_responses(), openapi_extra=_PUBLIC)
async def get_health() -> Health:
    """Return 200 while the process is alive, whatever the state of the store."""
    return Health(status="alive")


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz", summary="Check that the server is ready", responses=problem_responses(503), openapi_extra=_PUBLIC
)
async def get_readiness(request: Request) -> Readiness:
    """Return 200 if the store can be used: its schema is current, or the first write will set it up."""
    state = AppState.of(request.app)
    is_empty = await state.store.read(_is_empty)
    return Readiness(status="ready", store="empty" if is_empty else "current")


@router.get(
    "/metrics",
    dependencies=[Depends(get_principal)],
    summary="Get metrics",
    response_class=PlainTextResponse,
    responses=problem_responses(401, 503),
)
async def get_metrics(request: Request) -> Response:
    """Return the requests, latencies and problems of this process in the text format of Prometheus."""
    state = AppState.of(request.app)
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_PLAIN_1_0_0)


def _is_empty(store: Store) -> bool:
    with store.read() as connection:
        return isinstance(connection, EmptyConnection)
