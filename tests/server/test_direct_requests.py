"""On PostgreSQL, requests that succeed take a single statement, and have the same effect as with the services."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from tests.conftest import NOW
from tests.postgres import wait_until_blocked
from tests.server.conftest import Api, Serve
from tests.server.spy import Spy

from tasktimer.core.task import Actor
from tasktimer.services import stop as stop_service
from tasktimer.services import undo
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Row

TABLES = ("tasks", "task_tags", "commands", "changes")
DAY = "date=2023-07-16"

Step = Callable[[Api], httpx.Response]


def track(token: str = "user 42", path: str = "/track", **body: Any) -> Step:
    return lambda api: api.post(path, {"user_id": 42, "description": "write docs", **body}, token=token)


def stop(task_id: int = 1, token: str = "user 42", path: str = "/stop", **body: Any) -> Step:
    return lambda api: api.post(path, {"id": task_id, **body}, token=token)


def get(path: str, token: str = "user 42", **headers: str) -> Step:
    return lambda api: api.get(path, token=token, headers=headers)


def undone(api: Api) -> httpx.Response:
    """Undo the last command of user 42, so that it could be redone."""
    store = open_store(api.database)
    try:
        undo.undo(store, Actor(42, 42), now=NOW)
    finally:
        store.close()
    return api.get("/healthz")


# The requests of each scenario, and how many of them take a single statement.
SCENARIOS: dict[str, tuple[Sequence[Step], int]] = {
    "start": ([track()], 1),
    "start with every field": (
        [
            track(
                project="acme/web",
                tags=["docs", "+b", "docs"],
                note="Straße\nline 2",
                description="Ärger",
                start_time="2023-07-16T09:00+02:00",
                end_time="2023-07-16T09:30:00.25+02:00",
            )
        ],
        1,
    ),
    "start and times without a user": (
        [
            track(user_id=None),
            track("admin", user_id=None, tags=["a"]),
            get(f"/times?{DAY}"),
            get(f"/times?{DAY}", "admin"),
        ],
        4,
    ),
    "administrator starts for another user": ([track("admin", user_id=7)], 1),
    "start for another user": ([track(user_id=7)], 0),
    "start with an invalid token": ([track("tasktimer_" + "0" * 64)], 0),
    "start in the future": ([track(start_time="2023-07-17T09:00+02:00")], 0),
    "invalid tag": ([track(tags=["a b"])], 0),
    "stop": ([track(tags=["b", "a"], note="x"), stop()], 2),
    "administrator stops": ([track(), stop(token="admin")], 2),
    "stop earlier": ([track(start_time="2023-07-16T09:00+02:00"), stop(end_time="2023-07-16T09:30+02:00")], 2),
    "stop before the start": ([track(), stop(end_time="2023-07-16T09:30+02:00")], 1),
    "stop in the future": ([track(), stop(end_time="2023-07-17T09:30+02:00")], 1),
    "stop twice": ([track(), stop(), stop()], 2),
    "stop another user's task": ([track("admin", user_id=7), stop()], 1),
    "stop a missing task": ([stop(99)], 0),
    "get": ([track(project="acme", tags=["a"]), get("/tasks/1"), get("/tasks/1?tz=Asia/Tokyo", "admin")], 3),
    "get an unchanged task": ([track(), get("/tasks/1", **{"If-None-Match": "*"})], 2),
    "whole tasks": ([track(path="/track?return=task"), stop(path="/stop?return=task&tz=UTC")], 0),
    "stop the only running task": ([track(), lambda api: api.post("/stop", {}, token="user 42")], 1),
    "stop a task of a user": ([track(), stop(user_id=42), stop(token="admin", user_id=7)], 1),
    "stop in an unknown zone": ([track(), stop(path="/stop?tz=Mars")], 1),
    "get another user's task": ([track("admin", user_id=7), get("/tasks/1")], 1),
    "get a missing task": ([get("/tasks/99")], 0),
    "times": (
        [
            track(),
            track(start_time="2023-07-12T09:00Z", end_time="2023-07-16T09:00Z"),
            track(start_time="2023-07-16T01:00Z", end_time="2023-07-16T02:00Z"),
            track(start_time="2023-07-15T01:00Z", end_time="2023-07-15T02:00Z"),
            track(start_time="2023-07-14T01:00Z"),
            get(f"/times?user_id=42&{DAY}"),
            get(f"/times?user_id=42&{DAY}&tz=America/New_York", "admin"),
        ],
        7,
    ),
    "times without tasks": ([get(f"/times?user_id=42&{DAY}")], 1),
    "times of another user": ([get(f"/times?user_id=7&{DAY}")], 1),
    "start after an undo": ([track(), undone, track()], 2),
}


def dump(url: str) -> dict[str, list[Row]]:
    with psycopg.connect(url) as connection:
        return {
            name: connection.execute(f"SELECT * FROM tasktimer.{name} ORDER BY 1, 2, 3").fetchall() for name in TABLES
        }


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_ways_have_the_same_effect(serve: Serve, postgres_server: Callable[[], str], spy: Spy, name: str) -> None:
    steps, direct = SCENARIOS[name]
    outcomes = []
    for spy.is_disabled in (False, True):
        api = serve(postgres_server())
        api.create_token("user 42", user_id=42)
        responses = [step(api) for step in steps]
        headers = [[response.headers.get(name) for name in ("location", "etag")] for response in responses]
        outcomes.append(
            ([(response.status_code, response.text) for response in responses], headers, dump(api.database))
        )
    assert outcomes[0] == outcomes[1]
    assert spy.count == direct


def test_requests_for_the_same_tasks_stop_each_once(serve: Serve, postgres_url: str) -> None:
    api = serve(postgres_url)
    ids = [api.track() for _ in range(30)]

    def stop_all(number: int) -> list[int]:
        order = ids if number % 2 else ids[::-1]
        return [api.post("/stop", {"id": task_id}).status_code for task_id in order]

    with ThreadPoolExecutor(8) as threads:
        statuses = [status for each in threads.map(stop_all, range(8)) for status in each]
    assert (statuses.count(200), statuses.count(409)) == (30, 210)
    names = [row[2] for row in dump(postgres_url)["commands"]]
    assert names == ["track"] * 30 + ["stop"] * 30


def test_stop_waits_for_an_edit_and_keeps_both(serve: Serve, postgres_url: str) -> None:
    api = serve(postgres_url)
    task_id = api.track()
    with ThreadPoolExecutor(1) as threads, psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE tasktimer.tasks SET description = 'edited' WHERE id = %s", [task_id])
        stopping = threads.submit(api.post, "/stop", {"id": task_id})
        wait_until_blocked(postgres_url)
        connection.commit()
        assert stopping.result().status_code == 200
    task = api.get(f"/tasks/{task_id}").json()
    assert (task["description"], task["running"]) == ("edited", False)
    states = [row[4] for row in dump(postgres_url)["changes"] if row[0] == 2]
    assert states == ["edited", "edited"]


def test_stop_waits_for_a_lock_only_once(serve: Serve, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    api = serve(postgres_url, store_timeout=0.2)
    task_id = api.track()
    services: list[object] = []
    monkeypatch.setattr(stop_service, "stop", services.append)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE tasktimer.tasks SET description = 'edited' WHERE id = %s", [task_id])
        response = api.post("/stop", {"id": task_id})
    assert (response.status_code, response.json()["code"]) == (503, "store-locked")
    assert services == []
