"""Access: the status that each caller gets from each route."""

import re
from contextlib import closing
from datetime import timedelta

import httpx
import pytest
from tests.conftest import NOW
from tests.server.access_table import CALLERS, PAST, ROUTES
from tests.server.conftest import Api, Serve

from tasktimer.config.settings import parse_database
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.core.token import Access
from tasktimer.services import tokens
from tasktimer.services.edit import delete
from tasktimer.services.history import list_entries
from tasktimer.services.undo import undo
from tasktimer.store.factory import open_store


@pytest.fixture
def team(serve: Serve, database: str) -> Api:
    """A server used by two users and an administrator; each user has a running task."""
    api = serve(database)
    api.create_token("user 1", user_id=1)
    api.create_token("user 42", user_id=42)
    api.create_token("read-only 42", user_id=42, access=Access.READ)
    api.create_token("reports of all", user_id=1, access=Access.REPORTS)
    api.create_token("expired token", user_id=42, expiry_time=NOW)
    api.create_token("revoked token", user_id=42)
    with closing(open_store(parse_database(database))) as store:
        (revoked,) = (token.id for token in tokens.list_tokens(store, Actor(42, 42)) if token.name == "revoked token")
        tokens.revoke_tokens(store, [revoked], now=NOW)
    api.tokens["unknown token"] = "tasktimer_" + "0" * 64
    assert (api.track(1), api.track(42)) == (1, 2)
    return api


@pytest.mark.parametrize("caller", CALLERS)
def test_caller_gets_expected_and_documented_status_from_each_route(team: Api, caller: str) -> None:
    times = {"start_time": PAST[0], "end_time": PAST[2]}
    assert [team.track(42, **times) for _ in range(3)] == [3, 4, 5]
    paths = team.get("/openapi.json").json()["paths"]
    responses: list[httpx.Response] = []
    team.client.event_hooks["response"].append(responses.append)
    token = None if caller == "no token" else caller
    assert {name: request(team, token) for name, request in ROUTES.items()} == CALLERS[caller]
    assert [
        (method, path, status)
        for method, path, status in map(to_operation, responses)
        if path in paths and status not in paths[path][method]["responses"]
    ] == []


def to_operation(response: httpx.Response) -> tuple[str, str, str]:
    """Return the method and the path of the request as in the OpenAPI document, and the status."""
    request = response.request
    return request.method.lower(), re.sub("/[0-9]+", "/{id}", request.url.path), str(response.status_code)


def test_table_covers_every_route(team: Api) -> None:
    routes = {(method, path) for path, item in team.get("/openapi.json").json()["paths"].items() for method in item}
    assert routes == {
        ("post", "/track"),
        ("post", "/stop"),
        ("get", "/times"),
        ("get", "/tasks"),
        ("post", "/tasks"),
        ("get", "/tasks/{id}"),
        ("get", "/tasks/running"),
        ("post", "/switch"),
        ("post", "/resume"),
        ("post", "/tasks/{id}/split"),
        ("post", "/tasks/join"),
        ("patch", "/tasks/{id}"),
        ("delete", "/tasks/{id}"),
        ("get", "/report"),
        ("get", "/export"),
        ("post", "/import"),
        ("get", "/projects"),
        ("get", "/tags"),
        ("get", "/history"),
        ("post", "/undo"),
        ("post", "/redo"),
        ("get", "/me"),
        ("get", "/users"),
        ("get", "/metrics"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }


def test_task_of_other_user_is_reported_as_not_found(team: Api) -> None:
    for path in ("/tasks/2", "/tasks/99"):
        assert team.get(path, token="user 1").json()["detail"] == f"there is no task {path.rpartition('/')[2]}"
    problems = [team.post("/stop", {"id": number}, token="user 1").json() for number in (2, 99)]
    assert [problem["detail"] for problem in problems] == ["there is no task 2", "there is no task 99"]
    assert [{**problem, "detail": ""} for problem in problems[:1]] == [{**problems[1], "detail": ""}]
    assert team.get("/tasks/2").json()["running"] is True


def test_list_without_user_returns_tasks_of_token(team: Api) -> None:
    def ids(token: str) -> list[int]:
        return [task["id"] for task in team.get("/tasks", token=token).json()["tasks"]]

    assert (ids("user 1"), ids("user 42"), ids("admin")) == ([1], [2], [1, 2])


def test_token_is_rejected_once_expired(team: Api) -> None:
    team.create_token("short", user_id=42, expiry_time=NOW + timedelta(hours=1))
    assert team.get("/tasks", token="short").status_code == 200
    team.clock.move(hours=1)
    assert team.get("/tasks", token="short").status_code == 401


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ({}, 'Bearer realm="tasktimer"'),
        ({"Authorization": "Basic YTpi"}, 'Bearer realm="tasktimer"'),
        ({"Authorization": "Bearer"}, 'Bearer realm="tasktimer", error="invalid_token"'),
        ({"Authorization": "Bearer nonsense"}, 'Bearer realm="tasktimer", error="invalid_token"'),
        ({"Authorization": "Bearer \xe9"}, 'Bearer realm="tasktimer", error="invalid_token"'),
    ],
)
def test_401_response_has_challenge(file_api: Api, header: dict[str, str], challenge: str) -> None:
    encoded = [(name.encode(), text.encode("latin-1")) for name, text in header.items()]
    response = file_api.client.get("/tasks", headers=encoded)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, challenge)
    assert response.headers["content-type"] == "application/problem+json"


def test_authorization_scheme_ignores_case(file_api: Api) -> None:
    response = file_api.client.get("/tasks", headers={"Authorization": f"bearer {file_api.tokens['admin']}"})
    assert response.status_code == 200


def test_server_without_tokens_allows_every_user(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    assert api.post("/track", {"user_id": 1, "description": "x"}, token=None).json() == {"id": 1}
    assert api.post("/track", {"user_id": 2, "description": "x"}, token="nonsense").json() == {"id": 2}
    assert api.post("/stop", {"id": 1}, token=None).json() == {"id": 1}
    assert len(api.get("/tasks", token=None).json()["tasks"]) == 2


def test_missing_store_rejects_every_token(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    strict = serve(database + ("" if "://" in database else ".other"), needs_token=True)
    assert strict.client.get("/tasks", headers={"Authorization": f"Bearer tasktimer_{'0' * 64}"}).status_code == 401
    assert api.get("/readyz").status_code == 200


def test_journal_records_user_of_token(team: Api) -> None:
    started = team.post("/track", {"user_id": 42, "description": "x"}, token="admin").json()["id"]
    assert team.post("/stop", {"id": 2}, token="user 42").status_code == 200
    assert team.post("/stop", {"id": started}, token="admin").status_code == 200
    assert team.post("/stop", {"id": started}, token="admin").status_code == 409
    with closing(open_store(parse_database(team.database))) as store:
        entries = [
            (entry.name, entry.user_id, *(change.task_id for change in entry.changes))
            for entry in list_entries(store, Actor(None, ALL_USERS), limit=9)
        ]
        assert entries == [
            *(("track", 1, 1), ("track", 1, 2)),  # by the administrator, who is user 1
            ("track", 1, started),
            ("stop", 42, 2),
            ("stop", 1, started),
        ]
        undo(store, Actor(42, 42), now=NOW)
    assert team.get("/tasks/2").json()["running"]


def test_journal_without_tokens_records_user_of_task(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    api.post("/stop", {"id": api.track(42)})
    with closing(open_store(parse_database(database))) as store:
        assert [(entry.name, entry.user_id) for entry in list_entries(store, Actor(None, ALL_USERS), limit=9)] == [
            ("track", 42),
            ("stop", 42),
        ]


def test_deleted_task_is_reported_as_not_found_only(api: Api) -> None:
    api.create_token("mine", user_id=42)
    deleted = api.track(user_id=7)
    with closing(open_store(parse_database(api.database))) as store:
        delete(store, Actor(7, ALL_USERS), [deleted], now=NOW)
    for token in ("mine", "admin"):
        for response in (api.get(f"/tasks/{deleted}", token=token), api.post("/stop", {"id": deleted}, token=token)):
            assert response.status_code == 404
            assert response.json()["detail"] == f"there is no task {deleted}"
            assert response.json()["hint"] == "to list tasks with their IDs, send GET /tasks"
