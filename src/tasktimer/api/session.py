"""What every method of a tracker needs: the settings, the user, the present moment, the store."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from tasktimer.config import users
from tasktimer.config.settings import ALL_USERS, Settings
from tasktimer.core.local_time import RANGE_HINT, validate_date
from tasktimer.core.task import parse_id, parse_positive, parse_user_id
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue
from tasktimer.store.factory import open_store

if TYPE_CHECKING:
    from tasktimer.store.protocols import StoreHandle

User = int | Literal["all"]
Time = datetime | str  # with a zone, or ISO 8601 with an offset


class Session:
    """A store, and for whom and when it is used; nothing is read before it is asked for."""

    def __init__(
        self, settings: Settings, *, user: User | None, zone: tzinfo | None, clock: Callable[[tzinfo], datetime]
    ) -> None:
        """Take what `open_tracker` was given."""
        self._settings = settings
        self._user = user
        self._zone = zone
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def zone(self) -> tzinfo:
        """The zone in which days are cut."""
        return self._zone or self._settings.zone

    @property
    def database(self) -> str:
        """The whole path of the file, or the URL of the PostgreSQL database without its password."""
        database = self._settings.database
        return str(database.absolute()) if isinstance(database, Path) else self._store.name

    def now(self) -> datetime:
        """The present moment, in that zone."""
        return self._clock(self.zone)

    def close(self) -> None:
        """Let go of the store, if it was used."""
        if "_store" in vars(self):  # to ask for self._store would open one
            self._store.close()
            del self._store

    @cached_property
    def _store(self) -> "StoreHandle":
        return open_store(self._settings.database)

    def _said(self, user: User | None) -> User | None:
        return self._user if user is None else checked_user(user)

    def _whose(self, user: User | None) -> int | None:
        """The user whose tasks are meant; None is every user."""
        return users.whose(self._settings, self._said(user))

    def _owner(self, user: User | None) -> int:
        """The user whom a new task belongs to."""
        return users.owner(self._settings, self._said(user))

    def _owner_of_ids(self, user: User | None) -> int | None:
        """The user to whom the tasks of ids must belong: only one who is named with them restricts them."""
        return None if user is None else self._whose(user)

    def _author(self, user: User | None) -> int:
        """The user who gives a command, for the journal."""
        return users.author(self._settings, checked_user(user), self._user)

    def _whose_commands(self, user: User | None) -> int:
        """The user whose own commands are meant."""
        return users.whose_commands(self._settings, checked_user(user), self._user)


def to_instant(value: Time) -> datetime:
    """Return a time that a caller passes, in UTC.

    Raises:
        InvalidValue: it is not a time, has no zone, or is out of range.
    """
    if isinstance(value, str):
        return parse_instant(value)
    if not isinstance(value, datetime):
        raise InvalidValue("invalid-time", f"{value!r} is not a time", "give a datetime that has a zone")
    if value.utcoffset() is None:
        raise InvalidValue(
            "naive-time", f"the time {value} has no zone", "give it a tzinfo, or take the machine's: .astimezone()"
        )
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {value} is out of range", RANGE_HINT) from None
    validate_date(instant.date())
    return instant


def checked_id(number: int) -> int:
    """An id that a task can have."""
    # As the command line reads it: what is an integer to Python alone, such as True, is no id.
    return parse_id(str(number))


def checked_ids(numbers: tuple[int, ...], *, noun: str = "task") -> list[int]:
    """Ids that there can be, at least one."""
    if not numbers:
        raise InvalidValue("no-ids", f"it is not said which {noun}s are meant", "give their ids")
    return [parse_positive(str(number), noun=f"{noun} id", code="invalid-id") for number in numbers]


def checked_count(number: int, *, noun: str, code: str) -> int:
    """How many are meant, at least one."""
    return parse_positive(str(number), noun=noun, code=code)


def checked_user(user: User | None) -> User | None:
    """A user that there can be, or all."""
    return user if user is None or user == ALL_USERS else parse_user_id(str(user))
