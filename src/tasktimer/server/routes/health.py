"""The routes that report the server's state."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from tasktimer.server.dependencies import Context
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.schemas import Health, Readiness
from tasktimer.server.state import AppState

router = APIRouter(generate_unique_id_function=operation_id, tags=["health"])

_PUBLIC: dict[str, Any] = {"openapi_extra": {"security": []}}


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Check that the process is alive", responses=describe_responses(), **_PUBLIC)
async def get_health() -> Health:
    """Return 200 while the process is alive, whatever the state of the store."""
    return Health(status="alive")


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Check that the server is ready", responses=describe_responses(503), **_PUBLIC)
async def get_readiness(request: Request) -> Readiness:
    """Return 200 if changes can be stored: the schema is current, or the first change will create the store."""
    exists = await AppState.of(request.app).store.check_writable()
    return Readiness(status="ready", store="current" if exists else "empty")


@router.get(
    "/metrics",
    summary="Get metrics",
    response_class=PlainTextResponse,
    responses=describe_responses(401, 403, 503),
)
async def get_metrics(request: Request, context: Context) -> Response:
    """Return the counts and durations of requests, and the counts of problems, in the Prometheus text format.

    The server adds up the metrics of its processes. The token must be an administrator's.
    """
    (await context.authenticate()).require_administrator()
    text = await asyncio.to_thread(AppState.of(request.app).metrics.format)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_1_0_0)
