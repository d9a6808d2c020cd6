"""Tokens that authenticate users over HTTP: secrets, names and expiry."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import urandom

from tasktimer.core.local_time import add_duration
from tasktimer.errors import InvalidValue, quote_value

PREFIX = "tasktimer_"  # lets scanners recognize a leaked secret
SECRET = PREFIX + r"[0-9a-f]{64}"
MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is stored, without its secret. Instants are aware and in UTC."""

    id: int
    user_id: int
    admin: bool  # may act for any user
    name: str | None
    created_time: datetime
    expiry_time: datetime | None
    revoked_time: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Return whether the token is neither revoked nor expired."""
        return self.revoked_time is None and (self.expiry_time is None or now < self.expiry_time)


def new_secret() -> str:
    """Return a secret of 256 random bits."""
    return PREFIX + urandom(32).hex()


def hash_secret(secret: str) -> str | None:
    """Return the SHA-256 hash to store instead of a secret, or None if the text does not look like a secret.

    >>> hash_secret("tasktimer_1") is None
    True
    """
    if not re.fullmatch(SECRET, secret):
        return None
    from hashlib import sha256  # lazy: OpenSSL takes 1 ms, which programs that only import the API do not need

    # A fast, unsalted hash is safe, because 256 random bits cannot be guessed; it can be looked up by equality.
    return sha256(secret.encode()).hexdigest()


def validate_name(text: str) -> None:
    """Raise InvalidValue if the name of a token is blank, too long or not printable."""
    if not text.strip() or len(text) > MAX_NAME_LENGTH or not text.isprintable():
        raise InvalidValue(
            "invalid-token-name",
            f"invalid token name {quote_value(text)}",
            f"use at most {MAX_NAME_LENGTH} printable characters",
        )


def expiry_after(lifetime: timedelta, now: datetime) -> datetime:
    """Return the instant, in UTC, at which a token expires; raise InvalidValue if its lifetime is not positive."""
    if lifetime <= timedelta():
        message = "the token's lifetime must be positive"
        raise InvalidValue("invalid-duration", message, "use a duration such as 90d")
    return add_duration(now, lifetime)
