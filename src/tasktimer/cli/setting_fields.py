"""The settings with their values and origins, as shown by `info` and `config`."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from tasktimer.cli.context import Context
from tasktimer.config.calendar_settings import format_week_start
from tasktimer.config.settings import FORMATS
from tasktimer.config.timezones import zone_names
from tasktimer.core.store_info import InfoField
from tasktimer.core.task import ALL_USERS
from tasktimer.core.timeparse.dates import WEEKDAYS
from tasktimer.errors import TasktimerError
from tasktimer.output.formatting import format_day_start


def _database(context: Context) -> str:
    database = context.settings.database
    return str(database.absolute()) if isinstance(database, Path) else context.store.name


_READERS: dict[str, Callable[[Context], str | int | None]] = {
    "database": _database,
    "user": lambda context: context.settings.user,
    "format": lambda context: context.settings.format,
    "tz": lambda context: str(context.settings.clock_zone),
    "exclusive": lambda context: str(context.settings.exclusive).lower(),
    "day_starts_at": lambda context: format_day_start(context.settings.day_starts_at),
    "week_starts_on": lambda context: format_week_start(context.settings.week_starts_on),
}
# Completion candidates for the value of a setting.
VALUES: dict[str, Callable[[], Iterable[str]]] = {
    "user": lambda: [ALL_USERS],
    "format": lambda: FORMATS,
    "tz": zone_names,
    "exclusive": lambda: ["true", "false"],
    "week_starts_on": lambda: WEEKDAYS,
}


def read_setting(context: Context, name: str) -> str | int | None:
    """Return the value of a setting, or None if it is not set and has no default; raise an error if it is invalid."""
    return _READERS[name](context)


def setting_field(context: Context, name: str, problems: dict[str, TasktimerError]) -> InfoField:
    """Return a setting with its origin; if it is invalid, set its value to None and add the error to `problems`."""
    otherwise = "TZ" if name == "tz" and os.environ.get("TZ") else "default"
    try:
        origin = context.settings.origin(name) or otherwise
    except TasktimerError as error:
        problems.setdefault(error.message, error)
        return InfoField(name, None, "unknown")
    try:
        return InfoField(name, read_setting(context, name), origin)
    except TasktimerError as error:
        problems.setdefault(error.message, error)
        return InfoField(name, None, origin)
