"""A real uvicorn, in a thread of the test process, so that the test controls its clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from tests.conftest import BERLIN, NOW, PATIENCE
from tests.plain_http import NO_CERTIFICATES
from tests.server.spy import Spy

from tasktimer.config.settings import parse_database
from tasktimer.core.task import Actor
from tasktimer.server.app import build_app
from tasktimer.server.protocol import HeaderLimitProtocol
from tasktimer.server.run import open_socket
from tasktimer.server.settings import ServerOptions
from tasktimer.services import tokens as tokens_service
from tasktimer.store.factory import open_store


@dataclass
class Clock:
    """The clock of a server, which only moves when a test moves it."""

    now: datetime = NOW

    def __call__(self, zone: tzinfo) -> datetime:
        return self.now.astimezone(zone)

    def move(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class Api:
    """A running server as a client sees it; calls use the token of an administrator by default."""

    client: httpx.Client
    database: str
    clock: Clock
    end: Callable[[], None]
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, *, token: str | None = "admin", **options: Any) -> httpx.Response:
        headers = options.pop("headers", {})
        if token is not None:
            headers = {"Authorization": f"Bearer {self.tokens.get(token, token)}"} | headers
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, body: object, **options: Any) -> httpx.Response:
        return self.call("POST", path, json=body, **options)

    def send_file(self, content: Any, query: str = "", **options: Any) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream"} | options.pop("headers", {})
        return self.call("POST", f"/import?{query}", content=content, headers=headers, **options)

    def track(self, user_id: int = 42, description: str = "write docs", **options: Any) -> int:
        response = self.post("/track", {"user_id": user_id, "description": description, **options})
        assert response.status_code == 200, response.text
        return int(response.json()["id"])

    def create_token(self, name: str, **options: Any) -> str:
        """Create a token that `token=name` then sends."""
        fields: dict[str, Any] = {
            "admin": False,
            "name": name,
            "expiry_time": None,
            "now": NOW,
        } | options
        user_id = fields.pop("user_id", 1)
        with closing(open_store(parse_database(self.database))) as store:
            self.tokens[name] = tokens_service.create_token(store, Actor(user_id, user_id), **fields)[1]
        return self.tokens[name]


Serve = Callable[..., Api]


@contextmanager
def serving(
    options: ServerOptions, clock: Clock, protocol: type[HeaderLimitProtocol] = HeaderLimitProtocol
) -> Iterator[str]:
    """Run a server, and yield its URL."""
    listening = open_socket("127.0.0.1", 0)
    app = build_app(options, clock)
    config = uvicorn.Config(app, http=protocol, log_config=None, log_level="warning", root_path=options.root_path)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive()


@contextmanager
def serving_apis() -> Iterator[Serve]:
    """Start servers, which stop when the block ends."""
    with ExitStack() as stack:

        def start(database: str, **options: Any) -> Api:
            clock = options.pop("clock", None) or Clock()
            protocol = options.pop("protocol", HeaderLimitProtocol)
            settings: dict[str, Any] = {"tz": BERLIN, "store_timeout": PATIENCE} | options
            server = stack.enter_context(ExitStack())
            url = server.enter_context(serving(ServerOptions(parse_database(database), **settings), clock, protocol))
            client = server.enter_context(httpx.Client(base_url=url, timeout=PATIENCE, verify=NO_CERTIFICATES))
            api = Api(client, database, clock, server.close)
            if settings.get("needs_token", True):
                api.create_token("admin", admin=True)
            return api

        yield start


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers, which stop when the test ends."""
    with serving_apis() as serve:
        yield serve


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    """A count of the requests that take a single statement from now on."""
    return Spy(monkeypatch)


@pytest.fixture
def api(serve: Serve, database: str) -> Api:
    """A server on each engine, with a token for an administrator."""
    return serve(database)


@pytest.fixture
def file_api(serve: Serve, tmp_path: Path) -> Api:
    """A server on a file, for tests that do not depend on the engine."""
    return serve(str(tmp_path / "tasks.db"))


@pytest.fixture
def empty_api(file_api: Api) -> Iterator[Api]:
    """A server that must not store anything."""
    yield file_api
    assert_empty(file_api)


def assert_empty(api: Api) -> None:
    assert api.get("/tasks").json() == {"tasks": [], "next": None}
