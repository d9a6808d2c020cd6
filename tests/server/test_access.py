"""Access: the status that each caller gets from each route."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.server.conftest import Api, Serve

from tasktimer.config.settings import parse_database
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.core.token import Access
from tasktimer.services import tokens
from tasktimer.services.edit import delete
from tasktimer.services.history import list_entries
from tasktimer.services.undo import undo
from tasktimer.store.factory import open_store

DAY = "date=2023-07-16"


def import_file(api: Api, query: str, token: str | None) -> int:
    content = b"2023-07-15\n    9:00 - 10:00 write docs\n"
    return api.call("POST", f"/import?{query}", content=content, token=token).status_code


def track_several(api: Api, users: list[int], token: str | None) -> int:
    tasks = [{"user_id": user_id, "description": "x"} for user_id in users]
    return api.post("/tasks", {"tasks": tasks}, token=token).status_code


PAST = [f"2023-07-15T{hour:02}:00:00Z" for hour in range(9, 13)]

# Task 1 belongs to user 1, tasks 2 to 5 to user 42; tasks 1 and 2 are running
ROUTES: dict[str, Callable[[Api, str | None], int]] = {
    "track for 42": lambda api, token: api.post("/track", {"user_id": 42, "description": "x"}, token=token).status_code,
    "track several for 42": lambda api, token: track_several(api, [42, 42], token),
    "track for 42 and 1": lambda api, token: track_several(api, [42, 1], token),
    "stop a task of 42": lambda api, token: api.post("/stop", {"id": 2}, token=token).status_code,
    "stop a missing task": lambda api, token: api.post("/stop", {"id": 99}, token=token).status_code,
    "get a task of 42": lambda api, token: api.get("/tasks/2", token=token).status_code,
    "get a missing task": lambda api, token: api.get("/tasks/99", token=token).status_code,
    "edit a task of 42": lambda api, token: api.call("PATCH", "/tasks/2", json={}, token=token).status_code,
    "edit a missing task": lambda api, token: api.call("PATCH", "/tasks/99", json={}, token=token).status_code,
    "delete a missing task": lambda api, token: api.call("DELETE", "/tasks/99", token=token).status_code,
    "get times of 42": lambda api, token: api.get(f"/times?user_id=42&{DAY}", token=token).status_code,
    "list tasks of 42": lambda api, token: api.get("/tasks?user_id=42", token=token).status_code,
    "list tasks": lambda api, token: api.get("/tasks", token=token).status_code,
    "get a report of 42": lambda api, token: api.get("/report?user_id=42", token=token).status_code,
    "get a report": lambda api, token: api.get("/report", token=token).status_code,
    "export tasks of 42": lambda api, token: api.get("/export?format=json&user_id=42", token=token).status_code,
    "export tasks": lambda api, token: api.get("/export?format=json", token=token).status_code,
    "import for 42": lambda api, token: import_file(api, "user_id=42", token),
    "import": lambda api, token: import_file(api, "", token),
    "list projects of 42": lambda api, token: api.get("/projects?user_id=42", token=token).status_code,
    "list projects": lambda api, token: api.get("/projects", token=token).status_code,
    "list tags of 42": lambda api, token: api.get("/tags?user_id=42", token=token).status_code,
    "list tags": lambda api, token: api.get("/tags", token=token).status_code,
    "get the history of 42": lambda api, token: api.get("/history?user_id=42", token=token).status_code,
    "get the history of a task of 42": lambda api, token: api.get("/history?task_id=2", token=token).status_code,
    "get the history of a missing task": lambda api, token: api.get("/history?task_id=99", token=token).status_code,
    "get the history": lambda api, token: api.get("/history", token=token).status_code,
    "undo for 42": lambda api, token: api.post("/undo", {"user_id": 42}, token=token).status_code,
    "redo for 42": lambda api, token: api.post("/redo", {"user_id": 42}, token=token).status_code,
    "undo a missing command": lambda api, token: api.post("/undo", {"command": 99}, token=token).status_code,
    "get me": lambda api, token: api.get("/me", token=token).status_code,
    "list users": lambda api, token: api.get("/users", token=token).status_code,
    "get metrics": lambda api, token: api.get("/metrics", token=token).status_code,
    "unknown zone": lambda api, token: api.get(f"/times?user_id=1&{DAY}&tz=Mars", token=token).status_code,
    "unknown parameter": lambda api, token: api.get("/tasks?x=1", token=token).status_code,
    "malformed body": lambda api, token: api.call("POST", "/track", content=b"{", token=token).status_code,
    "list running tasks of 42": lambda api, token: api.get("/tasks/running?user_id=42", token=token).status_code,
    "list running tasks": lambda api, token: api.get("/tasks/running", token=token).status_code,
    "split a task of 42": lambda api, token: api.post("/tasks/3/split", {"at": PAST[1]}, token=token).status_code,
    "split a missing task": lambda api, token: api.post("/tasks/99/split", {"at": PAST[1]}, token=token).status_code,
    "join tasks of 42": lambda api, token: api.post("/tasks/join", {"ids": [4, 5]}, token=token).status_code,
    "join a missing task": lambda api, token: api.post("/tasks/join", {"ids": [99, 1]}, token=token).status_code,
    "resume a task of 42": lambda api, token: api.post("/resume", {"id": 3, "user_id": 42}, token=token).status_code,
    "resume a missing task": lambda api, token: api.post("/resume", {"id": 99}, token=token).status_code,
    "copy a task of 42": lambda api, token: api.post("/resume", {"id": 3}, token=token).status_code,
    "switch for 42": lambda api, token: (
        api.post("/switch", {"user_id": 42, "description": "x"}, token=token).status_code
    ),
    "stop the running task of 42": lambda api, token: api.post("/stop", {"user_id": 42}, token=token).status_code,
    "switch": lambda api, token: api.post("/switch", {"description": "x"}, token=token).status_code,
    "stop the running task": lambda api, token: api.post("/stop", {}, token=token).status_code,
    "delete a task of 42": lambda api, token: api.call("DELETE", "/tasks/2", token=token).status_code,
    "check health": lambda api, token: api.get("/healthz", token=token).status_code,
    "check readiness": lambda api, token: api.get("/readyz", token=token).status_code,
    "read docs": lambda api, token: api.get("/docs", token=token).status_code,
    "load the script of the docs": lambda api, token: api.get("/docs/start.js", token=token).status_code,
    "get OpenAPI document": lambda api, token: api.get("/openapi.json", token=token).status_code,
    "unknown path": lambda api, token: api.get("/nowhere", token=token).status_code,
}
PUBLIC = dict.fromkeys(
    ["check health", "check readiness", "read docs", "load the script of the docs", "get OpenAPI document"], 200
) | {"unknown path": 404}
UNAUTHENTICATED = dict.fromkeys(ROUTES.keys() - PUBLIC.keys(), 401) | PUBLIC
ALLOWED = dict.fromkeys(ROUTES, 200) | PUBLIC | {"malformed body": 415}
ALLOWED |= dict.fromkeys([name for name in ROUTES if "missing" in name], 404)
ALLOWED |= dict.fromkeys(["unknown zone", "unknown parameter"], 422)
OWN_USER = ALLOWED | {"get metrics": 403, "list users": 403}
OTHER_USER = OWN_USER | {
    "track for 42": 403,
    "track several for 42": 403,
    "track for 42 and 1": 403,
    "stop a task of 42": 404,
    "get a task of 42": 404,
    "edit a task of 42": 404,
    "delete a task of 42": 404,
    "list running tasks of 42": 403,
    "split a task of 42": 404,
    "join tasks of 42": 404,
    "resume a task of 42": 403,
    "copy a task of 42": 404,
    "switch for 42": 403,
    "stop the running task of 42": 403,
    "get times of 42": 403,
    "list tasks of 42": 403,
    "get a report of 42": 403,
    "export tasks of 42": 403,
    "list projects of 42": 403,
    "list tags of 42": 403,
    "import for 42": 403,
    "get the history of 42": 403,
    "get the history of a task of 42": 404,
    "undo for 42": 403,
    "redo for 42": 403,
}

WRITES = ("track", "stop", "switch", "resume", "copy", "edit", "delete", "split", "join", "import", "undo", "redo")
READING = OWN_USER | {name: 403 for name in ROUTES if name.startswith((*WRITES, "malformed"))}
REPORTS_OF_ALL = (
    READING
    | dict.fromkeys(
        ["list tasks of 42", "list running tasks of 42", "export tasks of 42", "get the history of 42"], 403
    )
    | dict.fromkeys(["get a task of 42", "get the history of a task of 42"], 404)
)

CALLERS = {
    "no token": UNAUTHENTICATED,
    "unknown token": UNAUTHENTICATED,
    "expired token": UNAUTHENTICATED,
    "revoked token": UNAUTHENTICATED,
    "user 1": OTHER_USER,
    "user 42": OWN_USER | {"track for 42 and 1": 403},
    "admin": ALLOWED | dict.fromkeys(["undo for 42", "redo for 42"], 409),  # user 42 has not run a command
    "read-only 42": READING,
    "reports of all": REPORTS_OF_ALL,
}


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
def test_caller_gets_expected_status_from_each_route(team: Api, caller: str) -> None:
    times = {"start_time": PAST[0], "end_time": PAST[2]}
    assert [team.track(42, **times) for _ in range(3)] == [3, 4, 5]
    token = None if caller == "no token" else caller
    assert {name: request(team, token) for name, request in ROUTES.items()} == CALLERS[caller]


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
            assert response.json()["hint"] == "to list tasks with their IDs, send GET /tasks?user_id=42"
