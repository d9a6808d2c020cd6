"""The URL of a PostgreSQL database, and the engine with its pool of connections that it leads to."""

import math

import sqlalchemy
from sqlalchemy.exc import ArgumentError

from tasktimer.errors import InvalidValue
from tasktimer.store.postgres.errors import unreadable_url_error

_LAST_PORT = 65_535
# Ours to set: the URL, PGCLIENTENCODING, the role or the database may name an encoding that cannot hold every text.
_SESSION = {"client_encoding": "utf8"}


def parse_url(url: str) -> sqlalchemy.URL:
    """Read a URL, for the driver that is used.

    Raises:
        InvalidValue: it cannot be read; it may hold a password, and is not repeated.
    """
    try:
        parsed = sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise unreadable_url_error() from None
    if (
        "@" in (parsed.host or "") or (parsed.port or 0) > _LAST_PORT
    ):  # a password with a bare @: what looks like the host is a part of it
        raise unreadable_url_error()
    return parsed


def redact_url(url: sqlalchemy.URL) -> str:
    """The URL as a person may see it: without the password, and without parameters, which may hold secrets, too."""
    parts = {part: getattr(url, part) for part in ("username", "host", "port", "database")}
    return sqlalchemy.URL.create("postgresql", **parts).render_as_string()


def build_engine(url: sqlalchemy.URL, *, lock_timeout: float, pool_size: int) -> sqlalchemy.Engine:
    """The engine of a database; nothing is connected yet.

    Raises:
        InvalidValue: the driver is not installed, or does not take what the URL says.
    """
    seconds = math.ceil(lock_timeout)
    # A network that went silent is noticed, too; what the URL says of these comes first.
    defaults = {
        "application_name": "tasktimer",
        "connect_timeout": str(seconds),
        "tcp_user_timeout": str(seconds * 1000),
        "keepalives_idle": str(seconds),
    }
    try:
        return sqlalchemy.create_engine(
            url.set(query=defaults | url.query | _SESSION).difference_update_query(["prepare_threshold"]),
            connect_args=_connect_args(url),
            isolation_level="READ COMMITTED",  # who waited for a row sees what became of it
            pool_size=pool_size,
            max_overflow=0,  # no more connections than were allowed
            pool_timeout=lock_timeout,
        )
    except ImportError:
        raise InvalidValue(
            "postgres-not-installed",
            "PostgreSQL needs a driver that is not installed",
            "install the extra: pip install 'tasktimer-cli[postgres]', or from a checkout '.[postgres]'",
        ) from None


def to_libpq_conninfo(url: sqlalchemy.URL) -> tuple[str, dict[str, str]]:
    """What reaches the database from PostgreSQL's own programs: a string for anybody to see, and their environment.

    Raises:
        InvalidValue: it holds a secret that they take in no other way than for anybody to see.
    """
    from psycopg import conninfo, pq

    options = {option.keyword.decode(): option for option in pq.Conninfo.get_defaults()}
    given = url.get_dialect()().create_connect_args(url)[1]
    known = {name: str(value) for name, value in given.items() if name in options and value}
    # libpq marks with a star what must not be shown.
    secrets = {name: known.pop(name) for name in list(known) if options[name].dispchar == b"*"}
    environ = {}
    for name, secret in secrets.items():
        variable = options[name].envvar
        if variable is None:
            raise InvalidValue(
                "secret-parameter",
                f"pg_dump takes the {name} of the URL in no way that hides it from others on this machine",
                f"for a backup, name a connection that needs no {name}",
            )
        environ[variable.decode()] = secret
    return conninfo.make_conninfo(**known), environ


def _connect_args(url: sqlalchemy.URL) -> dict[str, int | None]:
    """After how many uses a statement is prepared: the one parameter of the URL that the driver takes as a number."""
    match url.query.get("prepare_threshold"):
        case None:
            return {}
        case "none":  # for a pooler between transactions that cannot keep prepared statements
            return {"prepare_threshold": None}
        case str(text) if text.isascii() and text.isdigit():
            return {"prepare_threshold": int(text)}
    raise unreadable_url_error()
