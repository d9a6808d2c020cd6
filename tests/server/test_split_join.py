"""Splitting and joining tasks over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.conftest import Api, serving_apis
from tests.server.problem_details import check

DAY = "2023-07-16"
TIMES = [f"{DAY}T{hour:02}:00:00+02:00" for hour in range(13)]
FIELDS: dict[str, Any] = {"project": "acme", "tags": ["a"], "note": "n"}


def track(api: Api, start: int, end: int, **fields: Any) -> int:
    return api.track(start_time=TIMES[start], end_time=TIMES[end], **fields)


def tasks(api: Api) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = api.get("/tasks").json()["tasks"]
    return listed


def test_split_and_join(api: Api) -> None:
    track(api, 8, 10, **FIELDS)
    whole = tasks(api)
    parts = api.post("/tasks/1/split?return=task", {"at": f"{DAY}T07:00:00Z"}).json()["tasks"]
    assert parts == tasks(api) == [whole[0] | {"end_time": TIMES[9]}, whole[0] | {"id": 2, "start_time": TIMES[9]}]
    assert api.post("/tasks/join?return=task", {"ids": [2, 1]}).json() == whole[0]
    assert tasks(api) == whole
    assert api.post("/tasks/1/split", {"at": TIMES[9]}).json() == {"ids": [1, 3]}
    assert api.post("/tasks/join", {"ids": [1, 3]}).json() == {"id": 1}
    api.track(start_time=TIMES[11])
    parts = api.post("/tasks/4/split?return=task", {"at": TIMES[12]}).json()["tasks"]
    assert [(part["id"], part["running"]) for part in parts] == [(4, False), (5, True)]


def test_split_requires_matching_etag(api: Api) -> None:
    track(api, 8, 11, **FIELDS)
    read = {"If-Match": api.get("/tasks/1").headers["etag"]}
    assert api.call("PATCH", "/tasks/1", json={"note": "x"}).status_code == 200
    whole = tasks(api)
    for at in (TIMES[9], TIMES[12]):  # the second would be a conflict, too
        problem = check(api.post("/tasks/1/split", {"at": at}, headers=read), 412)
        assert (problem["code"], problem["detail"]) == ("task-changed", "task 1 has changed since it was read")
    assert tasks(api) == whole
    current = {"If-Match": api.get("/tasks/1").headers["etag"], "Idempotency-Key": "k"}
    for _ in range(2):
        assert api.post("/tasks/1/split", {"at": TIMES[9]}, headers=current).json() == {"ids": [1, 2]}
    problem = check(api.post("/tasks/1/split", {"at": TIMES[9]}, headers=current | read), 422)
    assert problem["code"] == "idempotency-key-reused"
    assert api.post("/tasks/2/split", {"at": TIMES[10]}, headers={"If-Match": "*"}).json() == {"ids": [2, 3]}


def test_join_includes_gap_of_given_length_only(api: Api) -> None:
    assert [track(api, 8, 9), track(api, 10, 11)] == [1, 2]
    for gap in ({}, {"max_gap": 3599.5}):
        problem = check(api.post("/tasks/join", {"ids": [1, 2], **gap}), 409)
        assert (problem["code"], problem["hint"]) == (
            "tasks-not-adjacent",
            "add max_gap, in seconds, to include the time between them",
        )
    joined = api.post("/tasks/join?return=task", {"ids": [1, 2], "max_gap": 3600}).json()
    assert (joined["start_time"], joined["end_time"]) == (TIMES[8], TIMES[11])


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        *(("1/split", {"at": TIMES[hour]}, 409, "split-outside-task") for hour in (7, 8, 10, 11)),
        ("3/split", {"at": f"{DAY}T12:00:01+02:00"}, 409, "end-in-future"),
        *(("1/split", {"at": text}, 422, "invalid-time") for text in ("9:00", "", f"{DAY}T09:00")),
        *(
            ("1/split", body, 422, "invalid-request")
            for body in ({}, {"at": None}, {"at": 9}, {"at": TIMES[9], "x": 1})
        ),
        *((f"{text}/split", {"at": TIMES[9]}, 422, "invalid-id") for text in ("0", "x", str(2**63))),
        ("9/split", {"at": TIMES[9]}, 404, "task-not-found"),
        ("1/split?tz=Mars", {"at": TIMES[9]}, 422, "unknown-zone"),
        ("join", {"ids": [1, 9]}, 404, "task-not-found"),
        ("join", {"ids": [1, 1]}, 422, "same-task"),
        ("join", {"ids": [1, 2]}, 409, "incompatible-tasks"),
        *(("join", {"ids": ids}, 422, "invalid-request") for ids in (None, [], [1], [1, 2, 3], [1, "2"], [1, None])),
        *(
            ("join", {"ids": [1, 3], "max_gap": gap}, 422, "invalid-request")
            for gap in (None, -1, "3600", True, 1e300, 4e11)
        ),
    ],
)
def test_invalid_request_changes_nothing(shared_api: Api, path: str, body: object, status: int, code: str) -> None:
    before = tasks(shared_api)
    assert check(shared_api.post(f"/tasks/{path}", body), status)["code"] == code
    assert tasks(shared_api) == before


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server shared by the tests of invalid requests, with two finished tasks and a running one."""
    with serving_apis() as serve:
        api = serve(str(tmp_path_factory.mktemp("server") / "tasks.db"))
        track(api, 8, 10)
        track(api, 10, 11, description="mail")
        api.track(start_time=TIMES[11])
        yield api


@pytest.mark.parametrize(("path", "body"), [("1/split", {"at": TIMES[9]}), ("join", {"ids": [1, 2]})])
def test_same_key_makes_change_once(api: Api, path: str, body: object) -> None:
    track(api, 8, 10)
    track(api, 10, 11)
    responses = [api.post(f"/tasks/{path}", body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert responses[0].json() == responses[1].json()
    assert [response.status_code for response in responses] == [200, 200]
    assert len(tasks(api)) == (3 if "split" in path else 1)
