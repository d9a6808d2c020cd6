"""Projects and tags over HTTP, which are those of the command line."""

import json
from typing import Any

import pytest
from tests.conftest import Run
from tests.server.conftest import Api
from tests.server.problem_details import check

from tasktimer.server.label_schemas import LabelUsageResponse

TASKS: list[dict[str, Any]] = [
    {"project": "acme/web", "tags": ["b", "a"], "start_time": "2023-07-15T23:00+02:00"},
    {"project": "acme", "tags": ["b"], "start_time": "2023-07-16T09:00+02:00"},
    {"start_time": "2023-07-16T10:00+02:00"},
]
ENDS = ("2023-07-16T01:00+02:00", "2023-07-16T09:30:00.5+02:00", "2023-07-16T10:15+02:00")


@pytest.fixture
def team(api: Api) -> Api:
    """A server with three finished tasks of user 42, and a running one of user 1."""
    for task, end in zip(TASKS, ENDS, strict=True):
        api.track(**task, end_time=end)
    api.track(1, project="office", tags=["daily"])
    api.clock.move(hours=1)
    api.create_token("mine", user_id=42)
    return api


def test_usage_has_documented_fields(team: Api) -> None:
    assert team.get("/projects?from=2023-07-16", token="mine").json() == [
        {"name": "acme", "count": 1, "last_time": "2023-07-16T09:00:00+02:00", "worked": 1800.5},
        {"name": "acme/web", "count": 1, "last_time": "2023-07-15T23:00:00+02:00", "worked": 3600.0},
        {"name": None, "count": 1, "last_time": "2023-07-16T10:00:00+02:00", "worked": 900.0},
    ]
    tags = team.get("/tags?tz=UTC", token="mine").json()
    assert tags == [
        {"name": "a", "count": 1, "last_time": "2023-07-15T21:00:00Z", "worked": 7200.0},
        {"name": "b", "count": 2, "last_time": "2023-07-16T07:00:00Z", "worked": 9000.5},
        {"name": None, "count": 1, "last_time": "2023-07-16T08:00:00Z", "worked": 900.0},
    ]
    LabelUsageResponse.model_validate(tags[0])


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", ["--user", "all"]),
        ("user_id=1", ["--user", "1"]),
        ("from=2023-07-16&to=2023-07-16", ["--user", "all", "--from", "2023-07-16", "--to", "2023-07-16"]),
        ("project=acme&not_tag=a", ["--user", "all", "--project", "acme", "--not-tag", "a"]),
        ("running=true", ["--user", "all", "--running"]),
        (
            "where=not%20project:acme&longer_than=30m",
            ["--user", "all", "--where", "not project:acme", "--longer-than=30m"],
        ),
        ("search=nothing", ["--user", "all", "--search", "nothing"]),
    ],
)
def test_labels_are_those_of_command(team: Api, run: Run, query: str, options: list[str]) -> None:
    for kind in ("projects", "tags"):
        command = run("--database", team.database, kind, "--json", *options, now=team.clock.now)
        assert team.get(f"/{kind}?{query}").json() == json.loads(command.out)


def test_labels_of_other_users_are_hidden(team: Api) -> None:
    for path, hidden in (("/projects", "office"), ("/tags", "daily")):
        assert hidden in team.get(path).text
        for query in ("", "?where=user:1", "?where=not%20write%20or%20user:1", "?running=true"):
            assert hidden not in team.get(f"{path}{query}", token="mine").text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("project=a//b", "invalid-project"),
        ("tag=", "blank-tag"),
        ("where=(", "invalid-expression"),
        ("from=2023-07-16&to=2023-07-15", "to-before-from"),
        ("tz=Mars", "unknown-zone"),
        ("longer_than=much", "invalid-duration"),
        ("limit=7", "invalid-request"),
    ],
)
def test_invalid_query_is_a_problem(file_api: Api, query: str, code: str) -> None:
    for path in ("/projects", "/tags"):
        assert check(file_api.get(f"{path}?{query}"), 422)["code"] == code


def test_empty_store_has_no_labels(file_api: Api) -> None:
    assert file_api.get("/projects").json() == file_api.get("/tags").json() == []
