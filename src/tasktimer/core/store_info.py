"""Information about a store and about settings."""

from typing import Literal, NamedTuple

from tasktimer.errors import TasktimerError

State = Literal["current", "older", "missing", "unusable"]


class StoreStats(NamedTuple):
    """The numbers of tasks, users, labels and commands in a store, across all users."""

    tasks: int
    running: int
    users: int
    projects: int
    tags: int
    commands: int


class Info(NamedTuple):
    """The state and size of a store, and the users who have a task, a journal entry or a token.

    Unknown values are None.
    """

    state: State
    size: int | None  # in bytes; for PostgreSQL, the size of the tasktimer tables and their indexes
    engine: str | None
    schema: int | None
    needed_schema: int
    counts: StoreStats | None
    all_users: list[int] | None
    problem: TasktimerError | None  # why the store is unusable


class InfoField(NamedTuple):
    """A named value and, for a setting, its origin, such as an option or a line in the config file."""

    name: str
    value: str | int | None
    origin: str | None = None
