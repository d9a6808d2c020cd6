"""Sessions of PostgreSQL: encoding, time zone and date style are overridden, restrictions of a role are not."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.conftest import NOW, Run
from tests.store.test_migrations import old_database

from tasktimer import open_tracker
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Unavailable
from tasktimer.store.postgres.store import PostgresStore

CRAB = "Zoë 🦀 \\ x"
# None of these restricts anybody; each changes how text, times or names are written or found.
UNUSUAL = {
    "client_encoding": "LATIN1",
    "TimeZone": "Asia/Tokyo",
    "DateStyle": "German, DMY",
    "IntervalStyle": "postgres_verbose",
    "search_path": "public, pg_catalog",
    "standard_conforming_strings": "off",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "quote_all_identifiers": "on",
    "default_transaction_isolation": "serializable",
    "transform_null_equals": "on",
    "xmlbinary": "hex",
}
RESTRICTING = {
    "statement_timeout": "7min",
    "idle_session_timeout": "8min",
    "default_transaction_read_only": "on",
    "row_security": "off",
    "temp_file_limit": "5GB",
}


def set_for(url: str, settings: dict[str, str], role: str = "") -> None:
    """Set a default for the sessions of a database, of all roles or of one."""
    name = urlsplit(url).path.removeprefix("/")
    subject = f"ROLE {role} IN DATABASE {name}" if role else f"DATABASE {name}"
    with psycopg.connect(url, autocommit=True) as connection:
        for setting, value in settings.items():
            listed = value if setting == "search_path" else f"'{value}'"
            connection.execute(f"ALTER {subject} SET {setting} = {listed}".encode())


@contextmanager
def database_in(encoding: str, url: str) -> Iterator[str]:
    """Create another database on the same server for the duration of the block."""
    name = urlsplit(url).path.removeprefix("/")
    other = f"{name}_{encoding.lower()}"
    options = f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {other} {options}".encode())
        yield url.replace(f"/{name}?", f"/{other}?")
        connection.execute(f"DROP DATABASE {other} WITH (FORCE)".encode())


@pytest.fixture
def sql_ascii(postgres_url: str) -> Iterator[str]:
    with database_in("SQL_ASCII", postgres_url) as url:
        yield url


@pytest.fixture
def latin1(postgres_url: str) -> Iterator[str]:
    with database_in("LATIN1", postgres_url) as url:
        yield url


def check_text_is_kept(url: str) -> None:
    """Check that text survives every kind of statement."""
    with open_tracker(url, user=1) as tracker:
        task = tracker.track(CRAB, project=CRAB, tags=["ç🦀"], note=CRAB, start_time=NOW - timedelta(hours=1))
        tracker.edit(task.id, description=f"{CRAB}!")
        tracker.undo()
        tracker.stop(task.id)
        for filter_ in (TaskFilter(search="ZOË 🦀"), TaskFilter(project=CRAB), TaskFilter(tags=("ç🦀",))):
            (kept,) = tracker.list_tasks(filter_)
            assert (kept.description, kept.project, kept.tags, kept.note) == (CRAB, CRAB, ("ç🦀",), CRAB)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_TW"])
@pytest.mark.parametrize("where", ["PGCLIENTENCODING", "PGOPTIONS", "URL", "options", "role", "database"])
def test_session_encoding_is_utf8(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, where: str, encoding: str
) -> None:
    url = postgres_url
    with monkeypatch.context() as patch:
        match where:
            case "PGCLIENTENCODING":
                patch.setenv(where, encoding)
            case "PGOPTIONS":
                patch.setenv(where, f"-c client_encoding={encoding}")
            case "URL":
                url += f"&client_encoding={encoding}"
            case "options":
                url += f"&options=-c%20client_encoding%3D{encoding}"
            case "role":
                set_for(url, {"client_encoding": encoding}, role="postgres")
            case "database":
                set_for(url, {"client_encoding": encoding})
        check_text_is_kept(url)


def test_session_settings_do_not_change_results(postgres_url: str) -> None:
    set_for(postgres_url, UNUSUAL)
    old_database(postgres_url, 1)
    with closing(PostgresStore(postgres_url)) as store:
        store.upgrade()
    check_text_is_kept(postgres_url)


@pytest.mark.usefixtures("postgres_programs")
def test_session_settings_do_not_change_backup(
    postgres_url: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_for(postgres_url, UNUSUAL)
    check_text_is_kept(postgres_url)
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    assert run("--database", postgres_url, "backup", str(tmp_path / "copy.dump")).err == ""
    assert (tmp_path / "copy.dump").exists()


def test_session_restrictions_are_kept(postgres_url: str) -> None:
    with closing(PostgresStore(postgres_url)) as store:
        store.upgrade()
    set_for(postgres_url, RESTRICTING)
    with closing(PostgresStore(postgres_url)) as store:
        with store.read() as connection:
            found = {name: next(iter(connection.execute(f"SHOW {name}", {})))[0] for name in RESTRICTING}
        assert found == RESTRICTING
        with pytest.raises(Unavailable, match="read-only") as error, store.write() as connection:
            connection.execute("DELETE FROM tasks", {})
        assert error.value.code == "store-read-only"


@pytest.mark.parametrize(("name", "value"), [("PGTZ", "Nowhere"), ("PGDATESTYLE", "odd"), ("PGOPTIONS", "-c odd=1x")])
def test_rejected_session_setting_gets_hint(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with monkeypatch.context() as patch, closing(PostgresStore(postgres_url)) as store:
        patch.setenv(name, value)
        with pytest.raises(Unavailable, match=" parameter ") as error:
            store.version()
    assert name in (error.value.hint or "")


def test_sql_ascii_database_stores_all_text(sql_ascii: str) -> None:
    check_text_is_kept(sql_ascii)


def test_sql_ascii_database_may_contain_invalid_text(sql_ascii: str, run: Run) -> None:
    check_text_is_kept(sql_ascii)
    with psycopg.connect(sql_ascii, client_encoding="SQL_ASCII") as connection:
        connection.execute(b"UPDATE tasktimer.tasks SET description = 'caf\xe9'")
    result = run("--database", sql_ascii, "list", "all", "--user", "1")
    assert (result.exit_code, result.out) == (3, "")
    assert 'invalid byte sequence for encoding "UTF8": 0xe9\nhint: correct the text' in result.err


def test_unencodable_text_is_rejected_and_others_are_stored(latin1: str, run: Run) -> None:
    def command(*arguments: str) -> tuple[int, str, str]:
        result = run("--database", latin1, *arguments)
        return result.exit_code, result.out, result.err

    assert command("track", "--user", "1", "Zoë")[:2] == (0, "1\n")
    for arguments in (
        ["track", "--user", "1", "crab 🦀"],
        ["edit", "1", "--user", "1", "--note", "🦀"],
        ["list", "--user", "1", "--search", "🦀"],
    ):
        code, out, err = command(*arguments)
        assert (code, out) == (3, "")
        assert 'has no equivalent in encoding "LATIN1"\nhint: nothing was changed; omit that character, or' in err
    assert command("list", "all", "--user", "1", "--json")[1].count('"Zoë"') == 1
