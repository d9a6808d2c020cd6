"""Invalid requests get problem details, and nothing is stored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.hostile import DESCRIPTIONS_REFUSED, INTEGERS_REFUSED, PROJECTS_REFUSED, TAGS_REFUSED, TIMES_REFUSED
from tests.server.conftest import Api, assert_empty, serving_apis
from tests.server.problem_details import JSON, check

BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"42",
    b"{}",
    b'{"user_id": 42}',
    b'{"user_id": NaN, "description": "x"}',
    b'{"user_id": Infinity, "description": "x"}',
    b'{"user_id": 1e400, "description": "x"}',
    b'{"user_id": 42.5, "description": "x"}',
    b'{"user_id": 1e18, "description": "x"}',
    b'{"user_id": -0.0, "description": "x"}',
    b'{"user_id": 42, "description": NaN}',
    b'{"user_id": true, "description": "x"}',
    b'{"user_id": "42", "description": "x"}',
    b'{"user_id": [42], "description": "x"}',
    b'{"user_id": {}, "description": "x"}',
    b'{"user_id": 0, "description": "x"}',
    b'{"user_id": -1, "description": "x"}',
    b'{"user_id": 9223372036854775808, "description": "x"}',
    b'{"user_id": ' + b"9" * 5000 + b', "description": "x"}',
    b'{"user_id": 42, "description": "\\ud800"}',
    b'{"user_id": 42, "description": "\\udc00\\ud800"}',
    b'{"user_id": 42, "description": "a\\u0000b"}',
    b'{"user_id": 42, "description": "a\x00b"}',
    b'{"user_id": 42, "description": "\xff"}',
    b'{"user_id": 42, "description": 7}',
    b'{"user_id": 42, "description": true}',
    b'{"user_id": 42, "description": null}',
    b'{"user_id": 42, "description": ["x"]}',
    b'{"user_id": 42, "description": "x", "start_time": 1689490800}',
    b'{"user_id": 42, "description": "x", "start_time": 1e400}',
    b'{"user_id": 42, "description": "x", "start_time": true}',
    b'{"user_id": 42, "description": "x", "start_time": "2023-07-16T09:00:00"}',
    b'{"user_id": 42, "description": "x", "start_time": "2023-07-16"}',
    b'{"user_id": 42, "description": "x", "start_time": "yesterday 9:00"}',
    b'{"user_id": 42, "description": "x", "start_time": "15m ago"}',
    b'{"user_id": 42, "description": "x", "project": "acme//web"}',
    b'{"user_id": 42, "description": "x", "project": 7}',
    b'{"user_id": 42, "description": "x", "tags": "docs"}',
    b'{"user_id": 42, "description": "x", "tags": null}',
    b'{"user_id": 42, "description": "x", "tags": [7]}',
    b'{"user_id": 42, "description": "x", "tags": ["two words"]}',
    b'{"user_id": 42, "description": "x", "note": " "}',
    b'{"user_id": 42, "description": "x", "client": "acme"}',
    b'{"user_id": 42, "description": "x", "id": 7}',
    b'{"user_id": 42, "description": "x", "\\u0000": 7}',
    b'\xef\xbb\xbf{"user_id": 42, "description": "x"',
    b"[" * 60_000,
    b'{"a":' * 12_000,
]


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server shared by the tests of this module, since starting one is slow."""
    with serving_apis() as serve:
        yield serve(str(tmp_path_factory.mktemp("server") / "tasks.db"))


@pytest.fixture
def empty_api(shared_api: Api) -> Iterator[Api]:
    """A server that must not store anything."""
    yield shared_api
    assert_empty(shared_api)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:40].decode("latin-1"))
def test_invalid_body_is_rejected(empty_api: Api, body: bytes) -> None:
    check(empty_api.call("POST", "/track", content=body, headers=JSON), 422)


@pytest.mark.parametrize("value", [0, -1, 2**63, True, "1", 1.5, None, [], {}])
def test_invalid_id_is_rejected(empty_api: Api, value: object) -> None:
    problem = check(empty_api.post("/stop", {"id": value}), 422)
    assert problem["errors"][0]["location"] == "body.id"


@pytest.mark.parametrize("text", [text for text in INTEGERS_REFUSED if text])
def test_invalid_integer_is_rejected(empty_api: Api, text: str) -> None:
    check(empty_api.get("/times", params={"user_id": text, "date": "2023-07-16"}), 422)
    check(empty_api.get("/tasks", params={"user_id": text}), 422)
    if "/" not in text and text.strip():
        check(empty_api.get(f"/tasks/{text}"), 422)


@pytest.mark.parametrize("text", DESCRIPTIONS_REFUSED)
def test_invalid_description_is_rejected(empty_api: Api, text: str) -> None:
    body = json.dumps({"user_id": 42, "description": text})
    check(empty_api.call("POST", "/track", content=body, headers=JSON), 422)


@pytest.mark.parametrize(
    "labels", [*({"tags": [tag]} for tag in TAGS_REFUSED), *({"project": name} for name in PROJECTS_REFUSED)]
)
def test_invalid_label_is_rejected(empty_api: Api, labels: dict[str, object]) -> None:
    body = json.dumps({"user_id": 42, "description": "x", **labels})
    check(empty_api.call("POST", "/track", content=body, headers=JSON), 422)


@pytest.mark.parametrize("text", TIMES_REFUSED)
def test_invalid_time_is_rejected(empty_api: Api, text: str) -> None:
    check(empty_api.post("/track", {"user_id": 42, "description": "x", "start_time": text}), 422)
    check(empty_api.get("/tasks", params={"from": f"{text}x"}), 422)


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "json", "application/xml"]
)
def test_other_content_types_are_rejected(empty_api: Api, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    response = empty_api.call("POST", "/track", content=b'{"user_id": 42, "description": "x"}', headers=headers)
    assert check(response, 415)["code"] == "unsupported-media-type"


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_content_type_may_have_charset(file_api: Api, kind: str) -> None:
    body = '{"user_id": 42, "description": "é"}'.encode()
    assert file_api.call("POST", "/track", content=body, headers={"Content-Type": kind}).status_code == 200


def test_integer_may_be_written_as_whole_float(file_api: Api) -> None:
    body = b'{"user_id": 42.0, "description": "x"}'
    assert file_api.call("POST", "/track", content=body, headers=JSON).json() == {"id": 1}
    assert file_api.get("/tasks/1").json()["user_id"] == 42


def test_problem_does_not_repeat_values(empty_api: Api) -> None:
    body = {"user_id": "swordfish", "description": "x", "swordfish2": 1}
    text = empty_api.post("/track", body).text
    assert "swordfish" not in text.replace("swordfish2", "")  # contains the name of the unknown field, but no values


@pytest.mark.parametrize(
    "query",
    [
        *(
            "zone=Europe/Berlin",
            "date=2023-07-16&date=2023-07-15",
            "tz=" + "x" * 101,
            "tz=%00",
            "limit=0",
            "limit=1001",
            "limit=x",
            "limit=1_0",
            "tz=localtime",
            "running=maybe",
        ),
        *("after=x", "after=1", "after=1.", "after=1.2.3", "after=%00", "from=", "from=moonday"),
        *("from=2023-02-30", "from=0000-01-01", "to=9999-12-31", "to=2023-10-29T02:30"),  # shown twice by the clock
        *("from=2023-07-16T09:00+02:00", "from=2023-07-02&to=2023-06-30", "from=2023-07-02&to=2023-07-01"),
    ],
)
def test_invalid_query_is_rejected(empty_api: Api, query: str) -> None:
    problem = check(empty_api.get(f"/tasks?{query}"), 422)
    if "+02" in query:
        assert problem["hint"] == "encode + as %2B in the URL"


@pytest.mark.parametrize(
    ("query", "code", "detail", "hint"),
    [
        *(
            (f"/tasks?limit={limit}", "invalid-limit", f"invalid limit '{limit}'", "use an integer from 1 to 1000")
            for limit in ("0", "1001", "-1", "x", "9" * 30)
        ),
        ("/history?limit=101", "invalid-limit", "invalid limit '101'", "use an integer from 1 to 100"),
        ("/times?date=2026-13-01", "invalid-date", "the date 2026-13-01 does not exist", "did you mean 2026-01-13?"),
        (
            "/times?date=2026-11-31",
            "invalid-date",
            "the date 2026-11-31 does not exist",
            "did you mean 2026-11-30, the last day of the month?",
        ),
        ("/times?date=yestrday", "invalid-date", "invalid date 'yestrday'", "did you mean 'yesterday'?"),
    ],
)
def test_hint_says_what_is_valid(empty_api: Api, query: str, code: str, detail: str, hint: str) -> None:
    problem = check(empty_api.get(query), 422)
    assert (problem["code"], problem["detail"], problem["hint"]) == (code, detail, hint)


def test_unknown_parameter_is_rejected(empty_api: Api) -> None:
    problem = check(empty_api.get("/times?user_id=42&date=2023-07-16&timezone=Europe/Berlin"), 422)
    assert problem["errors"] == [{"location": "query.timezone", "detail": "Extra inputs are not permitted"}]


@pytest.mark.parametrize(
    ("method", "path", "options", "location", "detail"),
    [
        ("GET", "/tasks?form=today", {}, "query.form", "Extra inputs are not permitted; did you mean 'from'?"),
        (
            "GET",
            "/tasks?tags=a",
            {},
            "query.tags",
            "Extra inputs are not permitted; did you mean 'tag'?",
        ),  # by its alias
        ("GET", "/me?x=1", {}, "query.x", "Extra inputs are not permitted"),
        ("GET", f"/tasks?{'x' * 101}=1", {}, f"query.{'x' * 101}", "Extra inputs are not permitted"),
        (
            "POST",
            "/track",
            {"json": {"user_id": 42, "description": "x", "start": "2023-07-16T09:00Z"}},
            "body.start",
            "Extra inputs are not permitted; did you mean 'start_time'?",
        ),
        (
            "POST",
            "/tasks",
            {"json": {"tasks": [{"description": "x", "projects": "acme"}]}},
            "body.tasks.0.projects",
            "Extra inputs are not permitted; did you mean 'project'?",
        ),
        ("POST", "/stop", {"json": {"id": None}}, "body.id", "Input should not be null"),
        (
            "DELETE",
            "/tasks/1",
            {"headers": {"If-Match": "5f1c"}},
            "header.If-Match",
            'The ETag should be in double quotes, as in "5f1c3a0b9d8e7f6a5b4c3d2e1f0a9b8c"',
        ),
        (
            "DELETE",
            "/tasks/1",
            {"headers": {"Idempotency-Key": "a b"}},
            "header.Idempotency-Key",
            "The key should consist of ASCII letters, digits and punctuation, without spaces",
        ),
        ("GET", "/tasks?after=7", {}, "query.after", "The value should be the next of the previous page"),
    ],
)
def test_invalid_field_is_described(
    empty_api: Api, method: str, path: str, options: dict[str, Any], location: str, detail: str
) -> None:
    problem = check(empty_api.call(method, path, **options), 422)
    assert problem["errors"] == [{"location": location, "detail": detail}]


def test_only_first_unknown_fields_are_compared(empty_api: Api) -> None:
    names = [f"user_ids{number}" for number in range(900)]
    problem = check(empty_api.post("/stop", dict.fromkeys(names, 1)), 422)
    assert ["did you mean 'user_id'?" in error["detail"] for error in problem["errors"]] == [True] * 20 + [False] * 880


@pytest.mark.parametrize(
    ("method", "path", "status", "hint"),
    [
        ("GET", "/", 404, "see /docs for the routes"),
        ("GET", "/track", 405, "use POST; see /docs for the routes"),
        ("PUT", "/stop", 405, "use POST; see /docs for the routes"),
        ("PUT", "/tasks/1", 405, "use DELETE or GET or PATCH; see /docs for the routes"),
    ],
)
def test_unknown_routes_and_methods_are_problems(
    empty_api: Api, method: str, path: str, status: int, hint: str
) -> None:
    response = empty_api.call(method, path)
    assert check(response, status)["hint"] == hint
    assert (status == 405) == ("allow" in response.headers)


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 256, "a\tb"])
def test_invalid_idempotency_key_is_rejected(empty_api: Api, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode()), (b"Content-Type", b"application/json")]
    token = (b"Authorization", f"Bearer {empty_api.tokens['admin']}".encode())
    response = empty_api.client.post(
        "/track", content=b'{"user_id": 42, "description": "x"}', headers=[*headers, token]
    )
    check(response, 422)
