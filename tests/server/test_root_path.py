"""A server behind a proxy that removes a prefix from the paths of requests."""

import asyncio
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.types import Message
from tests.server.conftest import Api, Serve

from tasktimer.errors import InvalidValue
from tasktimer.server.app import build_app
from tasktimer.server.root_path import RootPathMiddleware
from tasktimer.server.settings import ServerOptions, parse_root_path
from tasktimer.server.state import AppState


@pytest.fixture
def prefixed_api(serve: Serve, tmp_path: Path) -> Api:
    return serve(str(tmp_path / "tasks.db"), root_path="/team/timers")


def test_urls_in_responses_have_prefix(prefixed_api: Api) -> None:
    response = prefixed_api.post("/track", {"user_id": 42, "description": "write docs"})
    assert response.headers["location"] == "/team/timers/tasks/1"
    assert prefixed_api.get("/openapi.json").json()["servers"] == [{"url": "/team/timers"}]


def test_routes_are_those_without_prefix(prefixed_api: Api) -> None:
    assert prefixed_api.get("/tasks").status_code == 200
    assert prefixed_api.get("/team/timers/tasks").status_code == 404
    assert prefixed_api.get("/tasks", token=None).status_code == 401
    assert prefixed_api.client.get("/readyz", headers={"Host": "10.0.0.7"}).status_code == 200
    assert 'route="/tasks",status="200"' in prefixed_api.get("/metrics").text


@pytest.mark.parametrize(
    ("name", "text", "sent"),
    [
        ("Location", "/tasks/7", "/timers/tasks/7"),
        ("Location", "https://other.example/tasks/7", "https://other.example/tasks/7"),
        ("Link", '</tasks?after=7>; rel="next"', '</timers/tasks?after=7>; rel="next"'),
        (
            "Link",
            "</a>; rel=next, <https://b.example/c>; rel=help",
            "</timers/a>; rel=next, <https://b.example/c>; rel=help",
        ),
        ("X-Other", "/tasks/7", "/tasks/7"),
    ],
)
def test_prefix_is_added_to_paths_in_headers(tmp_path: Path, name: str, text: str, sent: str) -> None:
    state = AppState.of(build_app(ServerOptions(tmp_path / "tasks.db", root_path="/timers")))
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    middleware = RootPathMiddleware(Response(headers={name: text}), state)
    asyncio.run(middleware({"type": "http"}, receive, send))
    assert (name.lower().encode(), sent.encode()) in messages[0]["headers"]


@pytest.mark.parametrize(
    ("text", "root_path"), [("", ""), ("/", ""), ("/timers", "/timers"), ("/team/timers/", "/team/timers")]
)
def test_root_path_has_no_slash_at_its_end(text: str, root_path: str) -> None:
    assert parse_root_path(text) == root_path


@pytest.mark.parametrize(
    "text", ["timers", "//timers", "/a b", "/a?b", "/ä", "https://tasks.example.org/timers", "/a\n"]
)
def test_root_path_must_be_a_path(text: str) -> None:
    with pytest.raises(InvalidValue, match="invalid root path"):
        parse_root_path(text)
