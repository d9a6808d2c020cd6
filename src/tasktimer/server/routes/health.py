"""Whether the process lives, whether it can serve, and what it has served."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from tasktimer.errors import StoreMissing
from tasktimer.server.dependencies import get_principal
from tasktimer.server.openapi import problem_responses
from tasktimer.server.problem_details import json_response
from tasktimer.server.state import AppState
from tasktimer.store import Store

router = APIRouter()


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Alive")
async def healthz() -> Response:
    """Answers while the process lives; it asks nothing of the store."""
    return json_response({"status": "alive"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Ready", responses=problem_responses(503))
async def readyz(request: Request) -> Response:
    """Answers 200 when the store answers and its schema is current, or it is yet to be set up by the first write."""
    state = AppState.of(request.app)
    try:
        await state.store.read(_check_store)
    except StoreMissing:
        return json_response({"status": "ready", "store": "empty"})
    return json_response({"status": "ready", "store": "current"})


@router.get(
    "/metrics",
    dependencies=[Depends(get_principal)],
    summary="Metrics for Prometheus",
    response_class=PlainTextResponse,
    responses=problem_responses(401, 503),
)
async def metrics(request: Request) -> Response:
    """Requests, latencies and refusals of this process, in the text format of Prometheus."""
    state = AppState.of(request.app)
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_PLAIN_1_0_0)


def _check_store(store: Store) -> None:
    with store.read():
        pass
