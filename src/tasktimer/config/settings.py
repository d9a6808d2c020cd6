"""What the flags, the environment and the config file say, in that order; and where the data file is."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from tasktimer.config.timezones import get_zone, local_zone
from tasktimer.core.actor import ALL_USERS, AllUsers
from tasktimer.core.task import parse_user_id
from tasktimer.errors import InvalidValue, Unavailable, quote_value

APPLICATION = "tasktimer"
FORMATS = ("table", "tsv", "csv", "json")

_SIGNS = frozenset(":=@$%\\")  # none of them: a path, and nothing else
_SettingSource = tuple[str, str]  # where a setting stands, and its text
_Value = TypeVar("_Value")


class Settings:
    """The settings of a command or a server; each is read when asked for, so that a bad one hinders only who needs it.

    Each property may raise InvalidValue, which names where the bad text stands.
    """

    def __init__(self, environ: Mapping[str, str], database: str | None = None, *, source: str = "--database") -> None:
        """Take the environment, and what the flag `--database`, or something else, said."""
        self._environ = environ
        self._database = database
        self._said_by = source
        self.unreachable_config: Path | None = None  # a config file that is left out: its folder may not be entered

    @cached_property
    def database(self) -> Path | str:
        """The path of a file, or a PostgreSQL URL as a string.

        Raises:
            Unavailable: no database is named, and there is no home to keep one in.
        """
        named = self._named("database")
        given = named or self._config.get("database")
        database = parse_setting(given, parse_database) or default_file()
        return database if given is named else _resolve_relative(database)

    @cached_property
    def user(self) -> int | AllUsers | None:
        """The user to use when a command names none."""
        return parse_setting(self._given("user"), parse_user)

    @cached_property
    def format(self) -> str | None:
        """The format to print in when a command names none."""
        return parse_setting(self._given("format"), parse_format)

    @cached_property
    def tz(self) -> ZoneInfo | None:
        """The zone to use when nothing else is said."""
        return parse_setting(self._given("tz"), get_zone)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which days are cut and times are read: the one that is set, else the machine's own."""
        return self.tz or local_zone(self._environ)

    def origin(self, name: str) -> str | None:
        """Where a setting is given: a flag, a variable, or a line of the config file; None where it is the default."""
        given = self._given(name)
        return None if given is None else given[0]

    def names_database(self) -> bool:
        """Whether a flag or the environment names the database, so that no config file is needed for it."""
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
            self._leave_out(path, error)
            return {}
        from tasktimer.config.config_file import read_config  # most people have no such file

        return read_config(path)

    def _leave_out(self, path: Path, error: OSError) -> None:
        """Do without a config file in the home of another user, which sudo or a service may have kept."""
        if not isinstance(error, PermissionError) or not self.names_database():
            from tasktimer.config.config_file import unreachable_error

            raise unreachable_error(path, error)
        self.unreachable_config = path

    def _given(self, name: str) -> _SettingSource | None:
        return self._named(name) or self._config.get(name)

    def _named(self, name: str) -> _SettingSource | None:
        """Return the flag or the variable that gives a setting; the config file need not be read for it."""
        if name == "database" and self._database is not None:
            return self._said_by, self._database
        variable = f"TASKTIMER_{name.upper()}"
        # A variable that is set to nothing says nothing.
        return (variable, self._environ[variable]) if self._environ.get(variable) else None


def default_file() -> Path:
    """Where a user's tasks are when nothing else is said.

    Raises:
        Unavailable: there is no home to keep them in.
    """
    from platformdirs import user_data_path

    folder = _user_dir(user_data_path)
    if folder is None:
        raise Unavailable(
            "no-home",
            "there is no home directory to keep the tasks in",
            "say where: tasktimer --database PATH ..., or set TASKTIMER_DATABASE or HOME",
        )
    return folder / "tasktimer.db"


def config_file() -> Path | None:
    """Where the config file is, if there is one; None where there is no home for it."""
    from platformdirs import user_config_path

    folder = _user_dir(user_config_path)
    return None if folder is None else folder / "config.toml"


def parse_user(text: str) -> int | AllUsers:
    """Read the id of a user, or `all` for every user."""
    return ALL_USERS if text == ALL_USERS else parse_user_id(text)


def parse_format(text: str) -> str:
    """Read the name of an output format."""
    if text in FORMATS:
        return text
    raise InvalidValue("invalid-format", f"there is no format {quote_value(text)}", f"give one of {', '.join(FORMATS)}")


def parse_database(text: str) -> Path | str:
    """Read the path of a file, or the URL of a PostgreSQL database, which stays text."""
    if not text.strip() or "\0" in text:
        message = f"the database {quote_value(text)} is neither a path nor a PostgreSQL URL"
        raise InvalidValue("invalid-database", message, "give the path of a file, or postgresql://USER@HOST/NAME")
    if not _SIGNS.isdisjoint(text):
        from tasktimer.config.connection_strings import check_path, is_postgres_url  # lazy: PostgreSQL, and errors

        if is_postgres_url(text):
            return text
        check_path(text)
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InvalidValue(
            "invalid-database",
            f"the database {quote_value(text)} is in a home that cannot be found",
            "give its whole path",
        ) from None


def parse_setting(given: _SettingSource | None, parse: Callable[[str], _Value]) -> _Value | None:
    """Read the text of a setting, if there is one; a refusal names where it stands."""
    if given is None:
        return None
    origin, text = given
    try:
        return parse(text)
    except InvalidValue as error:
        raise InvalidValue(error.code, f"{origin}: {error.message}", error.hint) from None


def _user_dir(find: Callable[..., Path]) -> Path | None:
    try:
        folder = find(APPLICATION, appauthor=False)
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None  # earlier releases of platformdirs leave a "~" that leads nowhere


def _resolve_relative(database: Path | str) -> Path | str:
    """Return the database that the config file names: a relative path starts at its folder, wherever a command runs."""
    path = config_file()
    return database if path is None or isinstance(database, str) else path.parent / database
