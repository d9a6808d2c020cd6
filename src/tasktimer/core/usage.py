"""How much a project or a tag was used."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Usage:
    """A project or a tag: how many tasks have it, when the last of them started, how long they took together."""

    name: str
    count: int
    last_time: datetime
    worked: timedelta
