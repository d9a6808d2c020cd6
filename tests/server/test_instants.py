"""Formats of instants in bodies and queries."""

import re
from datetime import datetime

import pytest
from tests.conftest import BERLIN, NOW
from tests.hostile import INSTANT, INSTANTS_KEPT, INSTANTS_REFUSED, WHOLE_INSTANT, WHOLE_INSTANTS_KEPT
from tests.server.conftest import Api
from tests.server.problem_details import check

from tasktimer.core.timeparse.date_ranges import parse_range_bounds
from tasktimer.errors import InvalidValue


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


def test_bounds_are_those_of_command(empty_api: Api) -> None:
    accepted = []
    for text in INSTANTS_REFUSED:  # as the time of a task
        try:
            parse_range_bounds(text, None, NOW.astimezone(BERLIN))
            accepted.append(text)
        except InvalidValue as error:
            if not re.search(r"[0-9] [0-9]{2}(:?[0-9]{2})?$", text):  # which has a hint of its own in a URL
                problem = check(empty_api.get("/tasks", params={"from": text}), 422)
                assert problem["detail"] == error.message
    assert accepted
    for text in accepted:
        assert empty_api.get("/tasks", params={"from": text}).status_code == 200


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


def test_bound_without_offset_is_in_requested_zone(file_api: Api) -> None:
    file_api.track(start_time="2023-07-16T09:14+02:00", end_time="2023-07-16T09:14:30+02:00")
    for query, count in (
        ("to=2023-07-16 09:14", 0),
        ("to=2023-07-16 09:15", 1),
        ("to=2023-07-16 16:15&tz=Asia/Tokyo", 1),
    ):
        assert len(file_api.get(f"/tasks?{query}").json()["tasks"]) == count, query
