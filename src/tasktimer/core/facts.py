"""What can be told of a store and of the settings."""

from typing import NamedTuple


class Counts(NamedTuple):
    """How much a store holds, of every user."""

    tasks: int
    running: int
    users: int
    projects: int
    tags: int
    commands: int


class Fact(NamedTuple):
    """Something with a name; where it was said stands with a setting."""

    name: str
    value: str | int | None
    origin: str | None = None
