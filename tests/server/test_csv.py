"""CSV over HTTP, which is that of the command line, if the client prefers it to JSON."""

from typing import Any

import pytest
from tests.conftest import Run
from tests.hostile import DESCRIPTIONS_KEPT
from tests.server.conftest import Api
from tests.server.problem_details import check

DAY = "2023-07-16"
CSV = {"Accept": "text/csv"}

# The path of a request, and the command that prints the same rows.
COMMANDS = [
    (f"/tasks?from={DAY}", ["list", f"--from={DAY}"]),
    ("/tasks?order=desc&project=acme", ["list", "--reverse", "--project=acme"]),
    (f"/times?date={DAY}", ["times", DAY]),
    (f"/times?date={DAY}&tag=a&tz=Asia/Tokyo", ["times", DAY, "--tag=a", "--tz=Asia/Tokyo"]),
    ("/report?from=week&by=day,project&round=15m", ["report", "week", "--by=day,project", "--round=15m"]),
    ("/report?from=2023-07-30", ["report", "--from=2023-07-30"]),  # without rows
    ("/projects", ["projects"]),
    (f"/projects?to={DAY}&tag=a", ["projects", f"--to={DAY}", "--tag=a"]),
    ("/tags", ["tags"]),
]

JSON, TEXT = "application/json", "text/csv; charset=utf-8"
# RFC 9110, section 12.5.1: the most specific range counts, and 0 means not acceptable.
PREFERENCES: list[tuple[str | None, str]] = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/json, text/csv", JSON),
    ("text/csv", TEXT),
    ("TEXT/CSV;header=present", TEXT),
    ("text/*", TEXT),
    ("text/csv, */*;q=0.1", TEXT),
    ("text/csv;q=0.5, application/json;q=0.4", TEXT),
    ("text/csv;q=0.5, application/*;q=0.6", JSON),
    ("text/*, text/csv;q=0, application/json;q=0.1", JSON),
    ("text/csv;q=0, */*", JSON),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),  # a browser
    ("image/png", JSON),  # neither is acceptable
    ("nonsense;;q=/,", JSON),
    ("text/csv;q=" + "9" * 400, TEXT),
]


@pytest.fixture
def team(api: Api) -> Api:
    """A server with tasks of user 42, and one of user 1."""
    tasks: list[dict[str, Any]] = [
        {"project": 'acme, "web"', "tags": ["b", "a"], "note": "line 1\nline 2", "start_time": f"{DAY}T05:00:00.25Z"},
        *({"description": text, "start_time": f"{DAY}T06:00Z"} for text in DESCRIPTIONS_KEPT),
    ]
    for task in tasks:
        api.track(end_time=f"{DAY}T06:30Z", **task)
    api.track(project="acme")
    api.track(1)
    api.clock.move(hours=1)
    api.create_token("mine", user_id=42)
    return api


def test_csv_is_that_of_command(team: Api, run: Run) -> None:
    for path, command in COMMANDS:
        expected = run("--database", team.database, *command, "--format=csv", "--user=42", now=team.clock.now)
        response = team.get(path, token="mine", headers=CSV)
        assert response.headers["content-type"] == TEXT
        assert response.text == expected.out, path


def test_accept_header_selects_format(file_api: Api) -> None:
    file_api.track()
    for path in ("/tasks", f"/times?user_id=42&date={DAY}", "/report", "/projects", "/tags"):
        for accept, expected in PREFERENCES:
            response = file_api.get(path, headers={"Accept": accept} if accept is not None else {})
            found = (response.status_code, response.headers["content-type"], response.headers["vary"])
            assert found == (200, expected, "Accept"), (path, accept)


def test_pages_of_csv_are_linked(file_api: Api) -> None:
    for _ in range(3):
        file_api.track()
    first = file_api.get("/tasks?limit=2", headers=CSV)
    second = file_api.get(str(first.url.join(first.links["next"]["url"])), headers=CSV)
    header, *rows = (first.text + second.text).splitlines()
    assert [row.partition(",")[0] for row in rows] == ["1", "2", "id", "3"]
    assert header.startswith("id,user_id,description")
    assert "link" not in second.headers


def test_problem_is_json_even_if_csv_is_preferred(file_api: Api) -> None:
    assert check(file_api.get("/tasks?order=x", headers=CSV), 422)["code"] == "invalid-request"
    assert check(file_api.get("/tasks", headers=CSV, token=None), 401)["code"] == "missing-token"
