"""Secrets of tokens and their expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from tasktimer.core.token import Token, hash_secret, new_secret, parse_expiry, validate_name
from tasktimer.errors import InvalidValue

NOW = datetime(2023, 7, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_secret_has_256_random_bits_and_prefix() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) == len("tasktimer_") + 64 and secret.startswith("tasktimer_") for secret in secrets)


def test_secret_is_stored_as_sha_256() -> None:
    secret = "tasktimer_" + "0" * 64
    assert hash_secret(secret) == "a3aba245f13f99af4000f8a3bd15a499254ed5a7af4452be580e8d9a8348f10e"


@pytest.mark.parametrize("text", ["", "x", "tasktimer_", "tasktimer_" + "g" * 64, "tasktimer_" + "0" * 65, "é" * 74])
def test_secret_digest_rejects_other_text(text: str) -> None:
    assert hash_secret(text) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [("90d", 90 * DAY), (" 1 D ", DAY), ("12h", DAY / 2), ("90m", timedelta(minutes=90)), ("36500d", 36500 * DAY)],
)
def test_expiry_is_duration_from_now(text: str, length: timedelta) -> None:
    assert parse_expiry(text, NOW) == NOW + length


@pytest.mark.parametrize(
    "text", ["", "0d", "0h", "-1d", "90", "1w", "never", "d", "99999d" * 9, "99999999h", "999999999h"]
)
def test_expiry_rejects_invalid_duration(text: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_expiry(text, NOW)
    assert error.value.code in ("invalid-expiry", "date-out-of-range")


def test_token_is_valid_until_expired_or_revoked() -> None:
    def is_valid(expiry: datetime | None, revoked: datetime | None) -> bool:
        return Token(1, 1, False, None, NOW, expiry, revoked).is_valid(NOW)

    assert is_valid(None, None)
    assert is_valid(NOW + DAY, None)
    assert not is_valid(NOW, None)
    assert not is_valid(NOW + DAY, NOW)
    assert not is_valid(None, NOW + DAY)  # the clock was set back since


@pytest.mark.parametrize("text", ["", " ", "a\nb", "\x1b[31m", "\ud800", "x" * 101])
def test_name_is_printable(text: str) -> None:
    with pytest.raises(InvalidValue):
        validate_name(text)
    validate_name("Ada's laptop, é")
