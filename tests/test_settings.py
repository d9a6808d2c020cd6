"""Settings: flags, then the environment, then the config file, then the defaults."""

from pathlib import Path

import pytest

from tasktimer.errors import InvalidValue
from tasktimer.settings import Settings, read_settings


def test_without_anything_the_file_is_in_the_users_data_folder(data_file: Path) -> None:
    assert read_settings({}) == Settings(database=data_file, user=None, format=None)


def test_the_config_file_stands_before_the_defaults(config_file: Path) -> None:
    config_file.write_text('database = "/srv/tasks.db"\nuser = 42\nformat = "csv"\n')
    assert read_settings({}) == Settings(database=Path("/srv/tasks.db"), user=42, format="csv")


def test_the_environment_stands_before_the_config_file(config_file: Path) -> None:
    config_file.write_text('database = "/srv/tasks.db"\nuser = 42\nformat = "csv"\n')
    environ = {"TASKTIMER_DATABASE": "/env.db", "TASKTIMER_USER": "all", "TASKTIMER_FORMAT": "json"}
    assert read_settings(environ) == Settings(database=Path("/env.db"), user="all", format="json")


def test_a_flag_stands_before_the_environment() -> None:
    assert read_settings({"TASKTIMER_DATABASE": "/env.db"}, "/flag.db").database == Path("/flag.db")


def test_an_empty_variable_is_as_good_as_none(data_file: Path) -> None:
    environ = {"TASKTIMER_DATABASE": "", "TASKTIMER_USER": "", "TASKTIMER_FORMAT": ""}
    assert read_settings(environ) == Settings(database=data_file, user=None, format=None)


def test_a_tilde_is_the_home(home: Path) -> None:
    assert read_settings({"TASKTIMER_DATABASE": "~/tasks.db"}).database == home / "tasks.db"


@pytest.mark.parametrize("url", ["postgresql://ada@db/work", "postgres://ada:x@db:5432/work?sslmode=require"])
def test_a_postgres_url_is_a_database(url: str) -> None:
    assert read_settings({}, url).database == url


@pytest.mark.parametrize("text", ["mysql://ada:secret@db/work", "sqlite:///x.db", "", " ", "a\0b"])
def test_what_is_neither_path_nor_postgres_url_is_refused_without_repeating_a_password(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read_settings({}, text)
    assert "--database" in refusal.value.what
    assert "secret" not in refusal.value.what


@pytest.mark.parametrize(
    ("name", "text"), [("TASKTIMER_USER", "0"), ("TASKTIMER_USER", "ada"), ("TASKTIMER_FORMAT", "yaml")]
)
def test_a_bad_variable_is_named(name: str, text: str) -> None:
    with pytest.raises(InvalidValue, match=name):
        read_settings({name: text})


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("user = 42\nuser = = 7", "line 2", "cannot read"),
        ("user = 42\n\n  colour = 'red'", "line 3", "no setting 'colour'"),
        ("[tasktimer]\nuser = 42", "line 1", "no setting 'tasktimer'"),
        ("\nuser = 'ada'", "line 2", "'ada' is not a user"),
        ("user = true", "line 1", "user cannot be True"),
        ("user = 1.5", "line 1", "user cannot be 1.5"),
        ("user = 1\ndatabase = 5", "line 2", "database cannot be 5"),
        ("user = 1\nformat = 'xml'", "line 2", "no format 'xml'"),
        ("user = 0", "line 1", "'0' is not a user"),
        ("database = 'ftp://x'", "line 1", "neither a path"),
    ],
)
def test_a_bad_config_file_is_named_with_its_line(config_file: Path, content: str, line: str, reason: str) -> None:
    config_file.write_text(content)
    with pytest.raises(InvalidValue) as refusal:
        read_settings({})
    assert str(config_file) in refusal.value.what
    assert line in refusal.value.what
    assert reason in refusal.value.what


def test_a_config_file_in_another_encoding_is_named_with_its_line(config_file: Path) -> None:
    config_file.write_bytes(b"# fine\n# \xff\n")
    with pytest.raises(InvalidValue, match=r"config\.toml: line 2 is not UTF-8"):
        read_settings({})


def test_a_config_file_that_is_a_folder_is_named(config_file: Path) -> None:
    config_file.mkdir()
    with pytest.raises(InvalidValue, match=r"config\.toml: Is a directory"):
        read_settings({})
