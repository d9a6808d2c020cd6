"""Settings from options, environment variables and the config file, in this order of precedence."""

from collections.abc import Callable, Mapping
from datetime import timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

import platformdirs

from tasktimer.config.timezones import get_zone, local_zone
from tasktimer.core.task import parse_user_id
from tasktimer.errors import InvalidValue, Unavailable, quote_value

FORMATS = ("table", "tsv", "csv", "json")

_SIGNS = frozenset(":=@$%\\")  # text without these characters can only be a path
_SettingSource = tuple[str, str]  # a setting's origin and its text
_Value = TypeVar("_Value")


class Settings:
    """The settings of a command or a server.

    Each setting is parsed on first use, so that an invalid one affects only the commands that use it. All properties
    raise InvalidValue if the setting is invalid; the message contains the setting's origin.
    """

    def __init__(self, environ: Mapping[str, str], database: str | None = None, *, source: str = "--database") -> None:
        """Initialize with environment variables and the value of --database, which error messages call `source`."""
        self._environ = environ
        self._database = database
        self._database_source = source
        self.unreachable_config: Path | None = None  # a config file skipped because its folder is not accessible

    @cached_property
    def database(self) -> Path | str:
        """The path of the database file, or a PostgreSQL URL as a string.

        Raises:
            Unavailable: if no database is set, and there is no home directory for the default file.
        """
        named = self._named("database")
        source = named or self._config.get("database")
        database = parse_setting(source, parse_database) or default_file()
        return database if source is named else _resolve_relative(database)

    @cached_property
    def user(self) -> "int | str | None":
        """The default user, if set: a user ID, a user name, or "all"."""
        return parse_setting(self._find_source("user"), parse_user)

    @cached_property
    def format(self) -> str | None:
        """The default output format, if set."""
        return parse_setting(self._find_source("format"), parse_format)

    @cached_property
    def exclusive(self) -> bool:
        """Whether starting a task stops the running tasks."""
        return parse_setting(self._find_source("exclusive"), parse_boolean) or False

    @cached_property
    def tz(self) -> ZoneInfo | None:
        """The default time zone, if set."""
        return parse_setting(self._find_source("tz"), get_zone)

    @cached_property
    def day_starts_at(self) -> timedelta:
        """The time after midnight at which days start, or before midnight if it is negative."""
        source = self._find_source("day_starts_at")
        if source is None:
            return timedelta()
        from tasktimer.config.calendar_settings import parse_day_start  # lazy: most users do not set it

        return parse_setting(source, parse_day_start) or timedelta()

    @cached_property
    def week_starts_on(self) -> int:
        """The weekday on which weeks start; 0 is Monday."""
        source = self._find_source("week_starts_on")
        if source is None:
            return 0
        from tasktimer.config.calendar_settings import parse_week_start  # lazy, as above

        return parse_setting(source, parse_week_start) or 0

    @cached_property
    def clock_zone(self) -> ZoneInfo:
        """The time zone of the clock: the default time zone if set, otherwise the machine's time zone."""
        return self.tz or local_zone(self._environ)

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone to use for dates and times, in which days and weeks start as set."""
        return self.apply_calendar(self.clock_zone)

    def apply_calendar(self, zone: tzinfo) -> tzinfo:
        """Return a time zone in which days and weeks start as set: `zone` itself if neither is set."""
        if not self.day_starts_at and not self.week_starts_on:
            return zone
        from tasktimer.core.calendar_zone import apply_calendar  # lazy, as above

        return apply_calendar(zone, self.day_starts_at, self.week_starts_on)

    def origin(self, name: str) -> str | None:
        """Return a setting's origin (an option, a variable or a line in the config file), or None if it is not set."""
        source = self._find_source(name)
        return None if source is None else source[0]

    def overriding_origin(self, name: str) -> str | None:
        """Return the option or the variable that sets a setting regardless of the config file, or None."""
        named = self._named(name)
        return None if named is None else named[0]

    def names_database(self) -> bool:
        """Return whether an option or a variable sets the database; if so, an inaccessible config file is ignored."""
        return self._database is not None or bool(self._environ.get("TASKTIMER_DATABASE"))

    @cached_property
    def _config(self) -> dict[str, _SettingSource]:
        path = config_file()
        if path is None:
            return {}
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            # Under sudo or in a service, HOME may point to another user's home directory.
            if not isinstance(error, PermissionError) or not self.names_database():
                message = f"cannot look for the config file {path}: {error.strerror}"
                hint = None if isinstance(error, PermissionError) else "fix or remove the file"  # a link to itself
                raise InvalidValue("invalid-config", message, hint) from error
            self.unreachable_config = path
            return {}
        from tasktimer.config.config_file import read_config  # lazy: most users have no config file

        return read_config(path)

    def _find_source(self, name: str) -> _SettingSource | None:
        return self._named(name) or self._config.get(name)

    def _named(self, name: str) -> _SettingSource | None:
        """Return a setting's origin and text if an option or a variable sets it, without reading the config file."""
        if name == "database" and self._database is not None:
            return self._database_source, self._database
        variable = f"TASKTIMER_{name.upper()}"
        # An empty variable counts as unset.
        return (variable, self._environ[variable]) if self._environ.get(variable) else None


def default_file() -> Path:
    """Return the path of the default database file.

    Raises:
        Unavailable: if there is no home directory.
    """
    folder = _user_folder("data")
    if folder is None:
        raise Unavailable("no-home-directory", "there is no home directory for the database file")
    return folder / "tasktimer.db"


def config_file() -> Path | None:
    """Return the path of the config file (even if it does not exist), or None if there is no home directory."""
    folder = _user_folder("config")
    return None if folder is None else folder / "config.toml"


def parse_user(text: str) -> int | str:
    """Parse a user ID or a user name, or "all" for all users; it is not looked up whether a name exists."""
    return text if text[:1].isalpha() else parse_user_id(text)


def parse_format(text: str) -> str:
    """Return the name of an output format, or raise InvalidValue if there is no such format."""
    if text in FORMATS:
        return text
    raise InvalidValue("invalid-format", f"invalid format {quote_value(text)}", f"use one of {', '.join(FORMATS)}")


def parse_boolean(text: str) -> bool:
    """Parse "true", "false", "1" or "0"."""
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
    if value is None:
        raise InvalidValue("invalid-boolean", f"invalid value {quote_value(text)}", "use true or false")
    return value


def parse_database(text: str) -> Path | str:
    """Parse the `database` setting, and return the path of a file, or a PostgreSQL URL as a string."""
    if not text.strip() or "\0" in text:
        message = f"the database {quote_value(text)} is neither a path nor a PostgreSQL URL"
        raise InvalidValue("invalid-database", message, "use the path of a file, or postgresql://USER@HOST/NAME")
    if not _SIGNS.isdisjoint(text):
        from tasktimer.config.connection_strings import check_path, is_postgres_url  # lazy: for URLs and errors only

        if is_postgres_url(text):
            return text
        check_path(text)
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InvalidValue(
            "invalid-database",
            f"the database {quote_value(text)} is in an unknown home directory",
            "use an absolute path",
        ) from None


def parse_setting(source: _SettingSource | None, parse: Callable[[str], _Value]) -> _Value | None:
    """Parse a setting, or return None if it is not set; error messages start with the origin of the setting."""
    if source is None:
        return None
    origin, text = source
    try:
        return parse(text)
    except InvalidValue as error:
        raise InvalidValue(error.code, f"{origin}: {error.message}", error.hint, context=error.context) from None


def _user_folder(kind: Literal["config", "data"]) -> Path | None:
    find = platformdirs.user_config_path if kind == "config" else platformdirs.user_data_path
    try:
        folder = find("tasktimer", appauthor=False)
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None  # older platformdirs return "~" if there is no home directory


def _resolve_relative(database: Path | str) -> Path | str:
    """Resolve a relative path in the config file against the folder of that file, not the current directory."""
    path = config_file()
    return database if path is None or isinstance(database, str) else path.parent / database
