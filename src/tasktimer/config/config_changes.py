"""Changes to the config file that keep its comments and layout, imported only by the commands that make them."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import mkstemp

from tomlkit import TOMLDocument, dumps, parse

from tasktimer.config.calendar_settings import parse_day_start, parse_week_start
from tasktimer.config.config_file import MOST_BYTES, parse_config, parse_toml, read_content
from tasktimer.config.file_replacement import replace_file, write_error
from tasktimer.config.setting_names import SETTINGS, validate_name
from tasktimer.config.settings import parse_boolean, parse_database, parse_format, parse_setting, parse_user
from tasktimer.config.timezones import get_zone
from tasktimer.core.text import validate_text
from tasktimer.errors import Conflict, InvalidValue, NotFound

_PARSERS: dict[str, Callable[[str], object]] = {
    "database": parse_database,
    "user": parse_user,
    "format": parse_format,
    "tz": get_zone,
    "exclusive": parse_boolean,
    "day_starts_at": parse_day_start,
    "week_starts_on": parse_week_start,
}
_LONGEST = 10_000
_SIZE_HINT = "shorten its comments"

# The content of a new file that is opened in an editor.
TEMPLATE = """\
# Settings of tasktimer. To change one, remove the # at the start of its line.

# The file or the PostgreSQL database with the tasks:
# database = "~/tasks.db"

# The user for commands without --user, or "all":
# user = 42

# The output format: table, tsv, csv or json:
# format = "table"

# The time zone of dates and times:
# tz = "Europe/Berlin"

# Starting a task stops the running tasks:
# exclusive = true

# The time at which days start; -01:00 is 23:00 the day before:
# day_starts_at = "04:00"

# The weekday on which weeks start:
# week_starts_on = "sunday"
"""


def set_value(path: Path, name: str, text: str) -> None:
    """Set a setting in the config file at this path, which is created if it does not exist.

    Raises:
        InvalidValue: if the setting is unknown, its value is invalid, the file cannot be read or parsed, or it would
            become too large to be read.
        Unavailable: if the file cannot be written.
    """
    validate_name(name)
    value = _PARSERS[name](text)
    validate_text(text, "value", longest=_LONGEST)

    def change() -> bytes:
        document = _read_document(path)
        document[name] = value if type(value) in SETTINGS[name] else text
        content = dumps(document).encode()
        if len(content) >= MOST_BYTES:
            raise InvalidValue("invalid-config", f"the config file {path} would be 1 MB or larger", _SIZE_HINT)
        return content

    replace_file(path, change)


def unset_value(path: Path, name: str) -> None:
    """Remove a setting from the config file at this path; the setting can also be an unknown one.

    Raises:
        InvalidValue: if the setting is unknown and not in the file, or the file cannot be read or parsed.
        NotFound: if the setting is not in the file.
        Unavailable: if the file cannot be written.
    """

    def change() -> bytes:
        document = _read_document(path)
        if name not in document:
            validate_name(name)
            raise NotFound("setting-not-set", f"{name} is not set in the config file {path}")
        del document[name]
        return dumps(document).encode()

    replace_file(path, change)


class ConfigEdit:
    """An edit of the config file: a copy to edit, which replaces the file if it is valid."""

    def __init__(self, path: Path) -> None:
        """Copy the config file at this path or, if it does not exist, a template."""
        self._path = path
        self._original = _read(path)
        self._copied = TEMPLATE.encode() if self._original is None else self._original
        self.copy = _write_copy(path, self._copied)

    @property
    def is_changed(self) -> bool:
        """Whether the copy has been changed."""
        return read_content(self.copy) != self._copied

    def apply(self) -> None:
        """Replace the config file with the copy, and delete the copy.

        Raises:
            InvalidValue: if the copy cannot be parsed, or contains an invalid setting.
            Conflict: if the config file has been changed since it was copied.
            Unavailable: if the config file cannot be written.
        """
        content = read_content(self.copy)
        for name, source in parse_config(self.copy, content).items():
            parse_setting(source, _PARSERS[name])

        def change() -> bytes:
            if _read(self._path) != self._original:
                raise Conflict("config-changed", f"the config file {self._path} was changed during the edit")
            return content

        replace_file(self._path, change)
        self.discard()

    def discard(self) -> None:
        """Delete the copy."""
        self.copy.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    """Return the content of the config file, or None if it does not exist."""
    return read_content(path) if os.path.lexists(os.path.realpath(path)) else None


def _read_document(path: Path) -> TOMLDocument:
    text, _ = parse_toml(path, _read(path) or b"")
    return parse(text)


def _write_copy(path: Path, content: bytes) -> Path:
    folder = Path(os.path.realpath(path)).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = mkstemp(prefix="config-", suffix=".toml", dir=folder)  # with the mode 0600
        os.close(descriptor)
        copy = Path(name)
        try:
            copy.write_bytes(content)
        except OSError:
            copy.unlink()
            raise
    except OSError as error:
        raise write_error(path, error) from None
    return copy
