"""The URL of a PostgreSQL database, and what of it the driver does not take as it stands."""

import sqlalchemy
from sqlalchemy.exc import ArgumentError

from tasktimer.store.postgres_failures import unreadable_url


def parse_url(url: str) -> sqlalchemy.URL:
    """Read a URL, for the driver that is used.

    Raises:
        InvalidValue: it cannot be read; it may hold a password, and is not repeated.
    """
    try:
        parsed = sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise unreadable_url() from None
    if "@" in (parsed.host or ""):  # a password with a bare @: what looks like the host is a part of it
        raise unreadable_url()
    return parsed


def preparing(url: sqlalchemy.URL) -> dict[str, int | None]:
    """After how many uses a statement is prepared: the one parameter of the URL that the driver takes as a number."""
    match url.query.get("prepare_threshold"):
        case None:
            return {}
        case "none":  # for a pooler between transactions that cannot keep prepared statements
            return {"prepare_threshold": None}
        case str(text) if text.isascii() and text.isdigit():
            return {"prepare_threshold": int(text)}
    raise unreadable_url()
