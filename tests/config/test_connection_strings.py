"""Database strings of other programs are rejected in every setting, and not repeated in the error."""

import os
from contextlib import chdir
from pathlib import Path

import pytest
from tests.conftest import NOW, Run

from tasktimer import open_tracker
from tasktimer.config.settings import Settings, parse_database
from tasktimer.errors import InvalidValue
from tasktimer.server.settings import ServerSettings

URL = "a URL like postgresql://USER:PASSWORD@HOST/NAME"
SECRET = "swordfish"

# The database string, a part of the error, and a part of the hint.
REFUSED = [
    (f"jdbc:postgresql://db/work?user=ada&password={SECRET}", "'jdbc:…' is neither a path nor", URL),
    (f"host=db user=ada password={SECRET} dbname=work", "'host=…' is neither", URL),
    (f"password={SECRET} host=db", "'password=…' is neither", URL),
    (f"user='ada' password = '{SECRET}'", "'user=…' is neither", URL),
    ("service=work", "'service=…' is neither", URL),
    (f"Host=db;Username=ada;Password={SECRET};Database=work", "'Host=…' is neither", URL),
    (f"Driver={{PostgreSQL}};Server=db;UID=ada;PWD={SECRET}", "'Driver=…' is neither", URL),
    (f"pgsql:host=db;password={SECRET}", "'pgsql:…' is neither", URL),
    (f"dbi:Pg:dbname=work;password={SECRET}", "'dbi:…' is neither", URL),
    ("postgresql:/db/work", "'postgresql:/…' is neither", URL),
    ("postgresql:work", "'postgresql:…' is neither", URL),
    ("postgres:work", "'postgres:…' is neither", URL),
    (f"postgresql//ada:{SECRET}@db/work", "'postgresql//…' is neither", URL),
    (f"postgresql+pg8000://ada:{SECRET}@db/work", "'postgresql+pg8000://…' is neither", URL),
    (f'"postgresql://ada:{SECRET}@db/work"', "'\"postgresql://…' is neither", URL),
    (f" postgresql://ada:{SECRET}@db/work", "' postgresql://…' is neither", URL),
    (f"DATABASE_URL=postgresql://ada:{SECRET}@db/work", "'=postgresql://…' is neither", URL),
    (f"ada:{SECRET}@db/work", "'ada:…' is neither", URL),
    (f"ada:sword/{SECRET}@db/work", "'ada:…' is neither", URL),
    (f"//ada:{SECRET}@db/work", "'//…' is neither", URL),
    ("ada@db:5432/work", "'ada@…' is neither", URL),
    (f"mysql://ada:{SECRET}@db/work", "'mysql://…' is neither", URL),
    ("https://example.org/tasks.db", "'https://…' is neither", URL),
    ("file:t.db?mode=ro", "'file:…' is neither", "use t.db"),
    ("file:///srv/t.db?cache=shared", "'file:…' is neither", "use /srv/t.db"),
    ("FILE:/srv/t.db", "'FILE:…' is neither", "use /srv/t.db"),
    (f"file:t.db?key={SECRET}", "'file:…' is neither", "use t.db"),
    ("file::memory:?cache=shared", "'file:…' is neither", "use ~/tasks.db"),
    ("sqlite:t.db", "'sqlite:…' is neither", "use t.db"),
    ("sqlite:///t.db", "'sqlite:…' is neither", "use t.db"),
    ("sqlite:////srv/t.db", "'sqlite:…' is neither", "use /srv/t.db"),
    ("sqlite+pysqlite:///t.db", "'sqlite+pysqlite:…' is neither", "use t.db"),
    ("sqlite::memory:", "'sqlite:…' is neither", "use ~/tasks.db"),
    ("jdbc:sqlite:t.db", "'jdbc:sqlite:…' is neither", "use t.db"),
    ("Data Source=t.db;Version=3", "'Data Source=…' is neither", URL),
    ("t.db?mode=ro", "'?mode=…' has parameters, which a path cannot have", "use t.db"),
    ("/srv/t.db?immutable=1", "'?immutable=…' has parameters", "use /srv/t.db"),
    (":memory:", "':memory:' is not a file", "use a path like ~/tasks.db"),
    ("$HOME/x.db", "'$HOME…' contains a variable, which is not expanded", "use ~/x.db"),
    ("${HOME}/data/x.db", "'${HOME}…' contains a variable", "use ~/data/x.db"),
    ("$XDG_DATA_HOME/x.db", "'$XDG_DATA_HOME…' contains a variable", "replace the variable with its value"),
    ("/home/$USER/x.db", "'$USER…' contains a variable", "replace the variable with its value"),
    ("~/$(hostname).db", "'$(hostname)…' contains a variable", "replace the variable with its value"),
    ("%APPDATA%/x.db", "'%APPDATA%…' contains a variable", "replace the variable with its value"),
    ("C:\\Users\\ada\\x.db", "'C:\\\\…' is a Windows path", "use a path like ~/tasks.db"),
    ("c:/Users/ada/x.db", "'c:/…' is a Windows path", "use a path like ~/tasks.db"),
    ("\\\\server\\share\\x.db", "'\\\\\\\\…' is a Windows path", "use a path like ~/tasks.db"),
    ("data\\x.db", "'data\\\\…' is a Windows path", "use a path like ~/tasks.db"),
]

# Similar names that are files.
KEPT = [
    *("notes:2026.db", "backup-2026-11-26T12:10:00.db", "a b.db", "x=y.db", "year=2026/t.db", "ada@db.db", "100%.db"),
    *("50%_50%.db", "a$.db", "my\\ tasks.db", "C:t.db", "file.db", "memory", "postgresql.db", "sqlite", "t.db?"),
]


@pytest.mark.parametrize(("text", "problem", "instead"), REFUSED)
def test_connection_string_is_rejected_with_hint(
    run: Run, tmp_path: Path, config_file: Path, monkeypatch: pytest.MonkeyPatch, text: str, problem: str, instead: str
) -> None:
    def check(origin: str, *words: str) -> None:
        result = run(*words, "track", "x")
        assert (result.exit_code, result.out) == (2, "")
        error, hint = result.err.splitlines()
        # Text in errors is escaped for the terminal.
        assert error.startswith(f"error: {origin}: the database {problem}")
        assert instead in hint
        assert SECRET not in result.err

    before = sorted(config_file.parent.iterdir())
    with chdir(tmp_path):
        check("--database", f"--database={text}")
        monkeypatch.setenv("TASKTIMER_DATABASE", text)
        check("TASKTIMER_DATABASE")
        monkeypatch.delenv("TASKTIMER_DATABASE")
        config_file.write_text(f"database = '''{text}'''\n")
        check(f"{config_file}, line 1")
    assert os.listdir(tmp_path) == []
    assert sorted(config_file.parent.iterdir()) == [*before, config_file]


@pytest.mark.parametrize(("text", "problem", "instead"), REFUSED)
def test_tracker_and_server_reject_connection_string(tmp_path: Path, text: str, problem: str, instead: str) -> None:
    with chdir(tmp_path):
        for use in (
            lambda: open_tracker(text).track("x"),
            lambda: ServerSettings({}, text).database,
            lambda: ServerSettings({"TASKTIMER_DATABASE": text}).options(),
        ):
            with pytest.raises(InvalidValue) as error:
                use()
            assert error.value.code == "invalid-database"
            assert problem in error.value.message
            assert instead in str(error.value.hint)
            assert SECRET not in f"{error.value.message}{error.value.hint}"
        Path(".env").write_text(f"TASKTIMER_DATABASE='{text}'\n", encoding="utf-8")
        if not {"'", "\\", "{"} & set(text):  # special characters of .env files
            with pytest.raises(InvalidValue, match="TASKTIMER_DATABASE"):
                ServerSettings({}).database  # noqa: B018
    assert os.listdir(tmp_path) == [".env"]


@pytest.mark.parametrize("text", [text for text, *_ in REFUSED if not text.startswith(("/", "~"))])
def test_dot_prefix_means_file(config_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_database(f"./{text}") == Path(text)
    assert Settings({"TASKTIMER_DATABASE": f"./{text}"}).database == Path(text)
    assert Settings({}, f"./{text}").database == Path(text)
    config_file.write_text(f"database = '''./{text}'''\n")
    assert Settings({}).database == config_file.parent / text


def test_dot_within_path_means_file() -> None:
    assert parse_database("/srv/./$x.db") == Path("/srv/$x.db")
    assert parse_database("~/./t.db?mode=ro") == Path("~/t.db?mode=ro").expanduser()


@pytest.mark.parametrize("name", ["$x.db", "file:t.db", "host=x", "t.db?mode=ro"])
def test_path_object_means_file(tmp_path: Path, name: str) -> None:
    with chdir(tmp_path):
        for path in (Path(name), tmp_path / name):
            with open_tracker(path, user=1, clock=NOW.astimezone) as tracker:
                tracker.track("x")
                assert tracker.database == str(tmp_path / name)
        assert len(open_tracker(Path(name)).list_tasks()) == 2
    with open_tracker(Path("~/x.db")) as tracker:
        assert tracker.database == str(Path.home() / "x.db")


@pytest.mark.parametrize("text", KEPT)
def test_similar_name_is_a_file(text: str) -> None:
    assert parse_database(text) == Path(text)
