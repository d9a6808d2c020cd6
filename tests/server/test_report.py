"""Reports over HTTP; tests/server/test_cli_http_parity.py compares them with those of the command line."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from tests.server.conftest import Api
from tests.server.problem_details import check

from tasktimer.core.report import Report
from tasktimer.server.report_schemas import ReportResponse
from tasktimer.server.routes import reports
from tasktimer.services.report import report as create_report

WEEK = "from=2023-07-10&to=2023-07-16"
TASKS: list[dict[str, Any]] = [
    {"project": "acme/web", "tags": ["a", "b"], "start_time": "2023-07-15T21:50Z", "end_time": "2023-07-16T00:20Z"},
    {"project": "acme", "tags": ["b"], "start_time": "2023-07-16T02:00+02:00", "end_time": "2023-07-16T03:00+02:00"},
    {"user_id": 1, "description": "review", "start_time": "2023-07-16T09:00+02:00"},
]


@pytest.fixture
def team(file_api: Api) -> Api:
    """A server with the tasks of two users, one of which is running since 9:00."""
    for task in TASKS:
        file_api.track(**task)
    file_api.create_token("user 42", user_id=42)
    return file_api


def rows(api: Api, query: str, **options: Any) -> dict[tuple[str | None, ...], float]:
    response = api.get(f"/report?{query}", **options)
    assert response.status_code == 200, response.text
    return {tuple(row["keys"]): row["seconds"] for row in response.json()["rows"]}


def test_report_has_documented_fields(team: Api) -> None:
    report = team.get(f"/report?user_id=42&by=day,project&round=15m&{WEEK}").json()
    assert report == {
        "from": "2023-07-10T00:00:00+02:00",
        "to": "2023-07-17T00:00:00+02:00",
        "tz": "Europe/Berlin",
        "day_starts_at": "00:00",
        "by": ["day", "project"],
        "round": {"unit": 900, "direction": "up", "each": False},
        "rows": [
            {"keys": ["2023-07-15", "acme/web"], "seconds": 600.0, "tasks": 1, "rounded": 900.0},
            {"keys": ["2023-07-16", "acme"], "seconds": 3600.0, "tasks": 1, "rounded": 3600.0},
            {"keys": ["2023-07-16", "acme/web"], "seconds": 8400.0, "tasks": 1, "rounded": 9000.0},
        ],
        "total": {"worked": 12600.0, "elapsed": 11400.0, "tasks": 2, "rounded": 13500.0},
    }
    ReportResponse.model_validate(report)


def test_rounded_times_are_present_only_if_requested(team: Api) -> None:
    report = team.get("/report").json()
    assert report["round"] is None
    assert all("rounded" not in part for part in (*report["rows"], report["total"]))


def test_report_without_window_is_of_all_time_by_project(team: Api) -> None:
    report = team.get("/report").json()
    assert (report["from"], report["to"]) == ("2023-07-15T00:00:00+02:00", "2023-07-17T00:00:00+02:00")
    assert rows(team, "") == {("acme/web",): 9000, ("acme",): 3600, (None,): 3 * 3600}


def test_report_of_selected_project_is_by_day(team: Api) -> None:
    assert team.get("/report?project=acme").json()["by"] == ["day"]
    assert team.get("/report?where=project:acme").json()["by"] == ["day"]
    assert team.get("/report?project=acme&by=user").json()["by"] == ["user"]


def test_report_includes_only_tasks_of_token(team: Api) -> None:
    own = {("42",): 12_600.0}
    assert rows(team, "by=user") == own | {("1",): 3 * 3600}
    assert rows(team, "by=user&user_id=1") == {("1",): 3 * 3600}
    assert rows(team, "by=user", token="user 42") == rows(team, "by=user&user_id=42", token="user 42") == own
    assert rows(team, "by=user&where=user:1", token="user 42") == {}
    assert check(team.get("/report?user_id=1", token="user 42"), 403)["code"] == "user-not-allowed"


def test_running_selects_running_or_finished_tasks(team: Api) -> None:
    assert rows(team, "by=user&running=true") == {("1",): 3 * 3600}
    assert rows(team, "by=user&running=false") == {("42",): 12_600}
    assert rows(team, "by=description&running=false&where=review") == {}


def test_tag_can_be_repeated(team: Api) -> None:
    assert rows(team, "tag=b&by=project") == {("acme/web",): 9000, ("acme",): 3600}
    assert rows(team, "tag=b&tag=a&by=project") == {("acme/web",): 9000}
    assert rows(team, "not_tag=a&not_tag=c&by=project") == {("acme",): 3600, (None,): 3 * 3600}


def test_times_in_expression_are_in_requested_zone(team: Api) -> None:
    assert rows(team, "by=user&where=to:2023-07-15") == {("42",): 9000}
    assert rows(team, "by=user&where=to:2023-07-15&tz=America/New_York") == {("42",): 12_600}


def test_days_are_in_requested_zone(team: Api) -> None:
    by_day = rows(team, f"by=day&user_id=42&tz=America/New_York&{WEEK}")
    assert by_day == {("2023-07-15",): 12_600}


@pytest.mark.parametrize(
    ("query", "code", "hint"),
    [
        ("direction=down", "report-options", "add a length, such as round=15m"),
        ("each=true", "report-options", "add a length, such as round=15m"),
        ("round=15m&by=tag", "rounding-requires-each", "add each=true to round the time of each task"),
        ("by=day&from=1000-01-01", "too-many-buckets", "use by=week, or a shorter range"),
        ("by=hour&from=2020-01-01", "too-many-buckets", "use by=day, or a shorter range"),
        ("by=weekday&from=1000-01-01", "too-many-buckets", "use a shorter range"),
        ("by=project&by=day", "invalid-request", "send each parameter once"),
        ("average=true", "invalid-request", "see /docs"),
        ("direction=sideways&round=15m", "invalid-request", "see /docs"),
        ("fill=maybe", "invalid-request", "see /docs"),
        ("tag=", "blank-tag", "enter some text, or omit the tag"),
        ("&".join(f"tag=t{number}" for number in range(51)), "too-many-terms", "use at most 50"),
    ],
)
def test_invalid_report_is_a_problem(team: Api, query: str, code: str, hint: str) -> None:
    problem = check(team.get(f"/report?{query}"), 422)
    assert (problem["code"], problem["hint"]) == (code, hint)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("from:soon", "invalid-date-range"),
        ("from:2023-02-30", "invalid-date"),
        ('from:"2023-03-26 2:30"', "nonexistent-local-time"),
        ('to:"2022-10-30 2:30"', "ambiguous-local-time"),
        ('to:"99999999w ago"', "time-out-of-range"),
    ],
)
def test_invalid_time_in_expression_is_a_problem(team: Api, text: str, code: str) -> None:
    assert check(team.get("/report", params={"where": text}), 422)["code"] == code


def test_report_does_not_run_in_event_loop(team: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def report(*arguments: Any, **options: Any) -> Report:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return create_report(*arguments, **options)

    monkeypatch.setattr(reports, "report", report)
    assert team.get("/report").status_code == 200


def test_sum_of_many_days_equals_total(team: Api) -> None:
    first = date(2023, 7, 16) - timedelta(days=19_999)
    report = team.get(f"/report?by=day&fill=true&from={first}&to=2023-07-16").json()
    assert len(report["rows"]) == 20_000
    assert sum(row["seconds"] for row in report["rows"]) == report["total"]["worked"]
