"""Whether the process lives, whether it can serve, and what it has served."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from tasktimer.server.dependencies import AuthenticatedRoute
from tasktimer.server.openapi import problem_responses
from tasktimer.server.problem_details import json_response
from tasktimer.server.state import AppState
from tasktimer.store import Store
from tasktimer.store.sqlite.empty_store import EmptyConnection

router = APIRouter()
guarded = APIRouter(route_class=AuthenticatedRoute)


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Alive")
async def healthz() -> Response:
    """Answers while the process lives; it asks nothing of the store."""
    return json_response({"status": "alive"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Ready", responses=problem_responses(503))
async def readyz(request: Request) -> Response:
    """Answers 200 when the store answers and its schema is current, or it is yet to be set up by the first write."""
    door: AppState = request.app.state.door
    is_empty = await door.store.read(_is_empty)
    return json_response({"status": "ready", "store": "empty" if is_empty else "current"})


@guarded.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=PlainTextResponse,
    responses=problem_responses(401, 503),
)
async def metrics(request: Request) -> Response:
    """Requests, latencies and refusals of this process, in the text format of Prometheus."""
    door: AppState = request.app.state.door
    return Response(generate_latest(door.metrics.registry), media_type=CONTENT_TYPE_PLAIN_1_0_0)


def _is_empty(store: Store) -> bool:
    with store.read() as connection:
        return isinstance(connection, EmptyConnection)
