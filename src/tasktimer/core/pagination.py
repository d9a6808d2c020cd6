"""Pages of tasks."""

from datetime import datetime
from typing import NamedTuple


class Cursor(NamedTuple):
    """The position of a task in a list sorted by start, then ID."""

    start_time: datetime
    id: int


class Page(NamedTuple):
    """At most `limit` tasks after a position; `after=None` means from the first task."""

    limit: int
    after: Cursor | None = None
