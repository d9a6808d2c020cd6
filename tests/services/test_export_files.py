"""Files of exports appear whole, and replace only what they may."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasktimer.errors import Conflict, InvalidValue, Unavailable
from tasktimer.services.export_files import parse_path, write_file, write_temporary


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def failing(error: BaseException) -> Iterator[str]:
    yield "a" * 100_000
    raise error


def test_new_file_is_private_and_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"

    def pieces() -> Iterator[str]:
        yield "ü"
        assert not path.exists()
        yield "\ud800\n"

    write_file(path, pieces())
    assert (path.read_bytes(), mode(path)) == (b"\xc3\xbc\\ud800\n", 0o600)
    assert names(tmp_path) == {"tasks.csv"}


@pytest.mark.parametrize(
    "error", [Conflict("export-overlaps", "tasks overlap"), KeyboardInterrupt(), OSError(28, "full")]
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_failure_leaves_what_was_there(tmp_path: Path, error: BaseException, overwrite: bool) -> None:
    path = tmp_path / "tasks.csv"
    if overwrite:
        path.write_text("old")
    with pytest.raises(Unavailable if isinstance(error, OSError) else type(error)):
        write_file(path, failing(error), overwrite=overwrite)
    assert names(tmp_path) == ({"tasks.csv"} if overwrite else set())
    assert not overwrite or path.read_text() == "old"


def folder(path: Path) -> None:
    path.mkdir()


def link_to_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.with_name("target"))


def link_to_file(path: Path) -> None:
    path.with_name("target").write_text("old")
    link_to_nothing(path)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def database(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(100))


def existing(path: Path) -> None:
    path.write_text("old")
    path.chmod(0o640)


@pytest.mark.parametrize(
    ("occupy", "refused", "replaced"),
    [
        (existing, "tasks.csv already exists", None),
        (link_to_file, "tasks.csv already exists", None),
        (link_to_nothing, "tasks.csv already exists", None),
        (database, "tasks.csv already exists", "tasks.csv is a database, which is never overwritten"),
        (folder, "tasks.csv is a folder", "tasks.csv is a folder"),
        (link_to_folder, "tasks.csv is a folder", "tasks.csv is a folder"),
        (os.mkfifo, "tasks.csv is not a regular file", "tasks.csv is not a regular file"),
        (link_to_itself, "tasks.csv already exists", "cannot write tasks.csv: Too many levels of symbolic links"),
    ],
)
def test_existing_file_is_replaced_only_on_request(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    occupy: Callable[[Path], None],
    refused: str,
    replaced: str | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("tasks.csv")
    occupy(tmp_path / path)
    before = names(tmp_path)
    with pytest.raises(Conflict) as error:
        write_file(path, ["new"])
    assert (error.value.code, error.value.message) == ("file-exists", refused)
    if replaced is None:
        is_link = path.is_symlink()
        write_file(path, ["new"], overwrite=True)
        assert (path.read_text(), path.is_symlink()) == ("new", is_link)
        before |= {path.resolve().name}
    else:
        with pytest.raises((Conflict, Unavailable)) as refusal:
            write_file(path, ["new"], overwrite=True)
        assert refusal.value.message == replaced
    assert names(tmp_path) == before


def test_file_is_replaced_as_a_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    existing(path)
    with path.open() as reader:
        write_file(path, ["new"], overwrite=True)
        assert reader.read() == "old"
    assert (path.read_text(), mode(path)) == ("new", 0o640)


def test_file_that_another_process_creates_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"

    def pieces() -> Iterator[str]:
        path.write_text("other")
        yield "new"

    with pytest.raises(Conflict, match=r"tasks\.csv already exists$"):
        write_file(path, pieces())
    assert path.read_text() == "other"
    assert names(tmp_path) == {"tasks.csv"}


@pytest.mark.parametrize("name", ["", " ", "a/", "/", "a\0b"])
def test_invalid_path_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue) as error:
        write_file(parse_path(name), ["new"])
    assert error.value.code == "invalid-path"


@pytest.mark.parametrize("name", ["none/tasks.csv", "file/tasks.csv"])
def test_folder_must_exist(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable) as error:
        write_file(tmp_path / name, ["new"])
    assert error.value.code == "file-not-written"


def test_temporary_file_may_be_large_and_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with write_temporary(["ü" * 100_000] * 20) as file:
        assert file.read() == "ü".encode() * 2_000_000
        assert names(tmp_path) == set()  # unlinked, so that a crash leaves nothing
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(Unavailable, match=r"^cannot write a temporary file: No such file or directory$"):
        write_temporary(["ü" * 100_000] * 20)
