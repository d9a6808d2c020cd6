"""Filters and windows of lists of tasks, which are those of the command line."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import Run
from tests.server.conftest import Api
from tests.server.problem_details import check

from tasktimer.store.postgres.async_store import AsyncPostgresStore

DAY = "2023-07-16"


TASKS: list[dict[str, Any]] = [
    {"project": "acme/web", "tags": ["b", "a"], "start_time": "2023-07-15T21:00Z", "end_time": "2023-07-15T23:00Z"},
    {"project": "acme", "tags": ["b"], "start_time": f"{DAY}T07:00Z", "end_time": f"{DAY}T07:30Z", "note": "Lunch"},
    {"description": "100% lunch", "start_time": "2023-07-10T09:00+02:00", "end_time": "2023-07-12T10:15+02:00"},
    {"tags": ["a"], "start_time": f"{DAY}T10:00+02:00"},
]

# The parameters of a request, and the options of the command that lists the same tasks.
LISTS = [
    ("project=acme", ["--project=acme"]),
    ("project=acme&tag=a&tag=b", ["--project=acme", "--tag=a", "--tag=b"]),
    ("no_project=true&not_tag=b", ["--no-project", "--not-tag=b"]),
    ("search=LUNCH", ["--search=LUNCH"]),
    ("search=100%25", ["--search=100%"]),
    ("running=true", ["--running"]),
    ("running=false", ["--where=not running"]),
    ("untagged=true", ["--untagged"]),
    ("longer_than=1h&shorter_than=P1D", ["--longer-than=1h", "--shorter-than=P1D"]),
    ("where=project:acme or not (tag:a or lunch)", ["--where=project:acme or not (tag:a or lunch)"]),
    ("where=from:yesterday&tz=Asia/Tokyo", ["--where=from:yesterday", "--tz=Asia/Tokyo"]),
    ("from=last week&to=yesterday", ["--from=last week", "--to=yesterday"]),
    (f"from={DAY}&search=write", [f"--from={DAY}", "--search=write"]),
    ("to=2023-07-15 23:30&tz=Europe/Paris", ["--to=2023-07-15 23:30", "--tz=Europe/Paris"]),
]

# The parameters of a request for times, and the command that lists the same tasks.
TIMES = [
    (f"date={DAY}&project=acme", ["times", DAY, "--project=acme"]),
    (f"date={DAY}&where=tag:a and not running", ["times", DAY, "--where=tag:a and not running"]),
    (f"date={DAY}&running=true&tz=Asia/Tokyo", ["times", DAY, "--running", "--tz=Asia/Tokyo"]),
    ("from=last week&to=2023-07-16", ["list", "--from=last week", f"--to={DAY}"]),
    ("from=2023-07-11&to=2023-W28&search=lunch", ["list", "--from=2023-07-11", "--to=2023-W28", "--search=lunch"]),
    ("to=yesterday&tag=b", ["list", "--to=yesterday", "--tag=b"]),
]


@pytest.fixture
def team(api: Api) -> Api:
    """A server with the tasks of user 42, the last of which is running, and a running task of user 1."""
    for task in TASKS:
        api.track(**task)
    api.track(1, project="office", tags=["a"], description="lunch")
    api.clock.move(hours=1)
    api.create_token("mine", user_id=42)
    return api


def test_tasks_are_those_of_command(team: Api, run: Run) -> None:
    for query, options in LISTS:
        command = run("--database", team.database, "list", "--json", "--user=42", *options, now=team.clock.now)
        expected = [{name: task[name] for name in task if name != "time_spent"} for task in json.loads(command.out)]
        for token in ("mine", "admin"):
            assert team.get(f"/tasks?user_id=42&{query}", token=token).json()["tasks"] == expected, query
        assert team.get(f"/tasks?{query}&order=desc", token="mine").json()["tasks"] == expected[::-1], query


def test_times_are_those_of_command(team: Api, run: Run) -> None:
    for query, command in TIMES:
        expected = run("--database", team.database, *command, "--json", "--user=42", now=team.clock.now)
        assert team.get(f"/times?{query}", token="mine").json() == json.loads(expected.out), query


def test_filters_do_not_show_tasks_of_other_users(team: Api) -> None:
    for query in ("search=lunch", "project=office", "where=user:1", "where=user:1 or lunch", "tag=a", "running=true"):
        for path in ("/tasks?order=desc&", "/tasks?", "/times?from=all&"):
            response = team.get(f"{path}{query}", token="mine")
            assert response.status_code == 200
            assert "office" not in response.text
    assert check(team.get("/tasks?user_id=1&search=lunch", token="mine"), 403)["code"] == "user-not-allowed"


def test_invalid_query_is_a_problem(file_api: Api) -> None:
    for name, text, code in (
        ("project", "a//b", "invalid-project"),
        ("tag", "a b", "invalid-tag"),
        ("search", "%20", "blank-search"),
        ("where", "(", "invalid-expression"),
        ("where", "a" * 10_001, "invalid-request"),
        ("longer_than", "much", "invalid-duration"),
        ("from", "soon", "invalid-date-range"),
        ("from", "2023-07-16T09:00:00+02:00", "invalid-time"),  # an unescaped + is a space
        ("to", "2023-02-30", "invalid-date"),
        ("order", "sideways", "invalid-request"),
    ):
        day = "" if name in {"from", "to"} else f"&date={DAY}"
        for path in (f"/tasks?{name}={text}", f"/times?{name}={text}{day}"):
            assert check(file_api.get(path), 422)["code"] == code, path
    for query, code in (
        ("from=2023-07-16&to=2023-07-15", "to-before-from"),
        ("", "missing-date"),
        ("project=acme", "missing-date"),
        (f"date={DAY}&from={DAY}", "range-and-bounds"),
    ):
        assert check(file_api.get(f"/times?{query}"), 422)["code"] == code, query


@pytest.mark.parametrize(
    ("query", "is_direct"), [(f"date={DAY}", True), (f"date={DAY}&tag=a", False), (f"from={DAY}", False)]
)
def test_only_plain_times_take_a_single_statement(
    serve: Callable[..., Api], postgres_url: str, monkeypatch: pytest.MonkeyPatch, query: str, is_direct: bool
) -> None:
    api = serve(postgres_url)
    api.track(1, tags=["a"])
    api.track(1, start_time="2023-07-15T09:00Z", end_time="2023-07-15T10:00Z", tags=["a"])
    calls: list[str] = []
    run_directly = AsyncPostgresStore.run_directly

    async def record(*arguments: Any, **options: Any) -> Any:
        calls.append("called")
        return await run_directly(*arguments, **options)

    monkeypatch.setattr(AsyncPostgresStore, "run_directly", record)
    assert [task["id"] for task in api.get(f"/times?{query}").json()] == [1]
    assert bool(calls) == is_direct
