"""Roles of PostgreSQL that are not superusers."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg


@contextmanager
def role(url: str, *statements: str) -> Iterator[str]:
    """Create a role without privileges, run statements in which `clerk` is its name, and yield a URL with the role."""
    database = urlsplit(url).path.removeprefix("/")
    name = f"clerk_of_{database}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
        for statement in statements:
            connection.execute(statement.replace("clerk", name))
        try:
            yield url.replace("postgres:@", f"{name}@")
        finally:
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
