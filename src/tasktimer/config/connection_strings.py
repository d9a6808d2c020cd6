"""Detection of connection strings for other programs, which would otherwise be used as file names.

Error messages quote only the part that identifies such a string, because the rest may contain a password.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tasktimer.errors import InvalidValue, quote_value

# With the drivers of SQLAlchemy, whose names make no difference here.
_POSTGRES_URL = r"postgres(?:ql)?(?:\+(?:psycopg2?|psycopg_async|asyncpg))?://"

# Some programs that read environment files keep the quotes around values.
_BEGINNING = r"[\s\"']*(?:jdbc:|odbc:|dbi:)?"
_SERVER = "jdbc|odbc|dbi|pg|pgsql|psql|postgres|postgresql|mysql|mariadb|sqlserver|sqlsrv|oracle|oci|duckdb|libsql"
_KEYWORD = (
    r"host(?:addr|name)?|port|db(?:name)?|database|user(?:name| ?id)?|uid|passw(?:or)?d|pwd|passfile|service|ssl\w+|"
    r"server|data ?source|driver|dsn|initial catalog|application[ _]name|connect_timeout|client_encoding|options|"
    r"target_session_attrs"
)
_AUTHORITY = r"//(?=[^/]*@)|[^/@\s:]+:(?=[^@]*@)|[^/@\s:]+@(?=[^/@\s:]+:[0-9]+/)"
_PARAMETER = "mode|cache|immutable|nolock|psow|vfs|key|password"
_VARIABLE = r"\$(?:[A-Za-z_]\w*|\{[^}]*\}|\([^)]*\))|%[A-Za-z]\w+%"
_WINDOWS = r"[A-Za-z]:[\\/]|\\\\|[~\w.-]*\\(?=[\w.-])"

_NEITHER = "is neither a path nor a PostgreSQL URL"
_PLAIN_PATH = r"~?[\w./-]+"
_EXAMPLE = "~/tasks.db"


class _Kind(NamedTuple):
    """A kind of connection string, recognized by `pattern`; errors quote the match of its group `marker`."""

    pattern: str
    problem: str
    hint: Callable[[re.Match[str]], str]


def is_postgres_url(text: str) -> bool:
    """Return whether text is a PostgreSQL URL."""
    return re.match(_POSTGRES_URL, text, re.IGNORECASE) is not None and text.isprintable()


def check_path(text: str) -> None:
    """Raise InvalidValue if a path looks like a connection string for another program.

    Any path that starts with `./` or `../`, or contains `/./`, is accepted.
    """
    if text.startswith(("./", "../")) or "/./" in text:
        return
    for kind in _kinds():
        if match := re.match(kind.pattern, text, re.IGNORECASE | re.DOTALL):
            marker = match["marker"]
            shown = quote_value(marker if marker == text else f"{marker}…")
            # A URL with a host is unlikely to be a file name.
            alternative = "" if marker.endswith("//") else "; for a file with this name, put ./ in front of it"
            message = f"the database {shown} {kind.problem}"
            raise InvalidValue("invalid-database", message, kind.hint(match) + alternative)


def _kinds() -> Iterator[_Kind]:
    yield _Kind(rf"(?P<marker>{_BEGINNING}(?P<scheme>file|sqlite3?|pysqlite)(?:\+\w+)?:)", _NEITHER, _hint_file)
    yield _Kind(r"(?P<marker>:memory:|:\w+:$)", "is not a file", lambda _: f"use a path like {_EXAMPLE}")
    yield _Kind(rf"(?P<marker>[\s\"']*(?:{_SERVER})(?:\+\w+)?(?::/*|//))", _NEITHER, _hint_postgres)
    yield _Kind(r"(?P<marker>[^\w/]*[A-Za-z][\w+.-]*://)", _NEITHER, _hint_postgres)
    yield _Kind(r"[^/]*?(?P<marker>=[\s\"']*[\w+.-]+://)", _NEITHER, _hint_postgres)
    yield _Kind(rf"(?![/~])(?:.*?[\s;,\"'])??(?P<marker>(?:{_KEYWORD})\s*=)", _NEITHER, _hint_postgres)
    yield _Kind(rf"(?P<marker>{_AUTHORITY})", _NEITHER, _hint_postgres)
    yield _Kind(
        rf"(?P<path>[^?]+)(?P<marker>\?(?:{_PARAMETER})=)",
        "has parameters, which a path cannot have",
        lambda match: _hint_path(match["path"]),
    )
    yield _Kind(
        rf"(?P<before>.*?)(?P<marker>{_VARIABLE})", "contains a variable, which is not expanded", _hint_variable
    )
    if os.name != "nt":
        yield _Kind(rf"(?P<marker>{_WINDOWS})", "is a Windows path", lambda _: f"use a path like {_EXAMPLE}")


def _hint_postgres(_found: re.Match[str]) -> str:
    return "use the path of a file, or a URL like postgresql://USER:PASSWORD@HOST/NAME"


def _hint_file(match: re.Match[str]) -> str:
    path = re.split("[?;#]", match.string[match.end() :], maxsplit=1)[0].strip(" \"'")
    if path.startswith("//"):
        path = re.sub("^//[^/]*", "", path)
        # SQLAlchemy separates the path from the empty host with a slash.
        path = path if match["scheme"].lower() == "file" else path.removeprefix("/")
    return _hint_path(path)


def _hint_variable(match: re.Match[str]) -> str:
    is_home = match["marker"].strip("${}%") in ("HOME", "USERPROFILE") and not match["before"]
    return _hint_path("~" + match.string[match.end() :]) if is_home else "replace the variable with its value"


def _hint_path(path: str) -> str:
    return f"use {path if re.fullmatch(_PLAIN_PATH, path) else _EXAMPLE}"
