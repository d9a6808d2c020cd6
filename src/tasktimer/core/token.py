"""A token that lets a program act for a user over HTTP: its secret, its name, and how long it is good for."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tasktimer.core.local_time import validate_date
from tasktimer.errors import InvalidValue, quote_value

PREFIX = "tasktimer_"  # by which scanners know a secret that leaked
SECRET = PREFIX + r"[0-9a-f]{64}"
MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Token:
    """What is stored of a token: instants are aware and in UTC; the secret is not among it."""

    id: int
    user_id: int
    admin: bool  # may act for every user
    name: str | None
    created_time: datetime
    expiry_time: datetime | None
    revoked_time: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it may be used."""
        return self.revoked_time is None and (self.expiry_time is None or now < self.expiry_time)


def new_secret() -> str:
    """Draw a secret of 256 random bits."""
    from secrets import token_hex

    return PREFIX + token_hex(32)


def hash_secret(secret: str) -> str | None:
    """What is stored in place of a secret: its SHA-256; None for text that no secret looks like.

    >>> hash_secret("tasktimer_1") is None
    True
    """
    if not re.fullmatch(SECRET, secret):
        return None
    from hashlib import sha256

    # A plain hash: nobody can guess 256 random bits, so it need not be slow, and is looked up by equality.
    return sha256(secret.encode()).hexdigest()


def validate_name(text: str) -> None:
    """Refuse text that cannot name a token.

    Raises:
        InvalidValue: it is blank, too long or has control characters.
    """
    if not text.strip() or len(text) > MAX_NAME_LENGTH or not text.isprintable():
        raise InvalidValue(
            "invalid-name",
            f"a token cannot be called {quote_value(text)}",
            f"give printable text of at most {MAX_NAME_LENGTH} characters",
        )


def expiry_after(length: timedelta, now: datetime) -> datetime:
    """The instant, in UTC, at which a token ends that is good for a length of time.

    Raises:
        InvalidValue: the length is nothing, or out of range.
    """
    if length <= timedelta():
        raise InvalidValue("invalid-expiry", "a token cannot be good for no time at all", "give a length such as 90d")
    try:
        instant = now.astimezone(UTC) + length
    except OverflowError:
        message = f"the length {length} is out of range"
        raise InvalidValue("invalid-expiry", message, "give a shorter one") from None
    validate_date(instant.date())
    return instant
