"""Changes to the config file: obstacles, links, and changes at the same time."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tasktimer.config.config_changes import ConfigEdit, set_value, unset_value
from tasktimer.config.file_replacement import replace_file
from tasktimer.errors import InvalidValue, TasktimerError, Unavailable


def write_large(path: Path) -> None:
    path.write_text("#" * 1_000_000)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def write_invalid(path: Path) -> None:
    path.write_text("user = = 1\n")


@pytest.mark.parametrize(
    "change", [lambda path: set_value(path, "tz", "UTC"), lambda path: unset_value(path, "tz"), ConfigEdit]
)
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (os.mkfifo, "it is not a regular file"),
        (Path.mkdir, "it is not a regular file"),
        (link_to_itself, "it is not a regular file"),
        (write_large, "it is 1 MB or larger"),
        (write_invalid, "line 1: Invalid value"),
    ],
)
def test_unusable_file_is_left_alone(
    config_file: Path, make: Callable[[Path], object], message: str, change: Callable[[Path], object]
) -> None:
    make(config_file)
    if make is write_invalid and change is ConfigEdit:  # can be corrected
        edit = ConfigEdit(config_file)
        edit.copy.write_text("user = 1\n")
        edit.apply()
        assert config_file.read_text() == "user = 1\n"
        return
    before = config_file.lstat()
    with pytest.raises(InvalidValue, match=message) as error:
        change(config_file)
    assert error.value.code == "invalid-config"
    after = config_file.lstat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert os.listdir(config_file.parent) == ["config.toml"]


@pytest.mark.parametrize("exists", [True, False])
def test_link_is_followed(config_file: Path, tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "dotfiles" / "tasktimer.toml"
    target.parent.mkdir()
    if exists:
        target.write_text("# mine\n")
    config_file.symlink_to(target)
    set_value(config_file, "user", "7")
    edit = ConfigEdit(config_file)
    assert edit.copy.parent == target.parent
    edit.copy.write_text(edit.copy.read_text() + "exclusive = true\n")
    edit.apply()
    assert config_file.is_symlink()
    assert target.read_text() == ("# mine\n" if exists else "") + "user = 7\nexclusive = true\n"
    assert (os.listdir(target.parent), os.listdir(config_file.parent)) == (["tasktimer.toml"], ["config.toml"])


def test_file_does_not_become_too_large_to_read(config_file: Path) -> None:
    config_file.write_text("#" * 999_990)
    with pytest.raises(InvalidValue, match=r"config\.toml would be 1 MB or larger") as error:
        set_value(config_file, "tz", "UTC")
    assert error.value.hint == "shorten its comments"
    assert config_file.read_text() == "#" * 999_990


def test_parent_that_is_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "tasktimer").write_text("")
    path = tmp_path / "tasktimer" / "config.toml"
    for change in (lambda: set_value(path, "tz", "UTC"), lambda: ConfigEdit(path)):
        with pytest.raises(Unavailable, match=r"cannot write the config file .*config\.toml: ") as error:
            change()
        assert error.value.code == "config-not-written"


def test_failed_write_changes_nothing(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config_file.write_text("user = 1\n")

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(Unavailable, match="No space left on device"):
            set_value(config_file, "user", "2")
    assert (config_file.read_text(), os.listdir(config_file.parent)) == ("user = 1\n", ["config.toml"])


def test_lock_of_killed_command_is_named(config_file: Path) -> None:
    lock = config_file.with_name("config.toml.lock")
    lock.touch()
    with pytest.raises(Unavailable) as error:
        replace_file(config_file, lambda: b"", timeout=0)
    assert (error.value.code, error.value.hint) == (
        "config-locked",
        f"if no other command is changing it, run: rm {lock}",
    )
    assert not config_file.exists()


def test_lock_of_next_command_is_not_removed(config_file: Path) -> None:
    """A command that renames its file must leave the lock of the command that follows."""
    lock = config_file.with_name("config.toml.lock")

    def create() -> bytes:
        lock.rename(config_file.with_name("renamed"))
        lock.touch()  # by another command
        raise InvalidValue("invalid-config", "stopped")

    with pytest.raises(TasktimerError):
        replace_file(config_file, create)
    assert lock.exists()


SET = "import sys; from tasktimer.cli.app import run; sys.exit(run(['config', 'set', *sys.argv[1:]]))"
VALUES = {
    "user": "7",
    "format": "csv",
    "tz": "Asia/Tokyo",
    "exclusive": "true",
    "day_starts_at": "-01:00",
    "week_starts_on": "sunday",
    "database": "/srv/tasks.db",
}


def test_concurrent_changes_are_all_kept(config_file: Path) -> None:
    config_file.write_text("# mine\n")
    commands = [subprocess.Popen([sys.executable, "-c", SET, *setting]) for setting in VALUES.items()]
    assert [command.wait() for command in commands] == [0] * len(VALUES)
    lines = config_file.read_text().splitlines()
    assert (lines[0], len(lines)) == ("# mine", 8)
    assert {line.split(" = ")[0] for line in lines[1:]} == set(VALUES)


def test_failed_copy_leaves_nothing(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(Unavailable, match="No space left on device"):
        ConfigEdit(config_file)
    assert os.listdir(config_file.parent) == []
