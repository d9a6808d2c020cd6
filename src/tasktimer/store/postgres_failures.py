"""What PostgreSQL and its driver report, as refusals that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tasktimer.errors import InvalidValue, Overtaken, Unavailable

_LOCKED = "55P03"
_DEADLOCK = ("40P01", "40001")


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what is reported while a database is used into a refusal."""
    try:
        yield
    except ArgumentError:
        raise unreadable_url() from None
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        if sqlstate_of(error) in _DEADLOCK:
            raise Overtaken from error
        raise _locked(name) if sqlstate_of(error) == _LOCKED else _unreachable(name, error) from error
    except DBAPIError as error:
        raise Unavailable(
            "store-unusable",
            f"cannot use {name}: {_first_line(error)}",
            "may this user use the database and its schema tasktimer, and has no other program changed the tables?",
        ) from error


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


def _locked(name: str) -> Unavailable:
    return Unavailable(
        "store-locked",
        f"a row or a table in {name} is locked by another program",
        "end that program's transaction, then try again; nothing was changed",
    )


def _unreachable(name: str, error: SQLAlchemyError) -> Unavailable:
    return Unavailable(
        "store-unreachable",
        f"cannot use {name}: {_first_line(error)}",
        "is the server running, and are the URL, the user and the password right?",
    )


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", error)).strip().partition("\n")[0]
