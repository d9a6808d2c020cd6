"""Parser for the config file, imported only if the file exists."""

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any

from tasktimer.config.setting_names import SETTINGS, validate_name
from tasktimer.errors import InvalidValue, quote_value

MOST_BYTES = 1_000_000
_HINT = (
    'use lines like database = "/path", user = 42, format = "table", tz = "Europe/Berlin", exclusive = true, '
    'day_starts_at = "04:00" or week_starts_on = "sunday"'
)


def read_config(path: Path) -> dict[str, tuple[str, str]]:
    """Read and parse a config file; see `parse_config` for the result.

    Raises:
        InvalidValue: if the file cannot be read, or contains an invalid setting.
    """
    return parse_config(path, read_content(path))


def read_content(path: Path) -> bytes:
    """Return the content of a config file; raise InvalidValue if it cannot be read."""
    try:
        if not path.is_file():  # reading a pipe would block
            raise _unreadable_error(path, "it is not a regular file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
    except PermissionError as error:
        raise _unreadable_error(
            path, error.strerror, f"to make it readable, run: chmod u+r {quote(str(path))}"
        ) from None
    except OSError as error:
        raise _unreadable_error(path, error.strerror) from None
    if len(content) == MOST_BYTES:
        raise _unreadable_error(path, "it is 1 MB or larger")
    return content


def parse_config(path: Path, content: bytes) -> dict[str, tuple[str, str]]:
    """Parse a config file's content, and return a mapping from each setting's name to its origin and its text.

    Raises:
        InvalidValue: if the content cannot be parsed, or contains an invalid setting.
    """
    text, config = parse_toml(path, content)
    return {name: _setting(name, value, f"{path}, line {_line_of(name, text)}") for name, value in config.items()}


def parse_toml(path: Path, content: bytes) -> tuple[str, dict[str, Any]]:
    """Return a config file's content as text and as a mapping; raise InvalidValue if it is not TOML."""
    try:
        text = content.decode("utf-8-sig")  # some editors add a byte order mark
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _invalid_config(f"{path}, line {line}: invalid UTF-8") from None
    except (ValueError, RecursionError) as error:  # also if a number or the nesting exceeds Python's limits
        line_match = re.search(r"\(at line ([0-9]+)", str(error))
        line = int(line_match[1]) if line_match else content.count(b"\n") + 1
        raise _invalid_config(f"{path}, line {line}: {error}") from None


def _setting(name: str, value: object, origin: str) -> tuple[str, str]:
    try:
        validate_name(name)
    except InvalidValue as error:
        raise InvalidValue("invalid-config", f"{origin}: {error.message}", error.hint) from None
    if type(value) not in SETTINGS[name]:  # a boolean is not an integer here
        raise _invalid_config(f"{origin}: invalid {name} {quote_value(repr(value))}")
    return origin, str(value)


def _line_of(name: str, text: str) -> int:
    """Return the number of the line on which the value of a setting ends."""
    lines = text.splitlines()
    for number in range(1, len(lines)):
        with suppress(tomllib.TOMLDecodeError):
            if name in tomllib.loads("\n".join(lines[:number])):
                return number
    return len(lines)


def _unreadable_error(path: Path, reason: str | None, hint: str = "fix or remove the file") -> InvalidValue:
    return InvalidValue("invalid-config", f"cannot read the config file {path}: {reason}", hint)


def _invalid_config(message: str) -> InvalidValue:
    return InvalidValue("invalid-config", message, _HINT)
