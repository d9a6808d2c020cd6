"""Whom a token acts for, and requests that leave the user out."""

from contextlib import closing
from datetime import timedelta
from typing import Any

from tests.conftest import NOW
from tests.server.conftest import Api, Serve
from tests.server.problem_details import check

from tasktimer import __version__
from tasktimer.config.settings import parse_database
from tasktimer.core.token import Access
from tasktimer.server.account_schemas import MeResponse
from tasktimer.services import users
from tasktimer.store.factory import open_store

SERVER = {"tz": "Europe/Berlin", "day_starts_at": "04:00", "version": __version__}


def test_me_describes_token_and_server(serve: Serve, database: str) -> None:
    api = serve(database, day_starts_at=timedelta(hours=4))
    api.create_token("laptop", user_id=42, expiry_time=NOW + timedelta(days=1))
    admin, own = api.get("/me").json(), api.get("/me", token="laptop").json()
    assert admin == {
        "user_id": 1,
        "name": None,
        "admin": True,
        "access": "write",
        "token": {"id": 1, "name": "admin", "expiry_time": None},
        **SERVER,
    }
    assert own == {
        "user_id": 42,
        "name": None,
        "admin": False,
        "access": "write",
        "token": {"id": 2, "name": "laptop", "expiry_time": "2023-07-17T12:00:00+02:00"},
        **SERVER,
    }
    MeResponse.model_validate(own)
    assert api.tokens["laptop"] not in api.get("/me", token="laptop").text


def test_unknown_parameter_of_me_is_rejected(file_api: Api) -> None:
    assert check(file_api.get("/me?user_id=42"), 422)["code"] == "invalid-request"


def test_default_user_is_user_of_token(api: Api) -> None:
    api.create_token("mine", user_id=42)
    for token, body in (("mine", {}), ("admin", {"user_id": None}), ("admin", {"user_id": 42})):
        response = api.post("/track", {"description": "x", **body}, token=token)
        assert response.status_code == 200, response.text
    api.clock.move(hours=1)

    def ids(token: str) -> list[int]:
        return [task["id"] for task in api.get("/times?date=2023-07-16", token=token).json()]

    assert (ids("mine"), ids("admin")) == ([1, 3], [2])  # without a user, the administrator is a user like any other
    assert [task["user_id"] for task in api.get("/tasks").json()["tasks"]] == [42, 1, 42]


def test_default_user_of_token_for_reports(api: Api) -> None:
    api.create_token("reports", user_id=42, access=Access.REPORTS)
    assert [api.track(user_id, project=f"of {user_id}") for user_id in (42, 7)] == [1, 2]

    def get(path: str) -> Any:
        return api.get(path, token="reports").json()

    assert [row["keys"] for row in get("/report?by=user")["rows"]] == [["7"], ["42"]]
    assert [usage["name"] for usage in get("/projects")] == ["of 42", "of 7"]
    assert [usage["count"] for usage in get("/tags")] == [2]  # without tags
    assert [task["id"] for task in get("/times?date=today")] == [1]
    assert [task["id"] for task in get("/times?date=today&user_id=7")] == [2]
    assert [task["id"] for task in get("/tasks")["tasks"]] == [1]


def test_server_without_tokens_requires_user(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    assert api.get("/me", token=None).json() == {
        "user_id": None,
        "name": None,
        "admin": True,
        "access": "write",
        "token": None,
        **SERVER,
        "day_starts_at": "00:00",
    }
    for response in (api.post("/track", {"description": "x"}), api.get("/times?date=2023-07-16")):
        problem = check(response, 422)
        assert (problem["code"], problem["hint"]) == ("missing-user", "add user_id")
        assert problem["detail"] == "a user is required, because the server runs without tokens"
    assert api.get("/tasks").json()["tasks"] == []


def test_tokens_of_administrators_and_for_reports_list_users(api: Api) -> None:
    api.create_token("mine", user_id=42)
    api.create_token("reports", user_id=42, access=Access.REPORTS)
    with closing(open_store(parse_database(api.database))) as store:
        users.add_user(store, "ada", 42)
    for token in ("admin", "reports"):
        assert api.get("/users", token=token).json() == [{"id": 1, "name": None}, {"id": 42, "name": "ada"}]
    assert api.get("/me", token="mine").json()["name"] == "ada"
    assert check(api.get("/users", token="mine"), 403)["code"] == "administrator-required"
    assert check(api.get("/users?name=ada"), 422)["code"] == "invalid-request"
