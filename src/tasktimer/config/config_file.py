"""A config file: its text, and why it cannot be read; imported only where there is one."""

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from shlex import quote

from tasktimer.errors import InvalidValue, quote_value

_SETTINGS = ("database", "user", "format", "tz")
_HINT = (
    'the settings are database = "/path", user = 42, format = "table" and tz = "Europe/Berlin", '
    "each on a line of its own"
)


def read_config(path: Path) -> dict[str, tuple[str, str]]:
    """The settings of a file that is there.

    Raises:
        InvalidValue: it cannot be read, or holds something that is no setting.
    """
    try:
        if not path.is_file():  # a pipe would be waited for
            raise _unreadable_error(path, "it is not a regular file")
        content = path.read_bytes()
    except PermissionError as error:
        raise _unreadable_error(path, error.strerror, f"make it readable: chmod u+r {quote(str(path))}") from None
    except OSError as error:
        raise _unreadable_error(path, error.strerror) from None
    return parse_config(path, content)


def unreachable_error(path: Path, error: OSError) -> InvalidValue:
    """Return the error for a config file that may be there: its folder cannot be searched."""
    message = f"cannot look for the config file {path}: {error.strerror}"
    hint = "set HOME to your own home directory, or name the database: tasktimer --database PATH list"
    return InvalidValue("invalid-config", message, hint)


def parse_config(path: Path, content: bytes) -> dict[str, tuple[str, str]]:
    """The settings of a file, by name: where each stands, and its text.

    Raises:
        InvalidValue: it cannot be read, or holds something that is no setting.
    """
    try:
        text = content.decode("utf-8-sig")  # with or without the mark that some editors put first
        config = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _invalid_config(f"{path}, line {line}: it is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # a mistake in it, a number without end, a list without end
        found = re.search(r"\(at line ([0-9]+)", str(error))
        line = int(found[1]) if found else content.count(b"\n") + 1
        raise _invalid_config(f"{path}, line {line}: {error}") from None
    return {name: _setting(name, value, f"{path}, line {_line_of(name, text)}") for name, value in config.items()}


def _setting(name: str, value: object, origin: str) -> tuple[str, str]:
    if name not in _SETTINGS:
        raise _invalid_config(f"{origin}: there is no setting {quote_value(name)}")
    if not isinstance(value, str) and not (name == "user" and type(value) is int):
        raise _invalid_config(f"{origin}: {name} cannot be {quote_value(repr(value))}")
    return origin, str(value)


def _line_of(name: str, text: str) -> int:
    """The line by whose end the setting has its value."""
    lines = text.splitlines()
    for number in range(1, len(lines)):
        with suppress(tomllib.TOMLDecodeError):
            if name in tomllib.loads("\n".join(lines[:number])):
                return number
    return len(lines)


def _unreadable_error(path: Path, reason: str | None, hint: str = "mend it, or move it away") -> InvalidValue:
    return InvalidValue("invalid-config", f"cannot read the config file {path}: {reason}", hint)


def _invalid_config(message: str) -> InvalidValue:
    return InvalidValue("invalid-config", message, _HINT)
