"""Formats of instants in bodies and queries."""

from datetime import datetime

import pytest
from tests.hostile import INSTANT, INSTANTS_KEPT, INSTANTS_REFUSED, WHOLE_INSTANT, WHOLE_INSTANTS_KEPT
from tests.server.conftest import Api
from tests.server.problem_details import check


@pytest.mark.parametrize(("texts", "expected"), [(INSTANTS_KEPT, INSTANT), (WHOLE_INSTANTS_KEPT, WHOLE_INSTANT)])
def test_instants_are_accepted_in_every_format(api: Api, texts: list[str], expected: str) -> None:
    instant = datetime.fromisoformat(expected)
    for text in texts:
        task_id = api.track(start_time=text)
        assert api.post("/stop", {"id": task_id, "end_time": text}).status_code == 200, text
        task = api.get(f"/tasks/{task_id}").json()
        assert [datetime.fromisoformat(task[end]) for end in ("start_time", "end_time")] == [instant, instant]
        page = api.get("/tasks", params={"from": text, "limit": 1000})
        assert [listed["id"] for listed in page.json()["tasks"]][-1] == task_id


def test_malformed_instants_are_rejected(empty_api: Api) -> None:
    for text in INSTANTS_REFUSED:
        check(empty_api.post("/track", {"user_id": 42, "description": "x", "start_time": text}), 422)
        check(empty_api.get("/tasks", params={"from": text}), 422)


@pytest.mark.parametrize(
    "query",
    [
        "2023-07-16T09:14:05+02:00",
        "2023-07-16T09:14:05.123456789+0200",
        "2023-07-16+09:14:05,5+02",
        "2023-07-16%2009:14:05.123456789%20+0200",
        "20230716T091405+02",
    ],
)
def test_unescaped_plus_in_url_has_hint(empty_api: Api, query: str) -> None:
    problem = check(empty_api.get(f"/tasks?from={query}"), 422)
    assert problem["hint"] == "encode + as %2B in the URL"


def test_time_without_offset_has_no_hint_about_plus(empty_api: Api) -> None:
    problem = check(empty_api.get("/tasks", params={"from": "2023-07-16 09:14"}), 422)
    assert problem["hint"].startswith("use a format with an offset")
