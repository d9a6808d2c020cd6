"""Settings: flags, then the environment, then the config file, then the defaults."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tasktimer.config.settings import Settings
from tasktimer.errors import InvalidValue


def everything(environ: Mapping[str, str], database: str | None = None) -> tuple[object, object, object]:
    settings = Settings(environ, database)
    assert settings.exclusive in {True, False}
    return settings.database, settings.user, settings.format


def test_default_database_is_in_data_folder(data_file: Path) -> None:
    assert everything({}) == (data_file, None, None)


def test_zone_can_be_set(config_file: Path) -> None:
    assert str(Settings({"TZ": "Europe/Berlin"}).zone) == "Europe/Berlin"
    config_file.write_text('tz = "America/New_York"')
    assert str(Settings({"TZ": "Europe/Berlin"}).zone) == "America/New_York"
    assert str(Settings({"TASKTIMER_TZ": "Asia/Tokyo"}).zone) == "Asia/Tokyo"
    with pytest.raises(InvalidValue, match="TASKTIMER_TZ: unknown time zone 'Mars'"):
        Settings({"TASKTIMER_TZ": "Mars"}).zone  # noqa: B018


def test_config_file_overrides_defaults(config_file: Path) -> None:
    config_file.write_text('database = "/srv/tasks.db"\nuser = 42\nformat = "csv"\n')
    assert everything({}) == (Path("/srv/tasks.db"), 42, "csv")


def test_environment_overrides_config_file(config_file: Path) -> None:
    config_file.write_text('database = "/srv/tasks.db"\nuser = 42\nformat = "csv"\n')
    environ = {"TASKTIMER_DATABASE": "/env.db", "TASKTIMER_USER": "all", "TASKTIMER_FORMAT": "json"}
    assert everything(environ) == (Path("/env.db"), "all", "json")


def test_flag_overrides_environment() -> None:
    assert Settings({"TASKTIMER_DATABASE": "/env.db"}, "/flag.db").database == Path("/flag.db")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("FALSE", False), ("0", False), ("", True)])
def test_exclusive_is_boolean(config_file: Path, text: str, value: bool) -> None:
    assert not Settings({}).exclusive
    config_file.write_text("exclusive = true")
    assert Settings({}).exclusive
    assert Settings({"TASKTIMER_EXCLUSIVE": text}).exclusive == value


def test_empty_variable_is_ignored(data_file: Path) -> None:
    environ = {"TASKTIMER_DATABASE": "", "TASKTIMER_USER": "", "TASKTIMER_FORMAT": ""}
    assert everything(environ) == (data_file, None, None)


def test_tilde_is_home_folder(home: Path) -> None:
    assert Settings({"TASKTIMER_DATABASE": "~/tasks.db"}).database == home / "tasks.db"


@pytest.mark.parametrize("url", ["postgresql://ada@db/work", "postgres://ada:x@db:5432/work?sslmode=require"])
def test_postgres_url_is_a_database(url: str) -> None:
    assert Settings({}, url).database == url


@pytest.mark.parametrize("text", ["mysql://ada:secret@db/work", "sqlite:///x.db", "", " ", "a\0b"])
def test_unknown_url_is_rejected_without_its_password(text: str) -> None:
    with pytest.raises(InvalidValue) as error:
        everything({}, text)
    assert "--database" in error.value.message
    assert "secret" not in error.value.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("TASKTIMER_EXCLUSIVE", "yes"), ("TASKTIMER_USER", "0")),
        *(("TASKTIMER_USER", "4a"), ("TASKTIMER_FORMAT", "yaml")),
    ],
)
def test_invalid_variable_is_named(name: str, text: str) -> None:
    with pytest.raises(InvalidValue, match=name):
        everything({name: text})


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("user = 42\nuser = = 7", "line 2", "Invalid value"),
        ("user = 42\nformat = 'csv", "line 2", "at end of document"),
        ("user = " + "9" * 5000, "line 1", "Exceeds the limit"),
        ("user = " + "[" * 5000, "line 1", "recursion"),
        ('format = """\nuser\n"""\nuser = \'4z\'', "line 4", "invalid user '4z'"),
        ("user = 42\n\n  colour = 'red'", "line 3", "unknown setting 'colour'"),
        ("[tasktimer]\nuser = 42", "line 1", "unknown setting 'tasktimer'"),
        ("\nuser = '4a'", "line 2", "invalid user '4a'"),
        ("user = 1.5", "line 1", "invalid user '1.5'"),
        ("user = 1\ndatabase = 5", "line 2", "invalid database '5'"),
        ("user = 1\nformat = 'xml'", "line 2", "invalid format 'xml'"),
        ("user = 0", "line 1", "invalid user '0'"),
        ("exclusive = 1", "line 1", "invalid exclusive '1'"),
        ("exclusive = 'true'", "line 1", "invalid exclusive \"'true'\""),
        ("database = 'ftp://x'", "line 1", "neither a path"),
    ],
)
def test_invalid_config_file_is_named_with_line(config_file: Path, content: str, line: str, reason: str) -> None:
    config_file.write_text(content)
    with pytest.raises(InvalidValue) as error:
        everything({})
    assert str(config_file) in error.value.message
    assert line in error.value.message
    assert reason in error.value.message


def test_config_file_in_other_encoding_is_named_with_line(config_file: Path) -> None:
    config_file.write_bytes(b"# fine\n# \xff\n")
    with pytest.raises(InvalidValue, match=r"config\.toml, line 2: invalid UTF-8"):
        everything({})


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_config_file_must_be_regular_file(config_file: Path, make: Callable[[Path], None]) -> None:
    make(config_file)
    with pytest.raises(InvalidValue, match=r"config\.toml: it is not a regular file"):
        everything({})


def test_byte_order_mark_is_accepted(config_file: Path) -> None:
    config_file.write_bytes(b"\xef\xbb\xbfuser = 42\n")
    assert Settings({}).user == 42


def test_invalid_setting_fails_only_when_used() -> None:
    settings = Settings({"TASKTIMER_USER": "4a", "TASKTIMER_FORMAT": "csv"}, "/tasks.db")
    assert (settings.database, settings.format) == (Path("/tasks.db"), "csv")


def test_missing_home_is_named() -> None:
    with pytest.raises(InvalidValue, match=r"'~nobodyatall/x\.db' is in an unknown home directory"):
        everything({}, "~nobodyatall/x.db")


def test_undecodable_url_is_rejected() -> None:
    with pytest.raises(InvalidValue, match="neither a path nor"):
        everything({}, "postgresql://ada@db/\udcff")


@pytest.mark.parametrize(
    ("text", "path"),
    [("data/x.db", "{folder}/data/x.db"), ("/srv/x.db", "/srv/x.db"), ("~/x.db", "{home}/x.db")],
)
def test_relative_path_in_config_file_starts_at_its_folder(config_file: Path, home: Path, text: str, path: str) -> None:
    config_file.write_text(f'database = "{text}"\n')
    assert Settings({}).database == Path(path.format(folder=config_file.parent, home=home))
