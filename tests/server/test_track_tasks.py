"""Starting and recording several tasks in one request."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest
from tests.conftest import NOW
from tests.hostile import DESCRIPTIONS_KEPT, DESCRIPTIONS_REFUSED, PROJECTS_REFUSED, TAGS_REFUSED, TIMES_REFUSED
from tests.server.conftest import Api, Serve, serving_apis
from tests.server.problem_details import check

from tasktimer.config.settings import parse_database
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.history import list_entries
from tasktimer.services.undo import redo, undo
from tasktimer.store.factory import open_store

DAY = "2023-07-16"
START, END = f"{DAY}T09:00:00+02:00", f"{DAY}T10:00:00+02:00"
TASK: dict[str, Any] = {"user_id": 42, "description": "x"}


def post(api: Api, *tasks: object, query: str = "", token: str = "admin", **headers: str) -> httpx.Response:
    return api.post(f"/tasks{query}", {"tasks": tasks}, token=token, headers=headers)


def listed(api: Api) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = api.get("/tasks?limit=1000").json()["tasks"]
    return sorted(tasks, key=lambda task: task["id"])


def test_tasks_are_added_in_order(api: Api) -> None:
    api.track(42)
    assert post(api, TASK | {"description": "b"}, TASK | {"start_time": START, "end_time": END}).json() == {
        "ids": [2, 3]
    }
    response = post(api, TASK | {"user_id": 7, "tags": ["b", "a"]}, query="?return=task&tz=UTC")
    task = {"id": 4, "start_time": f"{DAY}T10:00:00Z", "end_time": None, "running": True, "project": None, "note": None}
    assert response.json() == {"tasks": [TASK | task | {"user_id": 7, "tags": ["a", "b"]}]}
    assert [(task["description"], task["running"]) for task in listed(api)] == [
        *(("write docs", True), ("b", True)),
        *(("x", False), ("x", True)),
    ]
    assert api.track() == 5


def test_task_is_the_same_as_one_that_was_tracked(api: Api) -> None:
    bodies = [TASK | {"description": text, "note": text} for text in DESCRIPTIONS_KEPT]
    bodies += [TASK | {"start_time": START, "end_time": f"{DAY}T09:30:00.25Z", "project": "acme/e\u0301"}]
    bodies += [TASK | {"tags": ["docs", "+b", "docs"], "start_time": "2023-07-10T09:00Z"}]
    alone = [api.post("/track?return=task", body).json() for body in bodies]
    together = post(api, *bodies, query="?return=task").json()["tasks"]
    assert [task | {"id": 0} for task in together] == [task | {"id": 0} for task in alone]
    assert together == listed(api)[len(bodies) :]


def test_undo_reverts_whole_request(api: Api) -> None:
    api.create_token("user 42", user_id=42)
    api.track(42)
    assert post(api, *[TASK] * 600, token="user 42").json() == {"ids": list(range(2, 602))}
    with closing(open_store(parse_database(api.database))) as store:
        entries = list_entries(store, Actor(None, ALL_USERS), limit=9, max_changes=1000)
        assert [(entry.name, entry.user_id, len(entry.changes)) for entry in entries] == [
            ("track", 1, 1),
            ("track", 42, 600),
        ]
        undo(store, Actor(42, 42), now=NOW)
        assert len(listed(api)) == 1
        redo(store, Actor(42, 42), now=NOW)
        assert len(listed(api)) == 601


@pytest.mark.parametrize(
    ("item", "status", "code"),
    [
        *((TASK | {"start_time": text}, 422, "invalid-time") for text in TIMES_REFUSED),
        (TASK | {"end_time": END}, 422, "end-without-start"),
        (TASK | {"start_time": END, "end_time": START}, 409, "end-before-start"),
        (TASK | {"start_time": f"{DAY}T12:00:01+02:00"}, 409, "start-in-future"),
        (TASK | {"start_time": START, "end_time": f"{DAY}T12:00:01+02:00"}, 409, "end-in-future"),
        (TASK | {"description": " "}, 422, "blank-description"),
        (TASK | {"tags": ["a b"]}, 422, "invalid-tag"),
        (TASK | {"project": "a//b"}, 422, "invalid-project"),
        (TASK | {"tags": ["a"] * 101}, 422, "invalid-request"),
        (TASK | {"x": 1}, 422, "invalid-request"),
        (TASK | {"id": 1}, 422, "invalid-request"),
        *((TASK | {"user_id": value}, 422, "invalid-request") for value in (0, "1", 2**63)),
        *((item, 422, "invalid-request") for item in (dict[str, str](), list[str](), None, "x", 7)),
    ],
)
def test_invalid_task_is_named_and_nothing_is_added(shared_api: Api, item: object, status: int, code: str) -> None:
    problem = check(post(shared_api, TASK, TASK, item, TASK), status)
    assert problem["code"] == code
    assert {error["location"].split(".")[2] for error in problem["errors"]} == {"2"}
    assert problem["detail"].startswith("body.tasks.2")
    assert listed(shared_api) == []


def test_hostile_values_are_rejected(shared_api: Api) -> None:
    fields = [
        *((name, text, text) for name in ("description", "note") for text in DESCRIPTIONS_REFUSED),
        *(("project", text, text) for text in PROJECTS_REFUSED),
        *(("tags", [text], text) for text in TAGS_REFUSED),
    ]
    for name, value, text in fields:
        if text != "\ud800":  # httpx cannot send it
            problem = check(post(shared_api, TASK, TASK | {name: value}), 422)
            assert problem["errors"][0]["location"].startswith("body.tasks.1")
    assert listed(shared_api) == []


@pytest.mark.parametrize("body", [[], {}, {"tasks": None}, {"tasks": []}, {"tasks": {}}, {"tasks": [TASK], "x": 1}])
def test_invalid_list_is_rejected(shared_api: Api, body: object) -> None:
    assert check(shared_api.post("/tasks", body), 422)["code"] == "invalid-request"


def test_unknown_zone_is_rejected(shared_api: Api) -> None:
    assert check(post(shared_api, TASK, query="?tz=Mars"), 422)["code"] == "unknown-zone"
    assert listed(shared_api) == []


def test_number_and_size_of_tasks_are_limited(file_api: Api) -> None:
    check(post(file_api, *[TASK] * 1001), 422)
    unknown = check(post(file_api, TASK | {f"field {number}": 1 for number in range(1001)}), 422)
    assert (unknown["detail"], "errors" in unknown) == ("1,001 fields are invalid", False)
    check(post(file_api, *[TASK | {"note": "x" * 9000}] * 117), 413)
    assert listed(file_api) == []
    assert len(post(file_api, *[TASK | {"note": "x" * 1000}] * 1000).json()["ids"]) == 1000


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server shared by the tests of invalid requests."""
    with serving_apis() as serve:
        yield serve(str(tmp_path_factory.mktemp("server") / "tasks.db"))


def test_token_may_add_tasks_of_its_user_only(api: Api) -> None:
    api.create_token("user 42", user_id=42)
    problem = check(post(api, TASK, TASK | {"user_id": 7}, token="user 42"), 403)
    detail = "this token acts for user 42, not for user 7"
    assert problem["detail"] == f"body.tasks.1: {detail}"
    assert problem["errors"] == [{"location": "body.tasks.1", "detail": detail}]
    assert listed(api) == []


def test_same_key_adds_tasks_once(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    first, second = (post(api, TASK, TASK, **key) for _ in range(2))
    assert (first.json(), second.json()) == ({"ids": [1, 2]}, {"ids": [1, 2]})
    assert second.headers["idempotent-replayed"] == "true"
    for other in (post(api, TASK, **key), post(api, TASK, TASK, query="?return=task", **key)):
        assert check(other, 422)["code"] == "idempotency-key-reused"
    early = [post(api, TASK, TASK | {"start_time": "2030-01-01T00:00Z"}, **{"Idempotency-Key": "e"}) for _ in range(2)]
    assert early[0].json() == early[1].json()
    assert check(early[1], 409)["errors"][0]["location"] == "body.tasks.1"
    assert len(listed(api)) == 2


def test_default_is_user_of_token(file_api: Api) -> None:
    file_api.create_token("user 42", user_id=42)
    (task,) = post(file_api, {"description": "x"}, query="?return=task", token="user 42").json()["tasks"]
    assert task["user_id"] == 42


def test_server_without_tokens_adds_tasks_to_new_store(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    problem = check(post(api, TASK, {"description": "x"}), 422)
    assert (problem["code"], problem["errors"][0]["location"]) == ("missing-user", "body.tasks.1")
    assert post(api, TASK, TASK | {"user_id": 7}).json() == {"ids": [1, 2]}


def test_concurrent_requests_add_each_task_once(api: Api) -> None:
    """Tasks that are tracked in the event loop do not get the IDs of those that are added in a thread."""

    def add(number: int) -> list[int]:
        return [*post(api, *[TASK] * 20).json()["ids"], api.track(description=str(number))]

    with ThreadPoolExecutor(8) as threads:
        ids = [task_id for each in threads.map(add, range(16)) for task_id in each]
    assert sorted(ids) == [task["id"] for task in listed(api)]
    assert len(set(ids)) == 16 * 21
