"""What can be told of a store and of the settings."""

from typing import Literal, NamedTuple

from tasktimer.errors import TasktimerError

State = Literal["current", "older", "missing", "unusable"]


class StoreStats(NamedTuple):
    """How much a store holds, of every user."""

    tasks: int
    running: int
    users: int
    projects: int
    tags: int
    commands: int


class Info(NamedTuple):
    """What a store is; what could not be found out is None."""

    state: State
    size: int | None  # in bytes; of a PostgreSQL database that of the tasktimer tables and their indexes
    engine: str | None
    schema: int | None
    needed_schema: int
    counts: StoreStats | None
    problem: TasktimerError | None  # why it is unusable


class InfoField(NamedTuple):
    """Something with a name; where it was said stands with a setting."""

    name: str
    value: str | int | None
    origin: str | None = None
