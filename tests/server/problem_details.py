"""Checks of problem details."""

import json
from typing import Any

import pytest

JSON = {"Content-Type": "application/json"}


def check(response: Any, *statuses: int) -> dict[str, Any]:
    """Check that a response is a complete problem with one of the statuses, and return it."""
    assert response.status_code in statuses, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert problem.keys() - {"errors"} == {"type", "title", "status", "detail", "code", "hint"}
    assert problem["status"] == response.status_code
    assert problem["type"] == f"urn:tasktimer:problem:{problem['code']}"
    return problem
