"""Missing homes, read-only folders and full disks."""

import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.store.test_migrations import old_file
from tests.system.command import Program
from tests.system.confined import obey_modes

from tasktimer.store.protocols import SCHEMA_VERSION

HOMELESS = """
import pwd, sys

def getpwuid(uid):
    raise KeyError(uid)

pwd.getpwuid = getpwuid
from tasktimer.cli import main
sys.exit(main())
"""


def test_missing_home_requires_database(environ: dict[str, str], tmp_path: Path) -> None:
    environ = {name: value for name, value in environ.items() if name != "HOME"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", HOMELESS, *arguments]
        return subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)

    for arguments in (["track", "x"], ["times"], ["stop"]):
        done = run(*arguments)
        assert done.returncode == 3
        assert done.stderr.startswith("error: there is no home directory")
        assert "--database" in done.stderr
    assert run("--database", "tasks.db", "track", "x").stdout == "1\n"
    assert run("--help").returncode == 0
    assert os.listdir(tmp_path) == ["tasks.db"]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_missing_home_prevents_completion_install(environ: dict[str, str]) -> None:
    environ = {name: value for name, value in environ.items() if name != "HOME"}
    in_bash = ["bash", "-c", '"$0" "$@"; exit $?', sys.executable, "-c", HOMELESS, "--install-completion"]
    done = subprocess.run(in_bash, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("error: cannot install completion: there is no home directory\nhint: set HOME")


@pytest.fixture
def locked_folder(program: Program, data_file: Path) -> Iterator[Path]:
    program("track", "before")
    folder = data_file.parent
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)


def test_read_only_folder_can_be_read(program: Program, locked_folder: Path, data_file: Path) -> None:
    before = data_file.read_bytes()
    assert program("times", preexec_fn=obey_modes).stdout.split("\t")[2] == "before"
    for arguments in (["track", "x"], ["stop"]):
        done = program(*arguments, preexec_fn=obey_modes)
        assert (done.returncode, done.stdout) == (3, "")
        assert str(data_file) in done.stderr
        assert "hint: " in done.stderr
    assert data_file.read_bytes() == before
    assert os.listdir(locked_folder) == [data_file.name]


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o500, 0o400), (0o500, 0o600), (0o700, 0o400)])
def test_older_read_only_file_reports_cause(program: Program, tmp_path: Path, folder_mode: int, file_mode: int) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = old_file(folder / "old.db", 1)
    before = path.read_bytes()
    path.chmod(file_mode)
    folder.chmod(folder_mode)
    try:
        for arguments in (["list", "all"], ["track", "x"]):
            done = program("--database", str(path), *arguments, preexec_fn=obey_modes)
            assert (done.returncode, done.stdout) == (3, "")
            assert (
                f"{path} has schema 1, but this version of tasktimer requires schema {SCHEMA_VERSION}, " in done.stderr
            )
            assert "hint: copy the file to a writable folder" in done.stderr
        assert path.read_bytes() == before
        assert os.listdir(folder) == ["old.db"]
    finally:
        folder.chmod(0o700)


def test_read_only_file_can_be_read(program: Program, data_file: Path) -> None:
    program("track", "before")
    data_file.chmod(0o400)
    assert program("times", preexec_fn=obey_modes).stdout.split("\t")[2] == "before"
    done = program("track", "x", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout) == (3, "")
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("mode", [0o000, 0o200])
def test_unreadable_file_is_reported(program: Program, data_file: Path, mode: int) -> None:
    program("track", "before")
    data_file.chmod(mode)
    for arguments in (["times"], ["track", "x"], ["stop"]):
        done = program(*arguments, preexec_fn=obey_modes)
        assert (done.returncode, done.stdout) == (3, "")
        assert "Permission denied" in done.stderr


def test_uncreatable_folder_is_reported(program: Program, home: Path) -> None:
    home.chmod(0o500)
    done = program("track", "x", preexec_fn=obey_modes)
    home.chmod(0o700)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Permission denied" in done.stderr


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_file_is_private_with_any_umask(program: Program, data_file: Path, umask: int) -> None:
    assert program("track", "x", umask=umask).stdout == "1\n"
    assert stat.S_IMODE(data_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(data_file.parent.stat().st_mode) == 0o700


def test_file_size_limit_keeps_content(program: Program, data_file: Path) -> None:
    """A limit on file sizes acts like a disk that fills up between two tasks."""
    program("track", "first")
    size = data_file.stat().st_size
    failed = 0
    for number in range(300):
        done = program(
            "track",
            f"{number} " + "x" * 2000,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )
        if done.returncode:
            assert (done.returncode, done.stdout) == (3, "")
            assert "nothing was changed" in done.stderr
            failed += 1
        if failed == 3:
            break
    stored = program("times").stdout.splitlines()
    assert failed == 3
    assert len(stored) == number - 1
    assert program("track", "after").returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk_keeps_content(program: Program, small_disk: Path) -> None:
    path = small_disk / "tasks.db"
    done = program("--database", str(path), "track", "first")
    acknowledged = [done.stdout.strip()]
    (small_disk / "ballast").write_bytes(bytes(50_000))
    for number in range(60):
        done = program("--database", str(path), "track", f"{number} " + "x" * 3000)
        if done.returncode:
            break
        acknowledged.append(done.stdout.strip())
    assert (done.returncode, done.stdout) == (3, "")
    assert "disk is full" in done.stderr
    times = program("--database", str(path), "times")
    assert [line.split("\t")[0] for line in times.stdout.splitlines()] == acknowledged
    (small_disk / "ballast").unlink()
    assert program("--database", str(path), "stop", "--all").stdout.split() == acknowledged


def test_first_command_on_full_disk_leaves_no_file(program: Program, small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        (small_disk / "ballast").write_bytes(bytes(300_000))
    done = program("--database", str(small_disk / "tasks.db"), "track", "first")
    assert (done.returncode, done.stdout) == (3, "")
    assert os.listdir(small_disk) == ["ballast"]


def test_backup_on_full_disk_leaves_no_file(program: Program, small_disk: Path) -> None:
    program("track", "first")
    (small_disk / "ballast").write_bytes(bytes(100_000))
    done = program("backup", str(small_disk))
    assert (done.returncode, done.stdout) == (3, "")
    assert "full" in done.stderr
    assert os.listdir(small_disk) == ["ballast"]


@pytest.mark.parametrize("name", ["", "copy.db"])
def test_backup_in_read_only_folder_is_reported(program: Program, tmp_path: Path, name: str) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    program("track", "first", preexec_fn=obey_modes)
    done = program("backup", f"{closed}/{name}", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Permission denied" in done.stderr
    assert os.listdir(closed) == []


@pytest.mark.parametrize("level", [0, 1])
def test_inaccessible_config_folder_is_skipped_if_database_is_named(
    program: Program, config_file: Path, tmp_path: Path, level: int
) -> None:
    closed = config_file.parents[level]
    closed.chmod(0o000)
    database = str(tmp_path / "tasks.db")
    done = program("--database", database, "track", "x", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout) == (0, "1\n")
    assert done.stderr.startswith(f"note: the config file {config_file} is ignored: permission denied for its")
    done = program("info", env={"TASKTIMER_DATABASE": database}, preexec_fn=obey_modes)
    assert done.returncode == 0
    assert f"config\t{config_file}\tcannot be read\n" in done.stdout
    done = program("list", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: cannot look for the config file {config_file}: Permission denied\n")
    closed.chmod(0o700)


def test_unreadable_config_file_is_an_error(program: Program, config_file: Path, tmp_path: Path) -> None:
    config_file.write_text('tz = "Asia/Tokyo"')
    config_file.chmod(0o000)
    done = program("--database", str(tmp_path / "tasks.db"), "list", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Permission denied\nhint: to make it readable, run: chmod u+r {config_file}\n" in done.stderr
