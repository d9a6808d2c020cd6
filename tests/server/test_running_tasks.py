"""Listing and stopping running tasks, switching to another task and resuming an earlier one over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.server.conftest import Api, Serve, serving_apis
from tests.server.problem_details import check

from tasktimer.server import dependencies
from tasktimer.server.routes import running_tasks
from tasktimer.store.sqlite.async_store import AsyncSqliteStore

DAY = "2023-07-16"
NOON = f"{DAY}T12:00:00+02:00"
PAST = {"start_time": f"{DAY}T09:00:00+02:00", "end_time": f"{DAY}T10:00:00+02:00"}
PLAIN: dict[str, Any] = {"project": None, "tags": [], "note": None}


def running(api: Api, query: str = "", token: str = "admin") -> list[int]:
    return [task["id"] for task in api.get(f"/tasks/running{query}", token=token).json()["tasks"]]


def test_running_tasks_are_those_of_token_or_user(api: Api) -> None:
    api.create_token("user 42", user_id=42)
    assert running(api) == []
    api.track(42, **PAST)
    assert [api.track(42), api.track(1), api.track(42, start_time=f"{DAY}T11:00:00+02:00")] == [2, 3, 4]
    assert (running(api), running(api, "?user_id=42"), running(api, token="user 42")) == ([4, 2, 3], [4, 2], [4, 2])
    response = api.get("/tasks/running?tz=UTC&user_id=1").json()
    task = {"id": 3, "user_id": 1, "description": "write docs", "start_time": f"{DAY}T10:00:00Z", "end_time": None}
    assert response == {"tasks": [task | PLAIN | {"running": True}]}
    check(api.get("/tasks/running?running=true"), 422)


def test_changes_of_many_running_tasks_let_other_requests_run(file_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def note(name: str) -> None:
        method = getattr(AsyncSqliteStore, name)

        async def noted(store: AsyncSqliteStore, service: Any) -> Any:
            names.append(name)
            return await method(store, service)

        monkeypatch.setattr(AsyncSqliteStore, name, noted)

    def send(path: str, body: dict[str, Any]) -> tuple[int, list[str]]:
        names.clear()
        return file_api.post(path, body).status_code, list(names)

    for module in (dependencies, running_tasks):
        monkeypatch.setattr(module, "FEW", 2)
    for _ in range(3):
        file_api.track(1)
    for name in ("write", "write_in_thread", "read_in_thread"):
        note(name)
    assert running(file_api) == running(file_api, "?user_id=1") == [1, 2, 3]
    assert names == ["read_in_thread"] * 2
    assert send("/stop", {}) == (409, ["write_in_thread"])
    assert send("/stop", {"id": 1}) == (200, ["write"])
    assert send("/stop", {}) == (409, ["write"])
    file_api.track(1)
    assert send("/resume", {}) == (409, ["write_in_thread"])
    assert send("/switch", {"description": "x"}) == (200, ["write_in_thread"])
    assert send("/undo", {}) == (200, ["write_in_thread"])
    assert send("/redo", {}) == (200, ["write_in_thread"])
    assert running(file_api) == [5]


def test_stop_without_id_stops_only_running_task_of_user(api: Api) -> None:
    api.create_token("user 42", user_id=42)
    api.track(7)
    nothing = check(api.post("/stop", {}, token="user 42"), 404)
    assert (nothing["code"], nothing["detail"]) == ("nothing-running", "user 42 has no running tasks")
    api.track(42)
    api.clock.move(hours=1)
    end = {"end_time": f"{DAY}T12:30:00+02:00"}
    assert api.post("/stop", end, token="user 42").json() == {"id": 2}
    assert api.get("/tasks/2").json()["end_time"] == f"{DAY}T12:30:00+02:00"
    assert check(api.post("/stop", {}), 404)["detail"] == "user 1 has no running tasks"  # the administrator is user 1
    assert api.post("/stop", {"user_id": 7}).json() == {"id": 1}


def test_stop_without_id_does_not_choose_between_tasks(api: Api) -> None:
    ids = [api.track(1), api.track(1)]
    problem = check(api.post("/stop", {}), 409)
    assert (problem["code"], problem["detail"]) == ("multiple-running", "2 tasks are running")
    assert problem["hint"] == "add the id of one of them; GET /tasks/running lists them"
    assert running(api) == ids
    assert check(api.post("/stop", {"id": 1, "user_id": 42}), 404)["detail"] == "there is no task 1"


def test_switch_stops_running_tasks_of_user_only(api: Api) -> None:
    assert [api.track(42), api.track(42), api.track(1)] == [1, 2, 3]
    api.clock.move(hours=1)
    body = {"user_id": 42, "description": "review", "project": "acme", "tags": ["b", "a"], "note": "n"}
    response = api.post("/switch?return=task", body)
    start = f"{DAY}T13:00:00+02:00"
    task = body | {"id": 4, "start_time": start, "end_time": None, "running": True, "tags": ["a", "b"]}
    assert (response.json(), response.headers["location"]) == (task, "/tasks/4")
    assert [api.get(f"/tasks/{number}").json()["end_time"] for number in (1, 2, 3)] == [start, start, None]
    early = api.post("/switch", {"user_id": 42, "description": "x", "start_time": NOON})
    assert (check(early, 409)["code"], running(api)) == ("switch-before-start", [3, 4])


def test_concurrent_switches_leave_one_task_running(api: Api) -> None:
    api.track(1)
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda n: api.post("/switch", {"description": str(n)}).status_code, range(16)))
    assert (responses, len(running(api))) == ([200] * 16, 1)


def test_resume_copies_details_of_earlier_task(api: Api) -> None:
    assert check(api.post("/resume", {}), 404)["code"] == "nothing-tracked"
    labels: dict[str, Any] = {"project": "acme", "tags": ["a", "b"]}
    assert [api.track(1, **PAST, **labels, note="n"), api.track(42, "mail", **PAST)] == [1, 2]
    again = {"id": 3, "user_id": 1, "description": "write docs", **labels, "note": None}
    response = api.post("/resume?return=task", {})
    assert response.json() == again | {"start_time": NOON, "end_time": None, "running": True}
    assert response.headers["location"] == "/tasks/3"
    problem = check(api.post("/resume", {}), 409)
    assert (problem["code"], problem["hint"]) == ("already-running", 'to stop it, send POST /stop with {"id": 3}')
    copied = api.post("/resume?return=task", {"id": 2, "start_time": f"{DAY}T11:00:00+02:00"}).json()
    assert (copied["id"], copied["user_id"], copied["description"]) == (4, 1, "mail")
    assert running(api) == [4, 3]


def test_task_of_other_user_cannot_be_resumed(api: Api) -> None:
    api.create_token("user 42", user_id=42)
    secret = api.track(1, "secret", **PAST)
    problems = [check(api.post("/resume", {"id": number}, token="user 42"), 404) for number in (secret, 99)]
    assert [problem["detail"] for problem in problems] == ["there is no task 1", "there is no task 99"]
    assert problems[0]["hint"] == problems[1]["hint"]
    assert running(api) == []


def test_server_without_tokens_acts_for_only_user(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    for path in ("/stop", "/resume"):
        problem = check(api.post(path, {}), 404)
        assert (problem["code"], problem["detail"]) == ("store-missing", "nothing has been tracked yet")
    api.track(42)
    assert api.post("/stop", {}).json() == {"id": 1}
    assert api.post("/resume", {}).json() == {"id": 2}
    assert api.post("/switch?return=task", {"description": "x"}).json()["user_id"] == 42
    api.track(7)
    for path, body in (("/stop", {}), ("/resume", {}), ("/switch", {"description": "x"})):
        assert check(api.post(path, body), 422)["hint"] == "add user_id"
    assert api.post("/stop", {"user_id": 7}).json() == {"id": 4}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *(("/stop", {name: value}) for name in ("id", "user_id") for value in (0, -1, 2**63, "1", True, [1])),
        *(("/resume", {name: value}) for name in ("id", "user_id") for value in (0, 2**63, "1", True)),
        *((path, {"id": None}) for path in ("/stop", "/resume")),
        *(("/switch", {"description": "x", "user_id": value}) for value in (0, "1")),
        *(("/switch", body) for body in ({}, {"description": ""}, {"description": "x", "tags": None})),
        *(("/switch", {"description": "x", name: "a//b"}) for name in ("project", "start_time", "end_time")),
        *((path, {"start_time": "today"}) for path in ("/resume", "/stop")),
        *((path, []) for path in ("/stop", "/resume", "/switch")),
        *((f"/stop?return={text}", {}) for text in ("", "tasks", "task&return=id", "task&tz=Mars")),
    ],
)
def test_invalid_request_changes_nothing(shared_api: Api, path: str, body: object) -> None:
    check(shared_api.post(path, body), 422)
    assert running(shared_api) == [1]


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server shared by the tests of invalid requests, with a running task."""
    with serving_apis() as serve:
        api = serve(str(tmp_path_factory.mktemp("server") / "tasks.db"))
        api.track(1)
        yield api


@pytest.mark.parametrize(
    ("path", "body"), [("/stop", {}), ("/resume", {}), ("/switch", {"description": "x"}), ("/track", None)]
)
def test_same_key_makes_change_once(api: Api, path: str, body: dict[str, Any] | None) -> None:
    api.track(1, **PAST)
    if path == "/stop":
        api.track(1)
    body = {"user_id": 1, "description": "x"} if body is None else body
    headers = {"Idempotency-Key": "k"}
    first, second = (api.post(f"{path}?return=task&tz=UTC", body, headers=headers) for _ in range(2))
    assert (
        (first.status_code, first.json())
        == (second.status_code, second.json())
        == (200, api.get("/tasks/2?tz=UTC").json())
    )
    assert first.headers.get("location") == second.headers.get("location")
    other = api.post(path, body, headers=headers)  # would return the ID
    assert check(other, 422)["code"] == "idempotency-key-reused"
    assert len(api.get("/tasks").json()["tasks"]) == 2
