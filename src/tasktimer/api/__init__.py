"""The tracker for Python scripts: what the commands do, as methods of the same names."""

import os
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from tasktimer.api.keeping import Keeping
from tasktimer.api.repairing import Repairing
from tasktimer.api.reversing import Reversing
from tasktimer.api.session import User, checked_user
from tasktimer.api.tracking import Tracking
from tasktimer.config.settings import Settings
from tasktimer.config.timezones import get_zone


def open_tracker(
    database: str | Path | None = None,
    *,
    user: User | None = None,
    tz: str | tzinfo | None = None,
    clock: Callable[[tzinfo], datetime] = datetime.now,
) -> "Tracker":
    """A tracker on a file's path or a PostgreSQL URL; nothing is read or created yet.

    What is not given is as for the commands: of the environment, else of the config file, else the default. The clock
    gives the present moment in a zone; a test passes its own.

    Raises:
        InvalidValue: the user or the zone cannot be one. What is wrong with a setting is told when it is used.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, open_tracker(f"{folder}/tasks.db", user=1) as tracker:
    ...     task = tracker.track("write docs", project="acme", tags=["docs"])
    ...     tracker.stop(task.id)[0].running
    False
    """
    settings = Settings(os.environ, _as_text(database), source="database")
    return Tracker(settings, user=checked_user(user), zone=get_zone(tz) if isinstance(tz, str) else tz, clock=clock)


def _as_text(database: str | Path | None) -> str | None:
    if not isinstance(database, Path) or str(database).startswith("~"):
        return None if database is None else str(database)
    # A Path is a path already, and loses the ./ that would mark it as one.
    return f"/.{database}" if database.is_absolute() else f"./{database}"


class Tracker(Tracking, Repairing, Reversing, Keeping):
    """The verbs on one store. Each is a transaction of its own: done, and on the disk, when it returns.

    A method's `user` is the one whose tasks are meant, or "all"; without it, it is the tracker's. Every refusal is a
    `tasktimer.errors.TasktimerError` with a stable `code`, and has changed nothing.

    >>> from datetime import UTC, timedelta
    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> noon = datetime(2023, 7, 16, 12, 0, tzinfo=UTC)
    >>> tracker = open_tracker(f"{folder.name}/tasks.db", user=1, tz="Europe/Berlin", clock=noon.astimezone)
    >>> tracker.track("write docs", at=noon - timedelta(hours=3)).id
    1
    >>> [task.description for task in tracker.running()]
    ['write docs']
    >>> str(tracker.times().worked)
    '3:00:00'
    >>> tracker.stop()[0].end_time == noon
    True
    >>> [journaled.name for journaled in tracker.undo()]
    ['stop']
    >>> tracker.show(1).running
    True
    >>> [journaled.name for journaled in tracker.redo()]
    ['stop']
    >>> [journaled.name for journaled in tracker.history()]
    ['track', 'stop', 'undo', 'redo']
    >>> tracker.close()
    >>> folder.cleanup()
    """
