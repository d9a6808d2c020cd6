"""Every route needs a valid token unless it is public, whatever its method is and however it was added."""

import asyncio
from collections.abc import Callable, MutableMapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, WebSocket
from fastapi.responses import Response
from fastapi.routing import APIRoute
from tests.conftest import BERLIN, NOW
from tests.server.conftest import Api, Clock
from tests.server.problem_details import JSON, check

from tasktimer.core.task import Actor
from tasktimer.server.app import build_app
from tasktimer.server.authentication import PUBLIC_PATHS, defer_authentication, looks_up_token
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.schemas import TrackRequest
from tasktimer.server.settings import ServerOptions
from tasktimer.services import tokens
from tasktimer.services.start import NewTask, start
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODY = '{"user_id": 42, "description": "write docs"}'
INVALID = {"no token": None, "nonsense": "nonsense", "unknown": "tasktimer_" + "0" * 64}


async def start_task(body: TrackRequest, context: Context) -> Response:
    principal = await context.authenticate()
    actor = principal.authorize(body.user_id)

    def service(store: Store) -> dict[str, int]:
        return {"id": start(store, actor, NewTask(body.description), now=context.now).id}

    return await context.write(service, None, request=("start_task", body))


class Server:
    """An application with routes of its own, called in this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.app: FastAPI = build_app(ServerOptions(path, tz=BERLIN), Clock())
        with closing(open_store(path)) as store:
            _, self.token = tokens.create_token(store, Actor(42, 42), admin=False, name=None, expiry_time=None, now=NOW)

    def call(self, method: str, path: str, token: str | None, **options: Any) -> httpx.Response:
        headers = JSON | ({} if token is None else {"Authorization": f"Bearer {token}"})

        async def send_request() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(send_request())

    def count_tasks(self) -> int:
        with closing(open_store(self.path)) as store, store.read() as connection:
            return sum(1 for _ in connection.execute("SELECT id FROM tasks", {}))


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path / "tasks.db")


def add(server: Server, method: str, endpoint: Callable[..., Any], kind: str) -> None:
    router = APIRouter(route_class=DirectRoute if kind == "direct" else APIRoute)
    router.add_api_route("/added", endpoint, methods=[method], response_model=None)
    if kind == "included":
        server.app.include_router(router)
    else:
        server.app.router.routes.extend(router.routes)


@pytest.mark.parametrize("invalid", INVALID)
@pytest.mark.parametrize("kind", ["direct", "plain", "included"])
@pytest.mark.parametrize("method", METHODS)
def test_added_route_without_valid_token_has_no_effect(server: Server, method: str, kind: str, invalid: str) -> None:
    add(server, method, start_task, kind)
    check(server.call(method, "/added", INVALID[invalid], content=BODY), 401)
    check(server.call(method, "/added", INVALID[invalid], content="{"), 401)
    assert server.count_tasks() == 0
    assert server.call(method, "/added", server.token, content=BODY).json() == {"id": 1}


def test_only_routes_with_a_statement_for_the_token_look_it_up_directly(server: Server) -> None:
    endpoints = {getattr(route, "path", ""): getattr(route, "endpoint", None) for route in server.app.routes}
    marked = {path for path, endpoint in endpoints.items() if looks_up_token("POST", endpoint)}
    assert marked == {"/track", "/stop"}


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_route_without_dependency_needs_valid_token(server: Server, method: str, marked: bool) -> None:
    calls = []

    async def careless() -> dict[str, str]:
        calls.append(method)
        return {"secret": "swordfish"}

    add(server, method, defer_authentication(careless) if marked else careless, "plain")
    for token in INVALID.values():
        response = server.call(method, "/added", token)
        check(response, 401)
        assert "swordfish" not in response.text
    # With a token to look up, a marked route runs, but its response is withheld.
    assert calls == (["GET"] if marked and method == "GET" else [])
    assert server.call(method, "/added", server.token).json() == {"secret": "swordfish"}


@pytest.mark.parametrize("invalid", INVALID)
def test_deferred_route_without_valid_token_stores_nothing(server: Server, invalid: str) -> None:
    @defer_authentication
    async def write_at_once(context: Context) -> Response:
        def service(store: Store) -> dict[str, int]:
            return {"id": start(store, Actor(42, 42), NewTask("x"), now=context.now).id}

        return await context.write(service, None, request=("write_at_once", TrackRequest(user_id=42, description="x")))

    add(server, "GET", write_at_once, "direct")
    check(server.call("GET", "/added", INVALID[invalid]), 401)
    assert server.count_tasks() == 0
    assert server.call("GET", "/added", server.token).json() == {"id": 1}


@pytest.mark.parametrize("invalid", INVALID)
@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "/track", b"{"),
        ("POST", "/track", b"x" * 100_000),
        ("POST", "/stop", b'{"id": 0}'),
        ("GET", "/times", b""),
        ("GET", "/times?user_id=0&date=monday&tz=Mars", b""),
        ("GET", "/tasks?limit=1&limit=2", b""),
        ("GET", "/tasks?from=monday", b""),
        ("GET", "/tasks/x", b""),
        ("GET", "/tasks/99", b""),
        ("GET", "/report?by=fortnight", b""),
        ("GET", "/report?tag=a&tag=b&by=day&by=day", b""),
        ("GET", "/metrics?x=1", b""),
    ],
)
def test_token_is_checked_before_rest_of_request(
    file_api: Api, method: str, path: str, content: bytes, invalid: str
) -> None:
    file_api.tokens |= {name: token for name, token in INVALID.items() if token}
    token = None if invalid == "no token" else invalid
    response = file_api.call(method, path, token=token, content=content, headers={"Content-Type": "text/plain"})
    assert check(response, 401)["code"] == ("missing-token" if token is None else "invalid-token")


@pytest.mark.parametrize("first", [True, False])
def test_second_token_or_content_type_is_rejected(file_api: Api, first: bool) -> None:
    """A proxy may check one of them, and the server the other."""
    good = [("Authorization", f"Bearer {file_api.tokens['admin']}"), ("Content-Type", "application/json")]
    for name, other, status in (("Authorization", "Bearer x", 401), ("Content-Type", "text/plain", 415)):
        headers = [*good, (name, other)] if first else [(name, other), *good]
        response = file_api.client.post("/track", content=BODY, headers=headers)
        assert check(response, status)["status"] == status


def test_direct_route_rejects_unresolved_dependencies() -> None:
    router = APIRouter(route_class=DirectRoute)

    async def with_unknown_parameter(context: Context, page: int) -> None: ...

    with pytest.raises(TypeError, match="DirectRoute"):
        router.add_api_route("/added", start_task, response_model=None, dependencies=[Depends(lambda: None)])
    with pytest.raises(TypeError, match="DirectRoute"):
        router.add_api_route("/added", with_unknown_parameter, response_model=None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_public_path_needs_token_for_other_methods(server: Server, method: str) -> None:
    router = APIRouter(route_class=DirectRoute)
    router.add_api_route("/healthz", start_task, methods=[method], response_model=None)
    server.app.router.routes.extend(router.routes)
    check(server.call(method, "/healthz", None, content=BODY), 401)
    assert server.count_tasks() == 0
    assert server.call(method, "/healthz", server.token, content=BODY).json() == {"id": 1}


def test_websocket_route_needs_token(server: Server) -> None:
    @server.app.websocket("/added")
    async def greet(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("swordfish")

    def messages(*headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(dict(message))

        scope = {"type": "websocket", "path": "/added", "headers": headers, "query_string": b"", "subprotocols": []}
        asyncio.run(server.app(scope, receive, send))
        return sent

    (start, _) = messages()
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert [message["type"] for message in messages((b"authorization", f"Bearer {server.token}".encode()))] == [
        "websocket.accept",
        "websocket.send",
    ]


def test_public_paths_answer_without_token(server: Server) -> None:
    for path in PUBLIC_PATHS:
        assert server.call("GET", path.format(name="start.js"), None).status_code == 200, path
