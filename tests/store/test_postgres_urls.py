"""PostgreSQL URLs, in the forms of PostgreSQL's manual and of SQLAlchemy."""

import asyncio
from contextlib import closing
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.store.test_postgres import insert

from tasktimer.config.settings import parse_database
from tasktimer.errors import InvalidValue
from tasktimer.server.settings import ServerSettings
from tasktimer.store.postgres.async_store import AsyncPostgresStore
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.postgres.urls import parse_url

# The URL and the name of the database in messages.
OF_MANUAL = [
    ("postgresql://", "postgresql://"),
    ("postgresql://localhost", "postgresql://localhost"),
    ("postgres://localhost:5433", "postgresql://localhost:5433"),
    ("postgresql://:5433/work", "postgresql://:5433/work"),
    ("postgresql://localhost/work", "postgresql://localhost/work"),
    ("postgresql://ada@localhost", "postgresql://ada@localhost"),
    ("postgresql://ada:secret@localhost/", "postgresql://ada@localhost/"),
    ("postgresql:///work?host=localhost&port=5433&user=ada&password=secret", "postgresql:///work"),
    ("postgresql://ada@localhost/work?connect_timeout=10&application_name=mine", "postgresql://ada@localhost/work"),
    ("postgresql://h1:123,h2:456/work?target_session_attrs=any", "postgresql://h1:123,h2:456/work"),
    ("postgresql://ada:secret@h1,h2:456,h3/work", "postgresql://ada@h1,h2:456,h3/work"),
    ("postgresql://[2001:db8::1234]/work", "postgresql://[2001:db8::1234]/work"),
    ("postgresql://ada@[::1]:5433,[::2]/work", "postgresql://ada@[::1]:5433,[::2]/work"),
    ("postgresql://%2Fvar%2Flib%2Fpostgresql/work", "postgresql://%2Fvar%2Flib%2Fpostgresql/work"),
    ("postgresql:///work?host=/var/lib/postgresql", "postgresql:///work"),
    ("postgresql:///work?host=%2Fvar%2Flib%2Fpostgresql,h2&port=5433,5434", "postgresql:///work"),
    ("postgresql://a%40b:s%3A%2F%40cret@localhost/my%20work", "postgresql://a%40b@localhost/my%20work"),
    ("postgresql://ada@localhost/work?options=-c%20geqo%3Doff&sslmode=require", "postgresql://ada@localhost/work"),
    ("postgresql://ada@localhost/work?password=a+b%2Bc", "postgresql://ada@localhost/work"),
    ("postgresql://ada@localhost/work?ssl=true", "postgresql://ada@localhost/work"),
    ("postgresql://localhost/work?application_name=a:b@c", "postgresql://localhost/work"),
    ("postgresql://localhost/work?host=other&host=last", "postgresql://localhost/work"),
]


@pytest.mark.parametrize(("url", "name"), OF_MANUAL)
def test_url_of_manual_has_the_meaning_that_it_has_for_libpq(url: str, name: str) -> None:
    assert parse_database(url) == url
    parsed = parse_url(url)
    expected = conninfo_to_dict(url)
    if "host=other" in url:  # both hosts, as in SQLAlchemy
        expected["host"] = "other,last"
    assert parsed.parameters == expected
    assert parsed.name == name


@pytest.mark.parametrize(
    ("url", "parameters"),
    [
        ("postgresql+psycopg://ada@db/work", {"user": "ada", "host": "db", "dbname": "work"}),
        ("postgresql+psycopg2://db", {"host": "db"}),
        ("POSTGRESQL+asyncpg://db/work?ssl=verify-full", {"host": "db", "dbname": "work", "sslmode": "verify-full"}),
        ("postgres+psycopg_async://db", {"host": "db"}),
        ("postgresql://ada@/work?host=a:1&host=b:2", {"user": "ada", "dbname": "work", "host": "a,b", "port": "1,2"}),
        ("postgresql://?host=a:1,b", {"host": "a,b", "port": "1,"}),
        ("postgresql://?host=::1", {"host": "::1"}),
        ("postgresql://ada:pa/s?s@db/work", {"user": "ada", "password": "pa/s?s", "host": "db", "dbname": "work"}),
        ("postgresql://ada:12/34@db/work", {"user": "ada", "password": "12/34", "host": "db", "dbname": "work"}),
    ],
)
def test_url_of_sqlalchemy_is_accepted(url: str, parameters: dict[str, str]) -> None:
    assert parse_database(url) == url
    assert ServerSettings({"DATABASE_URL": url}).database == url
    assert parse_url(url).parameters == parameters


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://ada:secret@db:port/work", "postgresql://ada:secret@db:0", "postgresql://ada:secret@db:65536"),
        *("postgresql://ada:secret@h1:1,h2:x/work", "postgresql://ada:secret@h1:1,h2:65536/work"),
        *(
            "postgresql://ada:secret@[::1/work",
            "postgresql://ada:secret@::1/work",
            "postgresql://ada:secret@[::1]x/work",
        ),
        *("postgresql://ada:secret@db/work?port=x", "postgresql://ada:secret@db/work?host=a:0&host=b"),
        *("postgresql://ada:sec@ret@db/work", "postgresql://ada:secret@db%00/work", "postgresql://ada:secret%FF@db"),
        *("postgresql://ada:secret@db?autocommit=1", "postgresql://ada:secret@db?row_factory=x"),
        "postgresql://ada:secret@db?conninfo=host%3Dx",
    ],
)
def test_invalid_url_is_rejected_without_quoting_it(url: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_url(url)
    assert error.value.code == "invalid-database"
    text = f"{error.value.message} {error.value.hint}"
    assert "secret" not in text
    assert "ret@" not in text


@pytest.mark.parametrize("hosts", ["{folder}", "%2Fnowhere,{folder}", "127.0.0.1:1,{folder}:5432", "[::1]:1,{folder}"])
@pytest.mark.parametrize("scheme", ["postgres", "postgresql+asyncpg"])
def test_commands_and_server_connect_to_first_reachable_host(postgres_url: str, scheme: str, hosts: str) -> None:
    folder, name = urlsplit(postgres_url).query.removeprefix("host="), urlsplit(postgres_url).path
    url = f"{scheme}://postgres@{hosts.format(folder=quote(folder, safe=''))}{name}"
    with closing(PostgresStore(url)) as store:
        assert insert(store) == 1

    async def count_tasks() -> object:
        served = AsyncPostgresStore(url, pool_size=2, lock_timeout=60)
        try:
            return await served.run_directly(
                "SELECT count(*) FROM tasktimer.tasks WHERE id = CAST(:id AS BIGINT)", {"id": 1}, is_reading=True
            )
        finally:
            await served.close()

    assert asyncio.run(count_tasks()) == [(1,)]
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM tasktimer.tasks").fetchone() == (1,)
