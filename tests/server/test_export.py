"""Exports over HTTP."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run
from tests.server.conftest import Api
from tests.server.openapi import dump_document
from tests.server.problem_details import check

from tasktimer.formats.registry import WRITABLE
from tasktimer.server.routes import exports
from tasktimer.services.export import Export
from tasktimer.services.export import export as export_tasks

TASKS: list[dict[str, Any]] = [
    {"project": "acme", "tags": ["b"], "start_time": "2023-07-15T21:50Z", "end_time": "2023-07-16T00:20Z", "note": "n"},
    {"start_time": "2023-07-16T02:00+02:00", "end_time": "2023-07-16T03:00+02:00"},
    {"user_id": 1, "description": "review", "start_time": "2023-07-16T09:00+02:00"},
]


@pytest.fixture
def team(file_api: Api) -> Api:
    """A server with the tasks of two users, two of which overlap, and one of which is running since 9:00."""
    for task in TASKS:
        file_api.track(**task)
    file_api.create_token("user 42", user_id=42)
    return file_api


def ids(api: Api, query: str = "", **options: Any) -> list[int]:
    response = api.get(f"/export?format=jsonl&{query}", **options)
    assert response.status_code == 200, response.text
    return [json.loads(line)["id"] for line in response.text.splitlines()]


@pytest.mark.parametrize("name", WRITABLE)
def test_export_is_that_of_command_line(team: Api, run: Run, name: str) -> None:
    flatten = name == "timewarrior"
    response = team.get(f"/export?format={name}&tz=America/New_York{'&flatten=true' * flatten}")
    options = ["--tz", "America/New_York", *["--flatten"] * flatten]
    done = run("--database", team.database, "export", "--to", name, *options)
    assert (response.status_code, response.content) == (200, done.out.encode())
    file_name, media_type = WRITABLE[name]
    assert response.headers["content-disposition"] == f'attachment; filename="{file_name}"'
    assert response.headers["content-type"].removesuffix("; charset=utf-8") == media_type
    assert int(response.headers["content-length"]) == len(response.content)
    losses = response.headers.get("tasktimer-losses", "")
    kinds = [loss for loss in losses.split(", ") if loss and not loss.startswith("overlap-seconds=")]
    assert len(kinds) == done.err.count("note: ")


def test_losses_are_counted_in_a_header(team: Api) -> None:
    response = team.get("/export?format=WATSON")
    assert response.headers["tasktimer-losses"] == "note=1, running=1"
    assert "tasktimer-losses" not in team.get("/export?format=json").headers


def test_tasks_are_those_of_token_and_of_window(team: Api) -> None:
    assert ids(team) == [1, 2, 3]
    assert ids(team, "user_id=1") == [3]
    assert ids(team, token="user 42") == ids(team, "user_id=42", token="user 42") == [1, 2]
    assert ids(team, "where=user:1", token="user 42") == []
    assert check(team.get("/export?format=json&user_id=1", token="user 42"), 403)["code"] == "user-not-allowed"
    assert ids(team, "from=2023-07-15&to=2023-07-15") == [1]
    assert ids(team, "from=2023-07-16T00:30Z&to=2023-07-16T01:00Z") == [2]
    assert ids(team, "from=2023-07-15&to=2023-07-15&tz=America/New_York") == [1, 2]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("project=acme", [1]),
        ("no_project=true", [2, 3]),
        ("tag=b&tag=b", [1]),
        ("not_tag=b", [2, 3]),
        ("running=true", [3]),
        ("running=false&untagged=true", [2]),
        ("longer_than=2h", [1, 3]),
        ("search=REVIEW", [3]),
        ("where=note:n+or+review", [1, 3]),
    ],
)
def test_conditions_are_those_of_reports(team: Api, query: str, expected: list[int]) -> None:
    assert ids(team, query) == expected


def test_csv_for_spreadsheets(team: Api) -> None:
    response = team.get("/export?format=csv&for_spreadsheets=true&user_id=1")
    assert response.text == (
        "\ufeffdate,start,end,hours,user,project,description,tags,note\r\n2023-07-16,09:00:00,,3,1,,review,,\r\n"
    )


@pytest.mark.parametrize(
    ("query", "status", "code", "hint"),
    [
        ("", 422, "invalid-request", "see /docs"),
        ("format=excel", 422, "invalid-format-name", f"use one of {', '.join(WRITABLE)}"),
        ("format=jsonn", 422, "invalid-format-name", "did you mean 'json'?"),
        ("format=json&format=csv", 422, "invalid-request", "send each parameter once"),
        ("format=json&flatten=true", 422, "flatten-and-format", "omit flatten, or use format=timewarrior"),
        ("format=klog&for_spreadsheets=1", 422, "spreadsheets-and-format", "omit for_spreadsheets, or use format=csv"),
        ("format=json&by=day", 422, "invalid-request", "see /docs"),
        ("format=json&tz=Mars", 422, "unknown-zone", "use a name such as Europe/Berlin or UTC"),
        (
            "format=timewarrior",
            409,
            "export-overlaps",
            "add flatten=true to cut a task while another one is running",
        ),
    ],
)
def test_invalid_export_is_a_problem(team: Api, query: str, status: int, code: str, hint: str) -> None:
    problem = check(team.get(f"/export?{query}"), status)
    assert (problem["code"], problem["hint"]) == (code, hint)


def test_a_task_of_too_many_days_is_a_conflict(file_api: Api) -> None:
    file_api.track(start_time="0001-01-02T00:00Z", end_time="2023-07-16T00:00Z")
    problem = check(file_api.get("/export?format=klog"), 409)
    assert (problem["code"], problem["hint"]) == (
        "export-task-too-long",
        "correct the task, use another format, or export a date range without it",
    )


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_other_methods_are_not_allowed(team: Api, method: str) -> None:
    response = team.call(method, "/export?format=json")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")


def test_disk_that_is_full_is_a_problem(team: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    monkeypatch.setattr("tasktimer.services.export_files._IN_MEMORY", 10)
    problem = check(team.get("/export?format=json"), 503)
    assert problem["code"] == "file-not-written"
    assert str(tmp_path) not in str(problem)
    assert ids(team, "search=nothing") == []


def test_export_is_on_each_engine(api: Api) -> None:
    api.track(**TASKS[0])
    assert ids(api) == [1]


def test_export_does_not_run_in_event_loop(team: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def export(*arguments: Any, **options: Any) -> Export:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return export_tasks(*arguments, **options)

    monkeypatch.setattr(exports, "export", export)
    assert ids(team) == [1, 2, 3]


def test_tasks_can_be_tracked_while_a_client_reads_slowly(team: Api) -> None:
    note = "x" * 10_000
    for number in range(300):
        team.track(
            note=note, start_time=f"2023-07-14T{number // 60:02}:{number % 60:02}Z", end_time="2023-07-14T23:00Z"
        )
    token = {"Authorization": f"Bearer {team.tokens['admin']}"}
    with team.client.stream("GET", "/export?format=json", headers=token) as response:
        pieces = response.iter_bytes(1000)
        text = next(pieces)
        new = team.track(user_id=1, description="meanwhile")
        text += b"".join(pieces)
    exported = json.loads(text)
    assert len(exported) == 303
    assert new not in {task["id"] for task in exported}


def test_document_describes_files() -> None:
    operation = dump_document()["paths"]["/export"]["get"]
    described = operation["responses"]["200"]
    # A single media type for all formats: generated clients return the content as it is, and do not parse it.
    assert described["content"] == {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    for format_name, file_type in WRITABLE.items():
        assert f"{file_type.media_type} for `{format_name}`" in described["description"]
    assert described["headers"].keys() == {"Content-Disposition", "Tasktimer-Losses"}
    (name,) = (parameter for parameter in operation["parameters"] if parameter["name"] == "format")
    assert (name["required"], name["schema"]["enum"]) == (True, list(WRITABLE))
