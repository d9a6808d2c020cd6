"""Imports over HTTP; tests/services/test_imports.py tests what is added."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.conftest import Api, Serve, assert_empty
from tests.server.problem_details import check

from tasktimer.server.import_schemas import ImportResponse
from tasktimer.server.routes import imports
from tasktimer.services.import_file import import_file

KLOG = """\
2023-07-15
    9:00 - 10:30 write docs #docs
    10:30 - x
"""
# Two tasks of users 1 and 42, as `tasktimer export --to jsonl` writes them.
TASKS = [
    {"id": 7, "user_id": 1, "description": "review", "start_time": "2023-07-15T08:00:00Z"},
    {"id": 8, "user_id": 42, "description": "write docs", "start_time": "2023-07-15T09:00:00Z"},
]
JSON_LINES = "".join(json.dumps({**task, "end_time": "2023-07-15T10:00:00Z"}) + "\n" for task in TASKS)


def import_(api: Api, content: str | bytes | Iterator[bytes], query: str = "", **options: Any) -> Any:
    response = api.send_file(content, query, **options)
    assert response.status_code == 200, response.text
    ImportResponse.model_validate(response.json())
    return response.json()


def owners(api: Api) -> dict[str, int]:
    return {task["description"]: task["user_id"] for task in api.get("/tasks").json()["tasks"]}


def test_import_adds_tasks_once(api: Api) -> None:
    expected = {
        "dry_run": False,
        "command": 1,
        "format": "klog",
        "tz": "Europe/Berlin",
        "rows": 2,
        "from": "2023-07-15T09:00:00+02:00",
        "to": "2023-07-15T09:00:00+02:00",
        "added": 1,
        "seconds": 5400.0,
        "running": 0,
        "ended": 0,
        "duplicates": 0,
        "present": 0,
        "rejected": 1,
        "break_seconds": 0.0,
        "adaptations": {},
        "rejected_rows": [
            {"place": "line 3", "reason": "the entry does not begin with a range of times or a duration: '10:30 - x'"}
        ],
    }
    assert import_(api, KLOG, "user_id=42&dry_run=true") == {**expected, "dry_run": True, "command": None}
    assert_empty(api)
    assert import_(api, KLOG, "user_id=42") == expected
    second = {"command": None, "added": 0, "seconds": 0.0, "present": 1}
    assert import_(api, KLOG, "user_id=42") == expected | second
    (task,) = api.get("/tasks?tz=UTC").json()["tasks"]
    assert (task["user_id"], task["description"], task["start_time"]) == (
        42,
        "write docs #docs",
        "2023-07-15T07:00:00Z",
    )


@pytest.mark.parametrize(
    ("token", "query", "expected"),
    [
        ("admin", "", {"review": 1, "write docs": 42}),
        ("admin", "user_id=7", {"review": 7, "write docs": 7}),
        ("user 42", "", {"review": 42, "write docs": 42}),
    ],
)
def test_owner_of_tasks(file_api: Api, token: str, query: str, expected: dict[str, int]) -> None:
    file_api.create_token("user 42", user_id=42)
    import_(file_api, JSON_LINES, query, token=token)
    assert owners(file_api) == expected


def test_import_without_authentication(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    import_(api, JSON_LINES, token=None)
    assert owners(api) == {"review": 1, "write docs": 42}
    problem = check(api.send_file("2023-07-16\n    8:00 - 9:00 mail\n", token=None), 422)
    assert problem["code"] == "multiple-users"


@pytest.mark.parametrize(
    ("content", "query", "status", "code"),
    [
        (b"", "", 422, "import-file-invalid"),
        (b"hello", "", 422, "import-format-unknown"),
        (b"\x1f\x8b\x08", "format=csv", 422, "import-file-invalid"),
        (b"caf\xe9", "format=klog", 422, "import-encoding"),
        (KLOG, "format=excel", 422, "invalid-format-name"),
        (KLOG, "encoding=klingon", 422, "invalid-encoding"),
        (KLOG, "tz=Mars", 422, "unknown-zone"),
        (KLOG, "user=42", 422, "invalid-request"),
        (b"x" * (16 * 1024 * 1024 + 1), "", 413, "body-too-large"),
    ],
)
def test_invalid_imports_add_nothing(empty_api: Api, content: str | bytes, query: str, status: int, code: str) -> None:
    assert check(empty_api.send_file(content, query), status)["code"] == code


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",  # curl's default
        "Multipart/Form-Data; boundary=x",
        "text/plain;charset=utf-8",
        "application/octet-stream, text/plain",
        "",
        None,
    ],
)
def test_page_of_another_site_cannot_import(serve: Serve, tmp_path: Path, content_type: str | None) -> None:
    api = serve(f"{tmp_path}/tasks.db", needs_token=False)
    headers = {} if content_type is None else {"Content-Type": content_type}
    problem = check(api.call("POST", "/import", token=None, content=JSON_LINES.encode(), headers=headers), 415)
    assert problem["code"] == "unsupported-media-type"
    assert "application/octet-stream" in problem["hint"]
    assert_empty(api)


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/csv; charset=utf-8", "application/json"])
def test_content_types_of_files_are_accepted(file_api: Api, content_type: str) -> None:
    assert import_(file_api, JSON_LINES, headers={"Content-Type": content_type})["added"] == 2


def test_body_of_16_mib_is_accepted_in_chunks(file_api: Api) -> None:
    def chunks() -> Iterator[bytes]:
        yield KLOG.encode() + b" " * (16_383 - len(KLOG)) + b"\n"
        for _ in range(1023):
            yield b" " * 16_383 + b"\n"

    assert import_(file_api, chunks())["added"] == 1


def test_only_the_first_rejected_rows_are_returned(file_api: Api) -> None:
    imported = import_(file_api, JSON_LINES + '{"description": "x"}\n' * 1_200)
    assert (imported["rejected"], len(imported["rejected_rows"])) == (1_200, 1_000)
    assert imported["rejected_rows"][-1] == {"place": "line 1,002", "reason": "start_time is missing"}


def test_import_runs_in_a_thread(file_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long import must not keep other requests waiting."""
    in_event_loop = []

    def watched(*arguments: Any, **options: Any) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            in_event_loop.append(False)
        else:
            in_event_loop.append(True)
        return import_file(*arguments, **options)

    monkeypatch.setattr(imports, "import_file", watched)
    assert import_(file_api, KLOG)["added"] == 1
    assert in_event_loop == [False]
