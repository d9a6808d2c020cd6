"""What PostgreSQL and its driver report, as refusals that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tasktimer.errors import InvalidValue, Overtaken, TasktimerError, Unavailable
from tasktimer.store.failures import out_of_memory

_LOCKED = "55P03"
_DEADLOCK = ("40P01", "40001")
_FULL = "53100"
_BUSY = ("532", "534", "57014")  # short of something, or what was asked took too long
# Without a code the server was not reached; with one of these (connections, rights, databases, shutting down) it has
# refused, or left, who came.
_NOT_REACHED = ("08", "28", "3D", "53300", "57P")


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what is reported while a database is used into a refusal."""
    try:
        yield
    except ArgumentError:
        raise unreadable_url() from None
    except (DBAPIError, PoolTimeout) as error:
        raise _refusal(name, error) from error
    except MemoryError as error:
        raise out_of_memory(error) from None


def unreadable_url() -> InvalidValue:
    """The refusal for a URL that cannot be read; it may hold a password, and is not repeated."""
    return InvalidValue(
        "invalid-database",
        "the PostgreSQL URL cannot be read",
        "write it like postgresql://USER@HOST:5432/NAME; in a password @ is %40, / is %2F and : is %3A",
    )


def sqlstate_of(error: SQLAlchemyError) -> str | None:
    """The code that PostgreSQL gave, if it was PostgreSQL that reported."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def _refusal(name: str, error: SQLAlchemyError) -> TasktimerError:
    state = sqlstate_of(error)
    if state in _DEADLOCK:
        return Overtaken()
    if state == _LOCKED:
        what = f"a row or a table in {name} is locked by another program"
        return Unavailable("store-locked", what, "end that program's transaction, then try again; nothing was changed")
    reported = str(getattr(error, "orig", error)).strip().partition("\n")[0]
    if state is None and isinstance(error, ProgrammingError):  # of the driver, about a parameter of the URL
        hint = "see https://www.postgresql.org/docs/current/libpq-connect.html for what may stand behind its ?"
        return InvalidValue("invalid-database", f"the PostgreSQL URL cannot be used: {reported}", hint)
    return _unavailable(f"cannot use {name}: {reported}", state, error)


def _unavailable(what: str, state: str | None, error: SQLAlchemyError) -> Unavailable:
    is_of_connection = isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    if is_of_connection and (state is None or state.startswith(_NOT_REACHED)):
        hint = "is the server running, and are the URL, the user and the password right?"
        return Unavailable("store-unreachable", what, hint)
    if state == _FULL:
        return Unavailable("store-full", what, "free some space where the server keeps it; nothing was changed")
    if state is not None and state.startswith(_BUSY):
        return Unavailable("store-busy", what, "try again in a moment; the log of the server says more")
    hint = "may this user use the database and its schema tasktimer, and has no other program changed the tables?"
    return Unavailable("store-unusable", what, f"{hint} the log of the server says more")
