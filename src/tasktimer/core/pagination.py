"""A page of tasks: how many, and from where on."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a task stands among others, which are in the order of their starts, then of their ids."""

    start_time: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` tasks, those behind a place or (None) from the first on."""

    limit: int
    after: Cursor | None = None
