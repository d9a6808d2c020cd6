"""The table of requests to each route, and of the status that each caller gets."""

from collections.abc import Callable

from tests.server.conftest import Api

DAY = "date=2023-07-16"


def import_file(api: Api, query: str, token: str | None) -> int:
    return api.send_file(b"2023-07-15\n    9:00 - 10:00 write docs\n", query, token=token).status_code


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
    | {"list users": 200}
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
