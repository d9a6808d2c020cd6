"""The OpenAPI document: what it describes is what the server accepts and sends."""

import re
from typing import Any

import pytest
from tests.hostile import DESCRIPTIONS_KEPT, PROJECTS_KEPT, TAGS_KEPT
from tests.server.conftest import Api
from tests.server.openapi import dump_document

IDS = {
    "track": ("post", "/track"),
    "stop": ("post", "/stop"),
    "get_times": ("get", "/times"),
    "list_tasks": ("get", "/tasks"),
    "track_tasks": ("post", "/tasks"),
    "get_task": ("get", "/tasks/{id}"),
    "list_running_tasks": ("get", "/tasks/running"),
    "switch": ("post", "/switch"),
    "resume": ("post", "/resume"),
    "split_task": ("post", "/tasks/{id}/split"),
    "join_tasks": ("post", "/tasks/join"),
    "edit_task": ("patch", "/tasks/{id}"),
    "delete_task": ("delete", "/tasks/{id}"),
    "get_report": ("get", "/report"),
    "export_tasks": ("get", "/export"),
    "import_tasks": ("post", "/import"),
    "list_projects": ("get", "/projects"),
    "list_tags": ("get", "/tags"),
    "get_history": ("get", "/history"),
    "undo": ("post", "/undo"),
    "redo": ("post", "/redo"),
    "get_me": ("get", "/me"),
    "list_users": ("get", "/users"),
    "get_metrics": ("get", "/metrics"),
    "get_health": ("get", "/healthz"),
    "get_readiness": ("get", "/readyz"),
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dump_document()


def pattern(document: dict[str, Any], field: str, model: str = "TrackRequest") -> re.Pattern[str]:
    schema = document["components"]["schemas"][model]["properties"][field]
    parts = (schema, schema.get("items", {}), *schema.get("anyOf", []))
    (source,) = (part["pattern"] for part in parts if "pattern" in part)
    return re.compile(source)


def test_operation_ids_are_names_of_functions(document: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]: (method, path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert operations == IDS


def test_patterns_match_accepted_texts(document: dict[str, Any], file_api: Api) -> None:
    for text in [*DESCRIPTIONS_KEPT, "日本語", "é", "a\tb\nc"]:
        assert pattern(document, "description").search(text)
        assert pattern(document, "note").search(text)
        file_api.track(description=text, note=text)
    for name in [*PROJECTS_KEPT, "acme corp", "main-unit", "日本語/web site", "e\u0301" * 200]:
        assert pattern(document, "project").search(name)
        file_api.track(project=name)
    for tag in [*TAGS_KEPT, "+docs", "main-unit", "日本語", "#1"]:
        assert pattern(document, "tags").search(tag)
        file_api.track(tags=[tag])


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("description", ["", " ", "\n", "a\x07b", "\x7f"]),
        ("project", ["", " ", "a//b", "/a", "a/", " a", "a ", "a/ b", "a\tb\x00"]),
        ("tags", ["", "a b", "a,b", "++a", "+", "a\x07"]),
    ],
)
def test_patterns_do_not_match_invalid_texts(document: dict[str, Any], field: str, texts: list[str]) -> None:
    assert [text for text in texts if pattern(document, field).search(text)] == []


def test_optional_fields_of_edit_have_same_schemas(document: dict[str, Any]) -> None:
    for field in ("description", "project", "tags", "note"):
        assert pattern(document, field, "EditRequest") == pattern(document, field)
    schemas = document["components"]["schemas"]
    for model, field in (("EditRequest", "description"), ("EditRequest", "start_time"), ("StopRequest", "id")):
        assert "null" not in str(schemas[model]["properties"][field])
        assert field not in schemas[model].get("required", [])


def test_document_does_not_list_time_zones(document: dict[str, Any]) -> None:
    paths = (
        "/times",
        "/tasks",
        "/tasks/running",
        "/tasks/{id}",
        "/report",
        "/projects",
        "/tags",
        "/export",
        "/history",
    )
    for path in paths:
        (zone,) = (parameter for parameter in document["paths"][path]["get"]["parameters"] if parameter["name"] == "tz")
        assert "enum" not in str(zone)


def test_track_response_has_location(api: Api) -> None:
    for key in ("first", "first", "second"):
        response = api.post("/track", {"user_id": 42, "description": "x"}, headers={"Idempotency-Key": key})
        assert response.headers["location"] == f"/tasks/{response.json()['id']}"
    response = api.post("/track", {"user_id": 42, "description": "x"})
    assert api.get(response.headers["location"]).json()["id"] == 3
    response = api.post("/track", {"user_id": 42, "description": "x", "start_time": "2030-01-01T00:00Z"})
    assert (response.status_code, "location" in response.headers) == (409, False)


def test_every_operation_and_problem_is_described(document: dict[str, Any]) -> None:
    public = {"/healthz", "/readyz"}
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"  # /docs has a field for a token
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            responses = operation["responses"]
            is_public = path in public
            assert (operation["security"], "401" in responses) == ([] if is_public else [{"token": []}], not is_public)
            for status, response in responses.items():
                if status == "304":
                    assert "content" not in response
                elif status != "200":
                    ((media_type, content),) = response["content"].items()
                    assert media_type == "application/problem+json"
                    assert content["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}
                    assert content["example"]["status"] == int(status)
    schemas = document["components"]["schemas"]
    assert schemas["TrackRequest"]["examples"]
    assert schemas["StopRequest"]["examples"]
    assert {"ProblemDetails", "InvalidField"} <= schemas.keys()
    assert "HTTPValidationError" not in schemas
