"""The history over HTTP, and undo and redo, which are those of the command line."""

import json
from typing import Any

import httpx
import pytest
from tests.conftest import Run
from tests.server.conftest import Api, Serve
from tests.server.problem_details import check

from tasktimer.server.history_schemas import CommandResponse


@pytest.fixture
def team(api: Api) -> Api:
    """A server used by two users and an administrator, who is user 1."""
    api.create_token("mine", user_id=42)
    api.create_token("other", user_id=7)
    return api


def start(api: Api, token: str = "mine", **fields: Any) -> int:
    response = api.post("/track", {"description": "write docs", **fields}, token=token)
    assert response.status_code == 200, response.text
    return int(response.json()["id"])


def stop(api: Api, task_id: int, token: str = "mine") -> None:
    assert api.post("/stop", {"id": task_id}, token=token).status_code == 200


def undo(api: Api, token: str = "mine", path: str = "/undo", **body: Any) -> httpx.Response:
    return api.post(path, body, token=token)


def ids(response: httpx.Response) -> list[int]:
    assert response.status_code == 200, response.text
    return [entry["id"] for entry in response.json()]


def listed(api: Api) -> list[int]:
    return [task["id"] for task in api.get("/tasks").json()["tasks"]]


def test_entries_have_documented_fields(team: Api) -> None:
    task_id = start(team, project="acme", tags=["a"])
    team.clock.move(hours=1)
    stop(team, task_id)
    entries = team.get("/history?tz=UTC", token="mine").json()
    task = team.get(f"/tasks/{task_id}?tz=UTC").json()
    before = {**task, "end_time": None, "running": True}
    common = {"user_id": 42, "undone": False, "reverses": None, "omitted_changes": 0}
    started, stopped = (
        {**common, "id": 1, "command": "track", "time": "2023-07-16T10:00:00Z"},
        {**common, "id": 2, "command": "stop", "time": "2023-07-16T11:00:00Z"},
    )
    assert entries == [
        {**started, "changes": [{"task_id": task_id, "before": None, "after": before}]},
        {**stopped, "changes": [{"task_id": task_id, "before": before, "after": task}]},
    ]
    CommandResponse.model_validate(entries[1])


def test_entries_are_those_of_command(team: Api, run: Run) -> None:
    first = start(team, note="line 1\nline 2")
    start(team, "other")
    stop(team, first)
    assert ids(undo(team)) == [3]
    assert ids(undo(team, path="/redo")) == [3]
    for query, options in (
        ("user_id=42", ["--user=42"]),
        ("", ["--user=all"]),
        ("limit=2", ["--user=all", "--limit=2"]),
        (f"task_id={first}", ["--user=all", str(first)]),
    ):
        command = run("--database", team.database, "history", "--json", *options, now=team.clock.now)
        entries = team.get(f"/history?{query}").json()
        assert [entry.pop("omitted_changes") for entry in entries] == [0] * len(entries)
        assert entries == json.loads(command.out)


def test_history_is_read_in_pages(team: Api) -> None:
    for _ in range(5):
        start(team)
    assert ids(team.get("/history?limit=2", token="mine")) == [4, 5]
    assert ids(team.get("/history?limit=2&before=4", token="mine")) == [2, 3]
    assert ids(team.get("/history?limit=2&before=2")) == [1]
    assert ids(team.get("/history?task_id=1&before=1")) == []


def test_undo_and_redo_restore_tasks(team: Api) -> None:
    tasks = [start(team), start(team)]
    stop(team, tasks[0])
    assert ids(undo(team, count=2)) == [3, 2]
    assert (listed(team), team.get("/tasks/1").json()["running"]) == ([1], True)
    assert ids(undo(team, path="/redo")) == [2]
    assert ids(undo(team, command=1)) == [1]
    assert listed(team) == [2]
    (entry,) = team.get("/history?limit=1", token="mine").json()
    assert (entry["command"], entry["reverses"], entry["changes"][0]["after"]) == ("undo", 1, None)


def test_administrator_undoes_for_named_user(team: Api) -> None:
    start(team)
    start(team, "other")
    assert check(undo(team, "admin"), 409)["detail"] == "user 1 has nothing to undo"
    assert ids(undo(team, "admin", user_id=42)) == [1]
    assert ids(undo(team, "admin", path="/redo", user_id=42)) == [1]
    assert ids(undo(team, "admin", command=2)) == [2]
    assert listed(team) == [1]


def test_commands_of_other_users_are_reported_as_not_found(team: Api) -> None:
    start(team, "other")
    found, missing = check(undo(team, command=1), 404), check(undo(team, command=99), 404)
    assert (found["code"], found["detail"]) == ("command-not-found", "there is no command 1 of user 42 in the history")
    assert (missing["detail"], check(undo(team, "admin", command=99), 404)["detail"]) == (
        "there is no command 99 of user 42 in the history",
        "there is no command 99 in the history",
    )
    assert found["hint"] == (
        "to list commands with their IDs, send GET /history; only administrators can undo commands of other users"
    )
    assert {**found, "detail": missing["detail"]} == missing
    assert listed(team) == [1]


def test_changes_to_tasks_of_other_users_are_neither_shown_nor_undone(team: Api) -> None:
    team.create_token("former admin", user_id=1)
    task_id = start(team, description="secret plan")
    stop(team, task_id, "admin")  # a command of user 1
    for token, count in (("admin", 1), ("former admin", 0)):
        (entry,) = team.get("/history?user_id=1", token=token).json()
        assert (entry["command"], len(entry["changes"])) == ("stop", count)
    for response in (undo(team, "former admin"), undo(team, "former admin", command=2)):
        problem = check(response, 409)
        assert (problem["code"], problem["detail"]) == (
            "tasks-of-other-users",
            "command 2 (stop) changed tasks of other users",
        )
    assert team.get("/tasks/1").json()["running"] is False
    assert ids(team.get(f"/history?task_id={task_id}", token="mine")) == [1, 2]  # the owner sees who changed the task
    assert ids(undo(team, "admin")) == [2]
    assert check(undo(team, "former admin", path="/redo"), 409)["code"] == "tasks-of-other-users"


@pytest.mark.parametrize("is_deleted", [False, True])
def test_history_of_other_users_task_is_reported_as_not_found(team: Api, is_deleted: bool) -> None:
    task_id = start(team, "other")
    if is_deleted:
        assert ids(undo(team, "other")) == [1]
    problem = check(team.get(f"/history?task_id={task_id}", token="mine"), 404)
    assert (problem["code"], problem["detail"]) == ("task-not-found", f"there is no task {task_id}")
    assert len(team.get(f"/history?task_id={task_id}", token="other").json()) == 1 + is_deleted


def test_imported_tasks_are_listed_up_to_a_limit(team: Api) -> None:
    rows = "".join(f"    {minute // 60 + 1}:{minute % 60:02} - 23:00 x\n" for minute in range(150))
    content = f"2023-07-15\n{rows}".encode()
    assert team.send_file(content, "format=klog", token="mine").status_code == 200
    (entry,) = team.get("/history", token="mine").json()
    assert (len(entry["changes"]), entry["omitted_changes"]) == (100, 50)
    (of_task,) = team.get("/history?task_id=150", token="mine").json()
    assert [change["task_id"] for change in of_task["changes"]] == [150]
    check(team.get("/history?task_id=150", token="other"), 404)
    (undone,) = undo(team).json()
    assert (undone["undone"], len(undone["changes"]), undone["omitted_changes"]) == (True, 100, 50)
    assert listed(team) == []


def test_repeated_key_undoes_once(team: Api) -> None:
    start(team)
    start(team)
    for path, expected in (("/undo", [1]), ("/redo", [1, 2])):
        responses = [
            team.post(path, {}, token="mine", headers={"Idempotency-Key": f"key of {path}".replace(" ", "-")})
            for _ in range(2)
        ]
        assert responses[0].json() == responses[1].json()
        assert ids(responses[0]) == [2]
        assert [response.headers.get("idempotent-replayed") for response in responses] == [None, "true"]
        assert listed(team) == expected
    for path, body in (("/undo", {"count": 2}), ("/undo?tz=UTC", {}), ("/redo", {})):
        response = team.post(path, body, token="mine", headers={"Idempotency-Key": "key-of-/undo"})
        assert check(response, 422)["code"] == "idempotency-key-reused"
    assert listed(team) == [1, 2]


def test_invalid_request_is_a_problem(file_api: Api) -> None:
    for path, body, status, code in (
        ("/undo", {}, 409, "nothing-to-undo"),
        ("/redo", {}, 409, "nothing-to-redo"),
        ("/undo", {"count": 1, "command": 1}, 422, "count-and-command"),
        *(("/undo", {"count": value}, 422, "invalid-request") for value in (0, -1, 101, 1.5, "1", None, True, 2**70)),
        *(("/undo", {"command": value}, 422, "invalid-request") for value in (0, "7", None, 2**63)),
        ("/redo", {"command": 1}, 422, "invalid-request"),
        ("/redo", {"user_id": 0}, 422, "invalid-request"),
        ("/undo?user_id=42", {}, 422, "invalid-request"),
        ("/undo?tz=Mars", {}, 422, "unknown-zone"),
        ("/undo", [], 422, "invalid-request"),
    ):
        assert check(file_api.post(path, body), status)["code"] == code, (path, body)


def test_invalid_query_is_a_problem(file_api: Api) -> None:
    for query, code in (
        ("limit=0", "invalid-limit"),
        ("limit=101", "invalid-limit"),
        ("before=0", "invalid-id"),
        ("task_id=x", "invalid-id"),
        ("task_id=1&user_id=1", "task-and-user"),
        ("tz=Mars", "unknown-zone"),
        ("count=1", "invalid-request"),
    ):
        assert check(file_api.get(f"/history?{query}"), 422)["code"] == code, query


def test_commands_that_cannot_be_undone_have_hints(team: Api) -> None:
    task_id = start(team)
    stop(team, task_id)
    assert check(undo(team, count=3), 409)["code"] == "too-few-commands"
    conflict = check(undo(team, command=1), 409)
    assert (conflict["code"], conflict["hint"]) == (
        "undo-conflict",
        "undo first what has changed the task since; to list it, send GET /history?task_id=1",
    )
    assert ids(undo(team)) == [2]
    assert check(undo(team, command=2), 409)["code"] == "already-undone"
    reversal = check(undo(team, command=3), 409)
    assert (reversal["code"], reversal["hint"]) == ("command-is-reversal", "undo or redo command 2 instead")


def test_server_without_tokens_requires_user_to_undo(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    api.post("/track", {"user_id": 42, "description": "x"}, token=None)
    for path in ("/undo", "/redo"):
        assert check(api.post(path, {}, token=None), 422)["code"] == "missing-user"
    assert ids(api.post("/undo", {"user_id": 42}, token=None)) == [1]
    assert ids(api.get("/history", token=None)) == [1, 2]
    assert ids(api.post("/redo", {"user_id": 42}, token=None)) == [1]
