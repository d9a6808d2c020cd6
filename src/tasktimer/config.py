"""The text of a config file; imported only where there is one."""

import re
import tomllib
from contextlib import suppress
from pathlib import Path

from tasktimer.errors import InvalidValue, quoted

_SETTINGS = ("database", "user", "format", "tz")
_HINT = (
    'the settings are database = "/path", user = 42, format = "table" and tz = "Europe/Berlin", '
    "each on a line of its own"
)


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
        raise _bad(f"{path}, line {line}: it is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # a mistake in it, a number without end, a list without end
        found = re.search(r"\(at line ([0-9]+)", str(error))
        line = int(found[1]) if found else content.count(b"\n") + 1
        raise _bad(f"{path}, line {line}: {error}") from None
    return {name: _setting(name, value, f"{path}, line {_line_of(name, text)}") for name, value in config.items()}


def _setting(name: str, value: object, origin: str) -> tuple[str, str]:
    if name not in _SETTINGS:
        raise _bad(f"{origin}: there is no setting {quoted(name)}")
    if not isinstance(value, str) and not (name == "user" and type(value) is int):
        raise _bad(f"{origin}: {name} cannot be {quoted(repr(value))}")
    return origin, str(value)


def _line_of(name: str, text: str) -> int:
    """The line by whose end the setting has its value."""
    lines = text.splitlines()
    for number in range(1, len(lines)):
        with suppress(tomllib.TOMLDecodeError):
            if name in tomllib.loads("\n".join(lines[:number])):
                return number
    return len(lines)


def _bad(what: str) -> InvalidValue:
    return InvalidValue("invalid-config", what, _HINT)
