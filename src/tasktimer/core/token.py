"""Tokens that authenticate users over HTTP: secrets, names and expiry."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from os import urandom

from tasktimer.core.local_time import add_duration
from tasktimer.errors import InvalidValue, quote_value

PREFIX = "tasktimer_"  # allows secret scanners to recognize leaked tokens
SECRET = PREFIX + r"[0-9a-f]{64}"
MAX_NAME_LENGTH = 100


class Access(StrEnum):
    """What a token may be used for."""

    WRITE = "write"
    READ = "read"  # changes nothing
    REPORTS = "reports"  # changes nothing, and also reads reports on all users


@dataclass(frozen=True, slots=True)
class Token:
    """A token as stored, without its secret. All times are aware and in UTC."""

    id: int
    user_id: int
    admin: bool  # may act for any user
    name: str | None
    created_time: datetime
    expiry_time: datetime | None
    revoked_time: datetime | None
    access: Access = Access.WRITE
    last_used_time: datetime | None = None  # the start of the hour

    def is_valid(self, now: datetime) -> bool:
        """Return whether the token is neither revoked nor expired."""
        return self.revoked_time is None and (self.expiry_time is None or now < self.expiry_time)


def new_secret() -> str:
    """Return a new secret with 256 random bits."""
    return PREFIX + urandom(32).hex()


def hash_secret(secret: str) -> str | None:
    """Return the SHA-256 hash to store instead of a secret, or None if the text does not have the format of a secret.

    >>> hash_secret("tasktimer_1") is None
    True
    """
    if not re.fullmatch(SECRET, secret):
        return None
    from hashlib import sha256  # lazy: loading OpenSSL takes 1 ms, and not all programs need it

    # A fast, unsalted hash is safe, because 256 random bits cannot be guessed, and allows a lookup by equality.
    return sha256(secret.encode()).hexdigest()


def validate_name(text: str) -> None:
    """Raise InvalidValue if a token name is blank, too long or not printable."""
    if not text.strip() or len(text) > MAX_NAME_LENGTH or not text.isprintable():
        raise InvalidValue(
            "invalid-token-name",
            f"invalid token name {quote_value(text)}",
            f"use at most {MAX_NAME_LENGTH} printable characters",
        )


def expiry_after(lifetime: timedelta, now: datetime) -> datetime:
    """Return the instant, in UTC, when a new token expires; raise InvalidValue if its lifetime is not positive."""
    if lifetime <= timedelta():
        message = "the token's lifetime must be positive"
        raise InvalidValue("invalid-duration", message, "use a duration such as 90d")
    return add_duration(now, lifetime)
