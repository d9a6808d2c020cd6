"""Server settings from options, the environment or a `.env` file in the current folder, in this order of precedence."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import cached_property, partial
from io import StringIO
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from tasktimer.config.connection_strings import is_postgres_url
from tasktimer.config.settings import Settings, parse_database, parse_setting
from tasktimer.config.timezones import get_zone, local_zone
from tasktimer.core.calendar_zone import apply_calendar
from tasktimer.errors import InvalidValue, quote_value

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

_Value = TypeVar("_Value")

_ENV_FILE = ".env"
_HOST = r"(\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]|\*"
_ORIGIN = r"https?://[^/\s,*]+|\*"
_ROOT_PATH = r"(/[A-Za-z0-9._~-]+)*/?"


@dataclass(frozen=True)
class ServerOptions:
    """The options of a server; picklable, so that worker processes can receive them."""

    database: Path | str
    tz: ZoneInfo | None = None  # None: the machine's time zone
    day_starts_at: timedelta = timedelta()
    week_starts_on: int = 0  # Monday
    needs_token: bool = True
    allowed_hosts: tuple[str, ...] = LOOPBACK_NAMES
    cors_origins: tuple[str, ...] = ()
    root_path: str = ""  # the prefix that a proxy removes from the paths of requests; does not end with a slash
    pool_size: int = 20
    store_timeout: float = 5  # seconds that a request waits for a connection, then for a lock
    body_timeout: float = 30  # seconds for each 64 KiB of the body of a request

    def find_zone(self, name: str | None) -> tzinfo:
        """Return the time zone with this name, by default the server's, in which days and weeks start as set."""
        zone = (self.tz or local_zone(os.environ)) if name is None else get_zone(name)
        return apply_calendar(zone, self.day_starts_at, self.week_starts_on)


class ServerSettings(Settings):
    """Settings that can also come from DATABASE_URL, PORT and a `.env` file."""

    def __init__(self, environ: Mapping[str, str], database: str | None = None) -> None:
        """Initialize from the environment, the `.env` file and the value of `--database`."""
        from_file = _read_env_file()
        super().__init__({**from_file, **{name: text for name, text in environ.items() if text}}, database)

    @cached_property
    def database(self) -> Path | str:
        """The path of a file, or a PostgreSQL URL as a string."""
        return (None if super().names_database() else self._parse("DATABASE_URL", _parse_url)) or super().database

    def names_database(self) -> bool:
        """Return whether an option or the environment, including DATABASE_URL, specifies the database."""
        return super().names_database() or "DATABASE_URL" in self._environ

    @cached_property
    def port(self) -> int | None:
        """The port from PORT, or None if PORT is not set."""
        return self._parse("PORT", parse_port)

    def options(  # noqa: PLR0913 (one for each option of the command)
        self,
        *,
        needs_token: bool = True,
        own_names: Sequence[str] = (),
        allowed_hosts: Sequence[str] = (),
        cors_origins: Sequence[str] = (),
        root_path: str = "",
        pool_size: int | None = None,
        store_timeout: int | None = None,
    ) -> ServerOptions:
        """Return the server's options, with defaults from the environment; raise InvalidValue if a value is invalid."""
        hosts = allowed_hosts or self._list("TASKTIMER_ALLOWED_HOSTS")
        origins = cors_origins or self._list("TASKTIMER_CORS_ORIGINS")
        return ServerOptions(
            database=self.database,
            tz=self.tz,
            day_starts_at=self.day_starts_at,
            week_starts_on=self.week_starts_on,
            needs_token=needs_token,
            allowed_hosts=(*LOOPBACK_NAMES, *own_names, *(_validate(host, _HOST, "host") for host in hosts)),
            cors_origins=tuple(_validate(origin, _ORIGIN, "origin") for origin in origins),
            root_path=parse_root_path(root_path),
            pool_size=pool_size or self._parse("TASKTIMER_POOL_SIZE", parse_pool_size) or ServerOptions.pool_size,
            store_timeout=store_timeout
            or self._parse("TASKTIMER_STORE_TIMEOUT", parse_store_timeout)
            or ServerOptions.store_timeout,
        )

    def _parse(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        return parse_setting((name, self._environ[name]) if name in self._environ else None, parse)

    def _list(self, name: str) -> list[str]:
        return [part.strip() for part in self._environ.get(name, "").split(",") if part.strip()]


def _parse_integer(text: str, *, least: int, most: int, noun: str) -> int:
    if re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= most:
        return int(text)
    hint = f"use an integer from {least} to {most}"
    raise InvalidValue(f"invalid-{noun.replace(' ', '-')}", f"invalid {noun} {quote_value(text)}", hint)


parse_port = partial(_parse_integer, least=0, most=65535, noun="port")  # with 0, the system chooses a port
parse_pool_size = partial(_parse_integer, least=1, most=1000, noun="pool size")  # PostgreSQL connections per process
parse_store_timeout = partial(_parse_integer, least=1, most=3600, noun="store timeout")  # seconds
parse_workers = partial(_parse_integer, least=1, most=1000, noun="number of workers")


def parse_root_path(text: str) -> str:
    """Return the prefix of the paths of URLs, without a slash at its end; raise InvalidValue if it is not a path."""
    if re.fullmatch(_ROOT_PATH, text):
        return text.rstrip("/")
    raise InvalidValue("invalid-root-path", f"invalid root path {quote_value(text)}", "use a path like /tasktimer")


def _validate(text: str, pattern: str, noun: str) -> str:
    if re.fullmatch(pattern, text):
        return text.lower()
    example = "tasks.example.org, *.example.org or *" if noun == "host" else "https://app.example.org, or *"
    raise InvalidValue(f"invalid-{noun}", f"invalid {noun} {quote_value(text)}", f"use a format like {example}")


def _parse_url(text: str) -> Path | str:
    if not is_postgres_url(text):
        # Do not repeat the value, since it may contain a password.
        hint = "set TASKTIMER_DATABASE or use --database, which take precedence"
        raise InvalidValue("invalid-database", "not a PostgreSQL URL", hint)
    return parse_database(text)


def _read_env_file() -> dict[str, str]:
    try:
        text = Path(_ENV_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InvalidValue("invalid-env-file", f"cannot read {_ENV_FILE}: {error}", "fix or remove the file") from None
    values = dotenv_values(stream=StringIO(text))
    names = ("DATABASE_URL", "PORT")
    return {name: text for name, text in values.items() if text and (name in names or name.startswith("TASKTIMER_"))}
