"""Secrets of tokens and their expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from tasktimer.core.token import Token, expiry_after, hash_secret, new_secret, validate_name
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


@pytest.mark.parametrize("length", [timedelta(microseconds=1), 90 * DAY, 36500 * DAY])
def test_expiry_is_duration_from_now(length: timedelta) -> None:
    assert expiry_after(length, NOW) == NOW + length


@pytest.mark.parametrize(
    ("length", "code"),
    [
        *[(0 * DAY, "invalid-duration"), (-DAY, "invalid-duration"), (timedelta.max, "invalid-duration")],
        (datetime(9999, 12, 31, 12, tzinfo=UTC) - NOW, "date-out-of-range"),
    ],
)
def test_expiry_rejects_invalid_duration(length: timedelta, code: str) -> None:
    with pytest.raises(InvalidValue) as error:
        expiry_after(length, NOW)
    assert error.value.code == code


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
