"""Changing and deleting a task over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.hostile import DESCRIPTIONS_REFUSED, PROJECTS_REFUSED, TAGS_REFUSED, TIMES_REFUSED
from tests.server.conftest import Api
from tests.server.problem_details import check

START, END = "2023-07-16T09:00:00+02:00", "2023-07-16T11:00:00+02:00"
DAY = "2023-07-16"
FIELDS: dict[str, Any] = {"project": "acme", "tags": ["b", "a"], "note": "n", "start_time": START, "end_time": END}
TASK = {"id": 1, "user_id": 42, "description": "write docs", **FIELDS, "running": False, "tags": ["a", "b"]}


def patch(api: Api, body: object, **headers: str) -> httpx.Response:
    return api.call("PATCH", "/tasks/1?return=task", json=body, headers=headers)


def etag(api: Api) -> str:
    return api.get("/tasks/1").headers["etag"]


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({}, {}),
        ({"description": "review"}, {"description": "review"}),
        ({"project": "acme/web", "note": "two\nlines"}, {"project": "acme/web", "note": "two\nlines"}),
        ({"project": None, "note": None}, {"project": None, "note": None}),
        ({"tags": ["c", "+b", "c"]}, {"tags": ["b", "c"]}),
        ({"tags": []}, {"tags": []}),
        ({"start_time": f"{DAY}T08:00:00Z"}, {"start_time": f"{DAY}T10:00:00+02:00"}),
        ({"end_time": None}, {"end_time": None, "running": True}),
        (
            {"start_time": f"{DAY}T11:30:00+02:00", "end_time": f"{DAY}T12:00:00+02:00"},
            {"start_time": f"{DAY}T11:30:00+02:00", "end_time": f"{DAY}T12:00:00+02:00"},
        ),
    ],
)
def test_patch_changes_fields_in_body(api: Api, body: object, changed: dict[str, Any]) -> None:
    api.track(**FIELDS)
    response = patch(api, body)
    assert (response.status_code, response.json()) == (200, TASK | changed)
    read = api.get("/tasks/1")
    assert (read.json(), read.headers["etag"]) == (response.json(), response.headers["etag"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"end_time": f"{DAY}T08:00:00+02:00"}, 409, "end-before-start"),
        ({"start_time": f"{DAY}T11:00:01+02:00"}, 409, "end-before-start"),
        ({"end_time": f"{DAY}T12:00:01+02:00"}, 409, "end-in-future"),
        ({"start_time": "2030-01-01T00:00Z", "end_time": None}, 409, "start-in-future"),
        *(({name: None}, 422, "invalid-request") for name in ("description", "tags", "start_time")),
        *(({name: 7}, 422, "invalid-request") for name in FIELDS),
        *(({name: "x"}, 422, "invalid-request") for name in ("id", "user_id", "running", "duration", "add_tags")),
        ({"tags": ["x"] * 101}, 422, "invalid-request"),
        ([], 422, "invalid-request"),
    ],
)
def test_invalid_change_is_rejected(file_api: Api, body: object, status: int, code: str) -> None:
    file_api.track(**FIELDS)
    assert check(patch(file_api, body), status)["code"] == code
    assert file_api.get("/tasks/1").json() == TASK


def test_hostile_values_are_rejected(file_api: Api) -> None:
    file_api.track(**FIELDS)
    texts = [text for text in DESCRIPTIONS_REFUSED if text != "\ud800"]  # httpx cannot send it
    bodies: list[dict[str, Any]] = [{name: text} for name in ("description", "note") for text in texts]
    bodies += [{"project": text} for text in PROJECTS_REFUSED if text != "\ud800"]
    bodies += [{"tags": [text]} for text in TAGS_REFUSED if text != "\ud800"]
    bodies += [{name: text} for name in ("start_time", "end_time") for text in TIMES_REFUSED]
    for body in bodies:
        check(patch(file_api, body), 422)
    assert file_api.get("/tasks/1").json() == TASK


def test_change_requires_matching_etag(api: Api) -> None:
    api.track(**FIELDS)
    read = etag(api)
    changed = patch(api, {"note": "x"}, **{"If-Match": read})
    assert changed.status_code == 200
    for body in ({"note": "y"}, {"end_time": f"{DAY}T08:00:00+02:00"}):  # the second would be a conflict, too
        problem = check(patch(api, body, **{"If-Match": read}), 412)
        assert (problem["code"], problem["detail"]) == ("task-changed", "task 1 has changed since it was read")
    stale = api.call("DELETE", "/tasks/1", headers={"If-Match": read})
    assert (stale.status_code, etag(api)) == (412, changed.headers["etag"])
    assert patch(api, {"note": "n"}, **{"If-Match": f'"x", {etag(api)}'}).headers["etag"] == read  # as it was
    assert api.call("DELETE", "/tasks/1", headers={"If-Match": read}).json() == {"id": 1}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("*", 200),
        ('""', 412),
        ('W/"{version}"', 412),  # a weak tag does not promise that the task is the same
        ('"{version}x"', 412),
        *((text, 422) for text in ("", "{version}", '"', '"a" "b"', '*, "a"', '"a",', "w/*", '"' + "x" * 1000 + '"')),
    ],
)
def test_other_values_of_if_match(file_api: Api, text: str, status: int) -> None:
    file_api.track(**FIELDS)
    given = text.format(version=etag(file_api).strip('"'))
    assert patch(file_api, {"note": "x"}, **{"If-Match": given}).status_code == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('"{version}"', 304),
        ('W/"{version}"', 304),  # a weak tag suffices for reading
        ('"x", "{version}"', 304),
        ("*", 304),
        ('"{version}x"', 200),
        *((text, 200) for text in ("", "{version}", '"', '"' + "x" * 1000 + '"')),
    ],
)
def test_unchanged_task_is_not_sent_again(api: Api, text: str, status: int) -> None:
    api.track(**FIELDS)
    read = etag(api)
    header = {"If-None-Match": text.format(version=read.strip('"'))}
    response = api.get("/tasks/1?tz=UTC", headers=header)
    assert response.status_code == status
    if status == 304:
        assert (response.content, response.headers["etag"]) == (b"", read)
        assert "content-type" not in response.headers
    api.create_token("user 7", user_id=7)
    check(api.get("/tasks/1", token="user 7", headers=header), 404)
    check(api.get("/tasks/1", token=None, headers=header), 401)


def test_only_one_of_concurrent_changes_with_same_etag_is_made(api: Api) -> None:
    api.track(**FIELDS)
    read = etag(api)
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda n: patch(api, {"note": str(n)}, **{"If-Match": read}), range(16)))
    (made,) = (response for response in responses if response.status_code == 200)
    assert sorted(response.status_code for response in responses) == [200, *[412] * 15]
    assert api.get("/tasks/1").json() == made.json()


def test_deleted_task_is_returned(api: Api) -> None:
    api.track(**FIELDS)
    assert api.call("DELETE", "/tasks/1?return=task&tz=UTC").json() == TASK | {
        "start_time": f"{DAY}T07:00:00Z",
        "end_time": f"{DAY}T09:00:00Z",
    }
    assert api.get("/tasks/1").status_code == 404
    assert check(api.call("DELETE", "/tasks/1"), 404)["detail"] == "there is no task 1"
    assert check(patch(api, {}), 404)["detail"] == "there is no task 1"


def test_same_key_makes_change_once(api: Api) -> None:
    api.track(**FIELDS)
    key = {"Idempotency-Key": "k", "If-Match": etag(api)}
    first, second = (patch(api, {"project": None}, **key) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (200, TASK | {"project": None})
    assert (second.headers["idempotent-replayed"], "etag" in second.headers) == ("true", False)
    for other in (patch(api, {}, **key), patch(api, {"project": None}, **{"Idempotency-Key": "k"})):
        assert check(other, 422)["code"] == "idempotency-key-reused"
    deleted = [api.call("DELETE", "/tasks/1", headers={"Idempotency-Key": "d"}) for _ in range(2)]
    assert [response.json() for response in deleted] == [{"id": 1}] * 2


def test_methods_of_all_routes_with_path_are_allowed(file_api: Api) -> None:
    allowed = {"/tasks/1": "DELETE, GET, PATCH", "/tasks/running": "GET", "/tasks/join": "POST", "/tasks": "GET, POST"}
    assert {path: file_api.call("PUT", path).headers["allow"] for path in allowed} == allowed
    check(file_api.call("PATCH", "/tasks/running", json={}), 405)
    check(file_api.get("/tasks/join"), 405)
