"""The last use of a token, which a server records in the background."""

from contextlib import closing
from datetime import datetime, timedelta

import pytest
from tests.conftest import NOW, wait_until
from tests.server.conftest import Api

from tasktimer.config.settings import parse_database
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import Unavailable
from tasktimer.services.tokens import list_tokens
from tasktimer.store.factory import open_store
from tasktimer.store.statements import tokens


def last_uses(api: Api) -> list[datetime | None]:
    with closing(open_store(parse_database(api.database))) as store:
        return [token.last_used_time for token in list_tokens(store, Actor(None, ALL_USERS))]


def test_use_is_recorded_to_the_hour(api: Api) -> None:
    api.create_token("unused")
    api.track()  # a single statement on PostgreSQL
    wait_until(lambda: last_uses(api) == [NOW, None])
    api.clock.move(minutes=59)
    api.get("/tasks")
    api.clock.move(minutes=2)
    api.get("/nowhere")
    api.get("/tasks/99")
    wait_until(lambda: last_uses(api) == [NOW + timedelta(hours=1), None])


def test_use_before_the_end_of_the_server_is_recorded(api: Api) -> None:
    api.get("/tasks")
    api.end()
    assert last_uses(api) == [NOW]


def test_failure_is_logged_and_tried_again(
    file_api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    record = tokens.record_use
    attempts: list[int] = []

    def fail_once(connection: object, token_id: int, hour: datetime) -> None:
        attempts.append(token_id)
        if len(attempts) == 1:
            raise ZeroDivisionError
        record(connection, token_id, hour)  # type: ignore[arg-type]

    monkeypatch.setattr(tokens, "record_use", fail_once)
    assert file_api.get("/tasks").status_code == 200
    wait_until(lambda: "cannot record the use of tokens" in caplog.text)
    assert file_api.get("/tasks").status_code == 200
    wait_until(lambda: last_uses(file_api) == [NOW])


def test_failure_of_read_only_store_is_logged_once_an_hour(
    file_api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("store-read-only", "it is read-only", "use the primary")

    message = "cannot record the use of tokens: it is read-only"
    monkeypatch.setattr(tokens, "record_use", fail)
    for hour in (1, 2):
        for _ in range(3):
            assert file_api.get("/tasks").status_code == 200
        wait_until(lambda expected=hour: caplog.messages.count(message) == expected)  # type: ignore[misc]
        file_api.clock.move(hours=1)
    file_api.end()
    assert caplog.messages.count(message) == 2
    assert "Traceback" not in caplog.text
