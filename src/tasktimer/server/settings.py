"""What a server is told by flags, by the environment and by a `.env` file in the working directory."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from tasktimer.config.settings import Settings, parse_database, parse_setting
from tasktimer.errors import InvalidValue, quote_value

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
POOL_SIZE = 10

_ENV_FILE = ".env"
_HOST = r"(\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]|\*"
_ORIGIN = r"https?://[^/\s,*]+|\*"


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How to serve; it can be sent to another process."""

    database: Path | str
    tz: ZoneInfo | None = None  # the machine's own where none is set
    needs_token: bool = True
    allowed_hosts: tuple[str, ...] = LOOPBACK_NAMES
    cors_origins: tuple[str, ...] = ()
    pool_size: int = POOL_SIZE


class ServerSettings(Settings):
    """The settings of a server, which is started where it is installed: DATABASE_URL and a `.env` file count, too."""

    def __init__(self, environ: Mapping[str, str], database: str | None = None) -> None:
        """Take the environment, and what the flag `--database` gave."""
        from_file = _read_env_file()
        super().__init__({**from_file, **{name: text for name, text in environ.items() if text}}, database)

    @cached_property
    def database(self) -> Path | str:
        """The path of a file, or a PostgreSQL URL as a string."""
        is_named = self._database is not None or "TASKTIMER_DATABASE" in self._environ
        url = None if is_named else self._variable("DATABASE_URL")
        return parse_setting(url, _parse_url) or super().database

    def names_database(self) -> bool:
        """Whether a flag or the environment names the database, DATABASE_URL included."""
        return super().names_database() or "DATABASE_URL" in self._environ

    @cached_property
    def port(self) -> int | None:
        """The port that PORT names."""
        return parse_setting(self._variable("PORT"), parse_port)

    def options(
        self,
        *,
        needs_token: bool = True,
        own_names: Sequence[str] = (),
        allowed_hosts: Sequence[str] = (),
        cors_origins: Sequence[str] = (),
        pool_size: int | None = None,
    ) -> ServerOptions:
        """Put together what flags say and, where they are silent, the environment.

        Raises:
            InvalidValue: something is no host, origin or number.
        """
        hosts = allowed_hosts or self._list("TASKTIMER_ALLOWED_HOSTS")
        origins = cors_origins or self._list("TASKTIMER_CORS_ORIGINS")
        options = ServerOptions(
            database=self.database,
            tz=self.tz,
            needs_token=needs_token,
            allowed_hosts=(*LOOPBACK_NAMES, *own_names, *(_checked(host, _HOST, "host") for host in hosts)),
            cors_origins=tuple(_checked(origin, _ORIGIN, "origin") for origin in origins),
        )
        size = pool_size or parse_setting(self._variable("TASKTIMER_POOL_SIZE"), parse_pool_size)
        return replace(options, pool_size=size) if size else options

    def _variable(self, name: str) -> tuple[str, str] | None:
        return (name, self._environ[name]) if name in self._environ else None

    def _list(self, name: str) -> list[str]:
        return [part.strip() for part in self._environ.get(name, "").split(",") if part.strip()]


def parse_port(text: str) -> int:
    """Read a port; 0 lets the system choose one."""
    return _integer(text, 0, 65535, "port")


def parse_pool_size(text: str) -> int:
    """Read how many connections a process may have to PostgreSQL."""
    return _integer(text, 1, 1000, "pool size")


def parse_workers(text: str) -> int:
    """Read how many processes are to serve."""
    return _integer(text, 1, 1000, "number of workers")


def _integer(text: str, least: int, most: int, noun: str) -> int:
    if re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= most:
        return int(text)
    raise InvalidValue(
        f"invalid-{noun.replace(' ', '-')}",
        f"{quote_value(text)} is no {noun}",
        f"give an integer from {least} to {most}",
    )


def _checked(text: str, pattern: str, noun: str) -> str:
    if re.fullmatch(pattern, text):
        return text.lower()
    example = "tasks.example.org, *.example.org or *" if noun == "host" else "https://app.example.org, or *"
    raise InvalidValue(f"invalid-{noun}", f"{quote_value(text)} is no {noun}", f"write it like {example}")


def _parse_url(text: str) -> Path | str:
    if not re.match("postgres(ql)?://", text):
        # What it is instead may hold a password: it is not repeated.
        raise InvalidValue(
            "invalid-database",
            "it is no PostgreSQL URL",
            "set TASKTIMER_DATABASE, or give --database, which come first",
        )
    return parse_database(text)


def _read_env_file() -> dict[str, str]:
    from dotenv import dotenv_values

    try:
        text = Path(_ENV_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InvalidValue(
            "invalid-env-file", f"cannot read {_ENV_FILE}: {error}", "mend it, or move it away"
        ) from None
    values = dotenv_values(stream=StringIO(text))
    names = ("DATABASE_URL", "PORT")
    return {name: text for name, text in values.items() if text and (name in names or name.startswith("TASKTIMER_"))}
