"""The database in a file that TASKTIMER_DATABASE_FILE names."""

from pathlib import Path

import pytest

from tasktimer.config.settings import Settings
from tasktimer.errors import InvalidValue


def test_file_contains_the_database(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://ada:secret@db/work\n")
    environ = {"TASKTIMER_DATABASE_FILE": str(tmp_path / "url")}
    settings = Settings(environ)
    assert settings.database == "postgresql://ada:secret@db/work"
    assert (settings.origin("database"), settings.names_database()) == ("TASKTIMER_DATABASE_FILE", True)
    assert Settings({**environ, "TASKTIMER_DATABASE": "/tasks.db"}).database == Path("/tasks.db")
    assert Settings(environ, "/other.db").database == Path("/other.db")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read {}: No such file or directory"),
        (b"\xff", "cannot read {}: it is not text in UTF-8"),
        (b"\n", "the database '' is neither a path nor a PostgreSQL URL"),
    ],
)
def test_unusable_file_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "url"
    if content is not None:
        path.write_bytes(content)
    settings = Settings({"TASKTIMER_DATABASE_FILE": str(path)})
    with pytest.raises(InvalidValue) as caught:
        settings.database  # noqa: B018
    assert caught.value.message == f"TASKTIMER_DATABASE_FILE: {message.format(path)}"
