"""Statements on tokens, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from tasktimer.core.token import Access, Token
from tasktimer.store.protocols import Store
from tasktimer.store.statements import tokens
from tasktimer.store.statements.tokens import TokenNotFound

NOW = datetime(2023, 7, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_token_is_stored_listed_found_and_revoked(store: Store) -> None:
    with store.write() as connection:
        first = tokens.insert_token(
            connection, digest="a" * 64, user_id=42, admin=False, name="laptop", created_time=NOW, expiry_time=NOW + DAY
        )
        second = tokens.insert_token(
            connection, digest="b" * 64, user_id=1, admin=True, name=None, created_time=NOW, expiry_time=None
        )
    assert first == Token(1, 42, False, "laptop", NOW, NOW + DAY, None)
    with store.read() as connection:
        assert tokens.get_token(connection, 1) == tokens.find_token(connection, "a" * 64) == first
        assert tokens.all_tokens(connection, None) == [first, second]
        assert tokens.all_tokens(connection, 1) == [second]
        assert tokens.find_token(connection, "c" * 64) is None
        assert tokens.has_tokens(connection)
        with pytest.raises(TokenNotFound):
            tokens.get_token(connection, 3)
    with store.write() as connection:
        revoked = tokens.revoke_token(connection, 1, NOW + DAY)
        assert tokens.revoke_token(connection, 1, NOW + 2 * DAY) is None  # its first end stays
    assert revoked == Token(1, 42, False, "laptop", NOW, NOW + DAY, NOW + DAY)


def test_last_use_is_never_set_back(store: Store) -> None:
    with store.write() as connection:
        tokens.insert_token(
            connection,
            digest="a" * 64,
            user_id=42,
            admin=False,
            name=None,
            access=Access.READ,
            created_time=NOW,
            expiry_time=None,
        )
        for hours in (1, 3, 2):
            tokens.record_use(connection, 1, NOW + timedelta(hours=hours))
        token = tokens.get_token(connection, 1)
    assert (token.access, token.last_used_time) == (Access.READ, NOW + timedelta(hours=3))
