"""PostgreSQL URLs, in the forms of PostgreSQL's manual and of SQLAlchemy, as parameters for libpq."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from tasktimer.store.postgres.errors import unreadable_url_error, unusable_url_error

_LAST_PORT = 65_535

_REST = r"@)?(?P<hosts>[^/?]*)(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?"
_URL = re.compile(rf"[\w+]+://(?:(?P<user>[^:@/?]*)(?::(?P<password>[^@/?]*))?{_REST}", re.DOTALL)
# As SQLAlchemy reads a URL: / and ? in the password need not be escaped.
_UNESCAPED_URL = re.compile(rf"[\w+]+://(?:(?P<user>[^:@/?]*)(?::(?P<password>[^@]*))?{_REST}", re.DOTALL)

_HOST = re.compile(r"(?:\[(?P<address>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>[0-9]*))?")
_HOST_IN_QUERY = re.compile(r"(?P<name>[A-Za-z0-9.-]*):(?P<port>[0-9]+)")

# Arguments of psycopg.connect that are not parameters of libpq.
_ARGUMENTS = ("autocommit", "conninfo", "context", "cursor_factory", "row_factory")


class PostgresUrl(NamedTuple):
    """The parameters for libpq in a URL, and a name of the database without its password and other parameters."""

    parameters: Mapping[str, str]
    name: str


def parse_url(url: str) -> PostgresUrl:
    """Parse a PostgreSQL URL; raise InvalidValue if the URL is invalid."""
    for pattern in (_URL, _UNESCAPED_URL):
        match = pattern.fullmatch(url)
        # After an unescaped @ in the password, the rest of the password would be part of the host or the database.
        if match and "@" not in f"{match['hosts']}{match['database']}" and _has_valid_ports(match["hosts"]):
            return _read(match)
    raise unreadable_url_error()


def _has_valid_ports(hosts: str) -> bool:
    return all(_HOST.fullmatch(host) for host in hosts.split(","))


def _read(match: re.Match[str]) -> PostgresUrl:
    try:
        parameters = {
            "user": _decode(match["user"] or ""),
            "password": _decode(match["password"] or ""),
            "dbname": _decode(match["database"] or ""),
            **_join_hosts(_split_hosts(match["hosts"])),
        }
        given = {name: text for name, text in parameters.items() if text} | _read_query(match["query"] or "")
    except ValueError:  # bytes that are not UTF-8
        raise unreadable_url_error() from None
    if not all(_is_port(port) for port in given.get("port", "").split(",")):
        raise unreadable_url_error()
    user = f"{match['user']}@" if match["user"] else ""
    database = "" if match["database"] is None else f"/{match['database']}"
    return PostgresUrl(given, f"postgresql://{user}{match['hosts']}{database}")


def _decode(text: str) -> str:
    decoded = unquote(text, errors="strict")
    if "\0" in decoded:
        raise ValueError("a null character")
    return decoded


def _split_hosts(text: str) -> Iterator[tuple[str, str]]:
    for host in text.split(","):
        match = _HOST.fullmatch(host)
        assert match is not None
        yield _decode(match["address"] or match["name"] or ""), match["port"] or ""


def _join_hosts(hosts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return hosts and their ports as libpq expects them: `host` and `port`, each with commas."""
    names, ports = zip(*hosts, strict=True)
    return {
        **({"host": ",".join(names)} if any(names) else {}),
        **({"port": ",".join(ports)} if any(ports) else {}),
    }


def _is_port(text: str) -> bool:
    return not text or (re.fullmatch("[0-9]{1,9}", text) is not None and 0 < int(text) <= _LAST_PORT)


def _read_query(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    hosts: list[str] = []
    for part in filter(None, text.split("&")):
        name, _, value = map(_decode, part.partition("="))
        if name in _ARGUMENTS:
            raise unusable_url_error(f'invalid connection option "{name}"')
        if name == "host":  # SQLAlchemy repeats it for each host
            hosts += value.split(",")
        elif name == "ssl":  # as asyncpg and JDBC call it
            parameters["sslmode"] = "require" if value == "true" else value
        else:
            parameters[name] = value
    return parameters | _read_hosts_of_query(hosts)


def _read_hosts_of_query(hosts: list[str]) -> dict[str, str]:
    """Return the parameters for hosts in the query, which can contain ports, as in `host=a:5432`."""
    if not hosts:
        return {}
    matches = [_HOST_IN_QUERY.fullmatch(host) for host in hosts]
    return _join_hosts(
        (host, "") if match is None else (match["name"], match["port"])
        for host, match in zip(hosts, matches, strict=True)
    )
