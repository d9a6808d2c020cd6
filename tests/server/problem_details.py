"""Checks of problem details."""

import json
from typing import Any

import pytest

JSON = {"Content-Type": "application/json"}


def check(answer: Any, *statuses: int) -> dict[str, Any]:
    """Check that a response is a complete problem with one of the statuses, and return it."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert problem.keys() - {"errors"} == {"type", "title", "status", "detail", "code", "hint"}
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:tasktimer:problem:{problem['code']}"
    return problem
