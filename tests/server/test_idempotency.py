"""Idempotency: a request repeated with its key gets the stored response."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest
from tests.conftest import NOW, wait_until
from tests.server.conftest import Api, Serve

from tasktimer.config.settings import parse_database
from tasktimer.errors import ConcurrentUpdate
from tasktimer.server.idempotency import run_idempotent
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements.idempotency import IdempotencyKey

BODY = {"user_id": 42, "description": "write docs"}


def post(api: Api, path: str, body: object, key: str, token: str = "admin", **headers: str) -> httpx.Response:
    return api.post(path, body, token=token, headers={"Idempotency-Key": key} | headers)


def ids(api: Api) -> list[int]:
    return [task["id"] for task in api.get("/tasks").json()["tasks"]]


def test_repeated_key_replays_response(api: Api) -> None:
    first, second = (post(api, "/track", BODY, "k1") for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (200, {"id": 1})
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert post(api, "/track", BODY, "k2").json() == {"id": 2}
    assert ids(api) == [1, 2]


def test_stop_twice_with_same_key_keeps_first_end(api: Api) -> None:
    task_id = api.track()
    api.clock.move(hours=1)
    assert post(api, "/stop", {"id": task_id}, "k").status_code == 200
    api.clock.move(hours=1)
    assert post(api, "/stop", {"id": task_id}, "k").json() == {"id": task_id}
    assert api.get(f"/tasks/{task_id}").json()["end_time"] == "2023-07-16T13:00:00+02:00"
    assert post(api, "/stop", {"id": task_id}, "other").status_code == 409


def test_repeated_key_replays_error(api: Api) -> None:
    first = post(api, "/stop", {"id": 1}, "k")
    api.track()
    second = post(api, "/stop", {"id": 1}, "k")
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json()["code"] == "task-not-found"
    assert second.headers["content-type"] == "application/problem+json"
    assert api.get("/tasks/1").json()["running"] is True


def test_body_spelled_differently_is_same_request(api: Api) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    for body in [b'{"user_id":42,"description":"write docs"}', b' {"description": "write\\u0020docs", "user_id": 42}']:
        assert api.call("POST", "/track", content=body, headers=headers).json() == {"id": 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/track", BODY | {"description": "other"}),
        ("/track", BODY | {"user_id": 1}),
        ("/track", BODY | {"start_time": "2023-07-16T09:00Z"}),
        ("/stop", {"id": 1}),
    ],
)
def test_key_of_other_request_is_rejected(api: Api, path: str, body: dict[str, Any]) -> None:
    post(api, "/track", BODY, "k")
    response = post(api, path, body, "k")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")
    assert ids(api) == [1]
    assert api.get("/tasks/1").json()["running"] is True
    assert post(api, "/track", BODY, "k").json() == {"id": 1}


def test_invalid_request_does_not_use_up_key(api: Api) -> None:
    assert post(api, "/track", BODY | {"description": "\x07"}, "k").status_code == 422
    assert post(api, "/track", BODY, "k").json() == {"id": 1}


def test_same_key_of_other_token_is_separate(api: Api) -> None:
    api.create_token("a", user_id=42)
    api.create_token("b", user_id=42)
    assert [post(api, "/track", BODY, "k", token).json()["id"] for token in ("a", "b", "a", "b")] == [1, 2, 1, 2]


def test_keys_without_tokens_are_shared(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    assert [post(api, "/track", BODY, "k").json()["id"] for _ in range(2)] == [1, 1]


def test_key_expires_after_24_hours(api: Api) -> None:
    post(api, "/track", BODY, "k")
    api.clock.move(hours=23, minutes=59)
    assert post(api, "/track", BODY, "k").json() == {"id": 1}
    api.clock.move(minutes=1)
    assert post(api, "/track", BODY, "k").json() == {"id": 2}
    assert post(api, "/track", BODY, "k").json() == {"id": 2}


def test_key_is_valid_in_later_server(serve: Serve, database: str) -> None:
    first = serve(database)
    assert post(first, "/track", BODY, "k").json() == {"id": 1}
    if "://" not in database:  # one process serves a file
        first.end()
    second = serve(database, clock=first.clock)
    second.tokens = first.tokens
    again = post(second, "/track", BODY, "k")
    assert (again.json(), again.headers["idempotent-replayed"]) == ({"id": 1}, "true")


def test_concurrent_requests_with_same_key_run_once(api: Api) -> None:
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda _: post(api, "/track", BODY, "k").text, range(64)))
    assert set(responses) == {'{"id":1}'}
    assert ids(api) == [1]


def test_expired_responses_are_deleted_on_startup(serve: Serve, database: str) -> None:
    api = serve(database)
    post(api, "/track", BODY, "k")
    api.clock.move(hours=25)
    api.end()
    serve(database, clock=api.clock)  # deletes expired responses on startup, then every hour
    wait_until(lambda: stored_keys(database) == [])


def stored_keys(database: str) -> list[str]:
    with closing(open_store(parse_database(database))) as store, store.read() as connection:
        return [str(key) for (key,) in connection.execute("SELECT idempotency_key FROM answers", {})]


def test_idempotent_request_is_retried_after_conflict(store: Store) -> None:
    tries = []

    def service(_: Store) -> dict[str, int]:
        tries.append("again")
        if len(tries) == 1:
            raise ConcurrentUpdate
        return {"id": 7}

    key = IdempotencyKey(0, "k")
    first, second = (run_idempotent(store, service, key=key, request="request", now=NOW) for _ in range(2))
    assert first.body == second.body == b'{"id":7}'
    assert [response.headers.get("idempotent-replayed") for response in (first, second)] == [None, "true"]
    assert len(tries) == 2
