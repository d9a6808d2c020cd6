"""The lines of the log: what they contain, and what they never contain."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from tests.conftest import wait_until
from tests.server.conftest import Api

from tasktimer.errors import InvalidValue
from tasktimer.server.dependencies import RequestContext
from tasktimer.server.logs import JsonFormatter, TextFormatter, current_request, log_config, parse_log_format

ReadLines = Callable[[int], list[str]]


@contextmanager
def logging_with(formatter: logging.Formatter) -> Iterator[ReadLines]:
    """Format the records of the server, and yield a function that waits for a number of lines."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("tasktimer")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def read_lines(count: int) -> list[str]:
        wait_until(lambda: len(stream.getvalue().splitlines()) >= count)  # logged after the response
        return stream.getvalue().splitlines()

    try:
        yield read_lines
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


@pytest.fixture
def json_lines() -> Iterator[ReadLines]:
    with logging_with(JsonFormatter()) as read_lines:
        yield read_lines


@pytest.fixture
def text_lines() -> Iterator[ReadLines]:
    with logging_with(TextFormatter()) as read_lines:
        yield read_lines


def test_json_line_has_fields_of_request(file_api: Api, json_lines: ReadLines) -> None:
    response = file_api.get("/tasks/99?tz=Europe/Berlin")
    line: dict[str, Any] = json.loads(json_lines(1)[0])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert 0 < line.pop("duration") < 600
    assert line == {
        "level": "info",
        "logger": "tasktimer.access",
        "message": "GET /tasks/99 404",
        "method": "GET",
        "path": "/tasks/99",
        "status": 404,
        "client": "127.0.0.1",
        "request_id": response.headers["x-request-id"],
        "token_id": 1,
    }


def test_text_line_has_fields_of_request(file_api: Api, text_lines: ReadLines) -> None:
    file_api.get("/tasks", headers={"X-Request-Id": "a7.b-c_1"})
    file_api.get("/healthz", token=None, headers={"X-Request-Id": "d8"})
    first, second = text_lines(2)
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    rest = r"duration=[0-9.e-]+ client=127\.0\.0\.1 request_id="
    assert re.fullmatch(rf"{time} INFO tasktimer\.access GET /tasks 200 {rest}a7\.b-c_1 token_id=1", first)
    assert re.fullmatch(rf"{time} INFO tasktimer\.access GET /healthz 200 {rest}d8", second)


@pytest.mark.parametrize("given", ["", "a b", "ä", "x" * 101, 'a"b', "a=b"])
def test_unusual_request_id_is_replaced(file_api: Api, given: str) -> None:
    sent = file_api.client.get("/healthz", headers=[(b"X-Request-Id", given.encode())]).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", sent)


def test_errors_of_request_have_its_id(file_api: Api, json_lines: ReadLines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RequestContext, "read", lambda *_, **__: 1 / 0)
    response = file_api.get("/tasks", headers={"X-Request-Id": "a7"})
    assert (response.status_code, response.headers["x-request-id"]) == (500, "a7")
    error, access = map(json.loads, json_lines(2))
    assert (error["level"], error["message"], error["request_id"]) == ("error", "internal error", "a7")
    assert error["traceback"].endswith("ZeroDivisionError: division by zero")
    assert (access["status"], access["request_id"]) == (500, "a7")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_log_contains_neither_secrets_nor_texts_of_users(file_api: Api, formatter: logging.Formatter) -> None:
    token = file_api.tokens["admin"]
    with logging_with(formatter) as read_lines:
        file_api.post("/track", {"user_id": 1, "description": "private words"}, headers={"Idempotency-Key": "key-1"})
        file_api.get("/report", params={"search": "private words", "token": token})
        file_api.get(f"/{token}")
        file_api.get("/tasks", token=f"tasktimer_{'0' * 64}")
        file_api.get("/nowhere%0Aforged%20line%1b[31m")
        lines = read_lines(5)
    assert len(lines) == 5
    log = "\n".join(lines)
    assert "/tasktimer_" in lines[2]
    for text in (token, "private", "key-1", "0" * 64, "\x1b", "\nforged"):
        assert text not in log
    assert "/nowhere%0Aforged%20line%1B%5B31m" in log


def test_text_cannot_imitate_another_line() -> None:
    record = logging.LogRecord("tasktimer.server", logging.ERROR, "", 1, "first\nsecond\x1b[31m %s", ("\r",), None)
    record.exc_info = (ValueError, ValueError("third\n2026-01-01T00:00:00.000Z INFO forged \x1b[0m"), None)
    lines = TextFormatter().format(record).splitlines()
    assert lines[0].endswith(r"ERROR tasktimer.server first\nsecond\x1b[31m \r")
    assert len(lines) > 1
    assert all(line.startswith("  ") and line.isprintable() for line in lines[1:])
    assert len(JsonFormatter().format(record).splitlines()) == 1
    assert current_request.get() is None


def test_access_log_can_be_disabled() -> None:
    levels = [
        log_config("text", is_access_logged=logged)["loggers"]["tasktimer.access"]["level"] for logged in (True, False)
    ]
    assert levels == ["INFO", "WARNING"]


def test_unknown_log_format_fails() -> None:
    with pytest.raises(InvalidValue, match="invalid log format 'xml'"):
        parse_log_format("xml")
