"""A server on PostgreSQL whose sessions or database are not in UTF-8."""

import pytest
from tests.server.conftest import Serve
from tests.store.test_postgres_sessions import database_in


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_encoding_in_environment_is_ignored(
    serve: Serve, postgres_url: str, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    api = serve(postgres_url)
    number = api.track(description="crab 🦀")
    assert api.get(f"/tasks/{number}").json()["description"] == "crab 🦀"


def test_text_outside_database_encoding_is_503(serve: Serve, postgres_url: str) -> None:
    with database_in("LATIN1", postgres_url) as url:
        api = serve(url)
        response = api.post("/track", {"user_id": 42, "description": "crab 🦀"})
        assert (response.status_code, response.json()["code"]) == (503, "store-encoding")
        assert api.track(description="Zoë") == 1
        assert [task["description"] for task in api.get("/tasks").json()["tasks"]] == ["Zoë"]
        api.end()
