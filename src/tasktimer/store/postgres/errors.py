"""Translation of errors from PostgreSQL and its driver into errors with messages and hints."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from tasktimer.errors import ConcurrentUpdate, InvalidValue, TasktimerError, Unavailable
from tasktimer.store.errors import out_of_memory_error, uncertain_error

LOCKED = "55P03"
_DEADLOCK = ("40P01", "40001")
_EXPLANATIONS = {
    "53100": ("full", "free some space on the server's disk; nothing was changed"),
    "22P05": (
        "encoding",
        (
            "nothing was changed; omit that character, or move the tasks to a UTF-8 database: "
            "createdb --encoding=UTF8 --template=template0 --locale=C NAME"
        ),
    ),
    # With the encoding SQL_ASCII, other programs can store arbitrary bytes.
    "22021": ("damaged", "correct the text in the program that wrote it, or restore a backup; nothing was changed"),
    "25006": ("read-only", "use the primary's host in the URL, or a role that can write; nothing was changed"),
}
_BUSY = ("532", "533", "534", "57014")  # out of resources, or a statement timeout
# At the start of a connection, errors have no SQLSTATE, either. The last message is PgBouncer's.
_TOO_MANY = re.compile("too many clients|too many connections|remaining connection slots|no more connections allowed")
_BAD_SETTING = re.compile(r'FATAL: .* parameter "')  # the session did not start, so there is no SQLSTATE
# Without a SQLSTATE, the server was not reached. With one of these prefixes (connection, authorization, database,
# shutdown), the server rejected or closed the connection.
_NOT_REACHED = ("08", "28", "3D", "57P")


class TooManyConnections(Unavailable):
    """A connection that PostgreSQL has refused because there are too many; nothing was changed."""

    def __init__(self, message: str) -> None:
        hint = (
            "try again in a moment; close other connections, or raise the limit of the server, the database or the role"
        )
        super().__init__("store-busy", message, hint)


def reports_too_many_connections(error: BaseException | None) -> bool:
    """Return whether an error of psycopg is that of a connection that was refused because there are too many."""
    return getattr(error, "sqlstate", None) is None and _TOO_MANY.search(str(error)) is not None


@contextmanager
def translate_errors(name: str) -> Iterator[None]:
    """Re-raise SQLAlchemy exceptions and MemoryError as TasktimerError."""
    try:
        yield
    except exc.ArgumentError:
        raise unreadable_url_error() from None
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise _translate(name, error) from error
    except MemoryError as error:
        raise out_of_memory_error(error) from None


@contextmanager
def translate_commit_errors(name: str) -> Iterator[None]:
    """Raise Unavailable, warning that the change may have been stored, if its commit is cut off.

    The connection may be lost, or there may not be enough memory for the answer.
    """
    try:
        yield
    except MemoryError as error:
        raise uncertain_error(name, "there is not enough memory") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise uncertain_error(name, _reported(error)) from error
        raise


def unreadable_url_error() -> InvalidValue:
    """Return the error for an invalid URL, without quoting the URL, which may contain a password."""
    return InvalidValue(
        "invalid-database",
        "the PostgreSQL URL cannot be parsed",
        "use a URL like postgresql://USER@HOST:5432/NAME; in a password, write @ as %40, / as %2F and : as %3A",
    )


def unusable_url_error(reason: str) -> InvalidValue:
    """Return the error for a URL with a parameter that the driver rejects."""
    hint = "see https://www.postgresql.org/docs/current/libpq-connect.html for the parameters after the ?"
    return InvalidValue("invalid-database", f"the PostgreSQL URL cannot be used: {reason}", hint)


def locked_error(name: str) -> Unavailable:
    """Return the error for a lock that another program held for too long."""
    message = f"a row or a table in {name} is locked by another program"
    return Unavailable("store-locked", message, "end that program's transaction, then try again; nothing was changed")


def sqlstate_of(error: exc.SQLAlchemyError) -> str | None:
    """Return the SQLSTATE of an error, or None if PostgreSQL did not report the error."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def _translate(name: str, error: exc.SQLAlchemyError) -> TasktimerError:
    state = sqlstate_of(error)
    if state in _DEADLOCK:
        return ConcurrentUpdate()
    if state == LOCKED:
        return locked_error(name)
    reported = _reported(error)
    if state is None and isinstance(error, exc.ProgrammingError):  # the driver rejects a parameter of the URL
        return unusable_url_error(reported)
    return _unavailable_error(f"cannot use {name}: {reported}", state, error)


def _reported(error: exc.SQLAlchemyError) -> str:
    return str(getattr(error, "orig", error)).strip().partition("\n")[0]


def _unavailable_error(message: str, state: str | None, error: exc.SQLAlchemyError) -> Unavailable:
    if state is None and _BAD_SETTING.search(message):
        hint = "correct the setting in PGTZ, PGDATESTYLE, PGOPTIONS or the URL's options"
        return Unavailable("store-unreachable", message, hint)
    if isinstance(error, exc.OperationalError) and reports_too_many_connections(error.orig):
        return TooManyConnections(message)
    is_of_connection = isinstance(error, exc.OperationalError | exc.InterfaceError)
    if is_of_connection and (state is None or state.startswith(_NOT_REACHED)):
        hint = "check that the server is running and that the URL, the user and the password are correct"
        return Unavailable("store-unreachable", message, hint)
    if state in _EXPLANATIONS:
        kind, hint = _EXPLANATIONS[state]
        return Unavailable(f"store-{kind}", message, hint)
    if isinstance(error, exc.TimeoutError) or (state is not None and state.startswith(_BUSY)):
        return Unavailable("store-busy", message, "try again in a moment; see the server's log")
    hint = "check the permissions of this user and the tables in the schema tasktimer;"
    return Unavailable("store-unusable", message, f"{hint} see the server's log")
