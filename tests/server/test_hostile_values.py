"""Values that no field of a body and no parameter accepts, in every route that has the field or the parameter."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.hostile import (
    DESCRIPTIONS_REFUSED,
    INTEGERS_REFUSED,
    PROJECTS_REFUSED,
    TAGS_REFUSED,
    TIMES_REFUSED,
    ZONES_REFUSED,
)
from tests.server.conftest import Api
from tests.server.problem_details import check

PAST: dict[str, Any] = {"start_time": "2023-07-16T09:00:00Z", "end_time": "2023-07-16T10:00:00Z"}
MISTYPED: Sequence[Any] = (True, [], {}, [1], {"x": 1})

IDS: Sequence[Any] = (*INTEGERS_REFUSED, 0, -1, 2**63, 1.5, 1e300, *MISTYPED)
TEXTS: Sequence[Any] = (*(text for text in DESCRIPTIONS_REFUSED if text != "\ud800"), 7, *MISTYPED)
PROJECTS: Sequence[Any] = (*(text for text in PROJECTS_REFUSED if text != "\ud800"), 7, *MISTYPED)
TAGS: Sequence[Any] = (
    *([text] for text in TAGS_REFUSED if text != "\ud800"),
    "docs",
    7,
    ["x"] * 101,
    [7],
    [None],
    {"x": 1},
)
TIMES: Sequence[Any] = (*TIMES_REFUSED, 7, *MISTYPED)
TASK = {"user_id": IDS, "description": TEXTS, "project": PROJECTS, "tags": TAGS, "note": TEXTS, "start_time": TIMES}

# Of each route, a body that is valid, and values that its fields refuse.
BODIES: dict[str, tuple[Mapping[str, Any], Mapping[str, Sequence[Any]]]] = {
    "/track": ({"user_id": 42, "description": "x"}, {**TASK, "end_time": TIMES}),
    "/switch": ({"user_id": 42, "description": "x"}, TASK),
    "/resume": ({"id": 1}, {"id": IDS, "user_id": IDS, "start_time": TIMES}),
    "/stop": ({"id": 1}, {"id": IDS, "user_id": IDS, "end_time": TIMES}),
    "/tasks/1/split": ({"at": "2023-07-16T09:30:00Z"}, {"at": (None, *TIMES)}),
    "/tasks/join": (
        {"ids": [1, 2]},
        {
            "ids": (*([1, number] for number in IDS), [1, None], [1], [1, 1], [1, 2, 3], "12", 1, None),
            "max_gap": (-1, "1", 1e300, *MISTYPED),
        },
    ),
    "/undo": ({"user_id": 42}, {"user_id": IDS, "command": IDS, "count": IDS}),
    "/redo": ({"user_id": 42}, {"user_id": IDS, "count": IDS}),
}

NUMBERS = (*INTEGERS_REFUSED, "true")
DURATIONS = ("", "x", "-1h", "1e9h", "9" * 100 + "h")
BOOLEANS = ("", "maybe", "2")
PARAMETERS: Mapping[str, Sequence[str]] = {
    "user_id": NUMBERS,
    "tz": (*ZONES_REFUSED, "x" * 101),
    "from": ("", "2023-02-30", "x" * 101, "\0"),
    "to": ("", "9999-12-31", "2023-10-29T02:30", "\0"),
    "project": [text for text in PROJECTS_REFUSED if text != "\ud800"],
    "tag": [text for text in TAGS_REFUSED if text != "\ud800"],
    "not_tag": [text for text in TAGS_REFUSED if text != "\ud800"],
    "search": [text for text in DESCRIPTIONS_REFUSED if text not in ("x" * 10_001, "\ud800")],
    "where": ("", "(", "(" * 60, "x" * 10_001, "project:", "\0", "from:moonday"),
    "longer_than": DURATIONS,
    "shorter_than": DURATIONS,
    "running": BOOLEANS,
    "untagged": BOOLEANS,
    "no_project": BOOLEANS,
}
FILTERED = ("/tasks", "/times", "/report", "/export", "/projects", "/tags")
NEEDED = {"/times": {"user_id": "42", "from": "2023-07-16"}, "/export": {"format": "csv"}}


def refused_bodies(path: str) -> Iterator[dict[str, Any]]:
    valid, fields = BODIES[path]
    yield {**valid, "unknown": 1}
    for name, values in fields.items():
        yield from ({**valid, name: value} for value in values)


@pytest.mark.parametrize("path", BODIES)
def test_fields_reject_hostile_values(file_api: Api, path: str) -> None:
    file_api.track(**PAST)
    before = file_api.get("/history?user_id=42").json()
    for body in refused_bodies(path):
        response = file_api.post(path, body)
        assert response.status_code == 422, (body, response.text)
        check(response, 422)
    assert file_api.get("/history?user_id=42").json() == before


@pytest.mark.parametrize("path", FILTERED)
def test_parameters_reject_hostile_values(file_api: Api, path: str) -> None:
    file_api.track(**PAST)
    for name, values in PARAMETERS.items():
        for value in values:
            response = file_api.get(f"{path}?{urlencode({**NEEDED.get(path, {}), name: value})}")
            assert response.status_code == 422, (name, value, response.text)
            check(response, 422)
