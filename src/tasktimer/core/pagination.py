"""A page of tasks: how many, and from where on."""

from datetime import datetime
from typing import NamedTuple


class Cursor(NamedTuple):
    """Where a task stands among others, which are in the order of their starts, then of their ids."""

    start_time: datetime
    id: int


class Page(NamedTuple):
    """At most `limit` tasks, those behind a place or (None) from the first on."""

    limit: int
    after: Cursor | None = None
