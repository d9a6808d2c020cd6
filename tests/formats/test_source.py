"""Files of every kind and encoding: text is read line by line, and other files are named for what they are."""

import gzip
import os
import random
import sqlite3
from collections.abc import Callable
from io import BufferedReader, BytesIO, FileIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest
from tests.format_files import read

from tasktimer.errors import InvalidValue
from tasktimer.formats.registry import READABLE, recognize
from tasktimer.formats.source import MAX_LINE, Line, Source
from tasktimer.services.imports import open_source

MakeSource = Callable[..., Source]

TEXT = "Müller\nзавтра\n"


def zipped(text: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(ZipInfo("tasks.csv"), text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), None),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None),
        (TEXT.encode("utf-16"), "utf-16-le"),  # the mark is not a part of the text
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "UTF_16BE"),
        (TEXT.encode("utf-32"), None),
        (TEXT.encode("cp1251", "replace").replace(b"?", b"\xfc"), "cp1251"),
    ],
)
def test_text_is_read_in_its_encoding(source: MakeSource, content: bytes, encoding: str | None) -> None:
    file = source(content, encoding=encoding)
    expected = TEXT.replace("ü", "ь") if encoding == "cp1251" else TEXT
    assert (file.head_text, "".join(file.pieces())) == (expected, expected)
    assert list(file.lines()) == [Line(1, expected.split("\n")[0] + "\n"), Line(2, "завтра\n")]


def test_lines_keep_their_endings_and_other_separators(source: MakeSource) -> None:
    # str.splitlines would also split at form feeds and at U+2028.
    file = source("a\r\nb\rc\u2028d\x0c\ne\0")
    assert list(file.lines()) == [Line(1, "a\r\n"), Line(2, "b\r"), Line(3, "c\u2028d\x0c\n"), Line(4, "e\0")]


def test_empty_file_has_no_lines(source: MakeSource) -> None:
    file = source("")
    assert (list(file.lines()), list(file.pieces()), file.head_text, file.size, file.position) == ([], [], "", 0, 0)


RANDOM = b"\xb5" + random.Random(7).randbytes(100_000)  # as encrypted SQLite files look

UNREADABLE = [
    (gzip.compress(TEXT.encode(), mtime=0), None, "it is compressed with gzip"),
    (zipped(TEXT), None, "it is a ZIP archive"),
    (b"\x00GITCRYPT\x00" + RANDOM, None, "it is encrypted with git-crypt"),
    (RANDOM, None, "it is not text"),
    (RANDOM[:1000], None, "it is not text"),
    (b"SQLite format 3\x00" + bytes(100), None, "it is a SQLite file"),
    ("Müller\n".encode("latin-1"), None, "it is not UTF-8: byte 0xfc"),
    ("plan,2024-03-04\nMüller\n".encode("utf-16-le"), None, "it is not UTF-8, but probably UTF-16-LE"),
    ("plan,2024-03-04\nMüller\n".encode("utf-16-be"), None, "it is not UTF-8, but probably UTF-16-BE"),
    ("plan\n".encode("utf-16-le"), "utf-16", "it is not UTF-16"),  # which needs a byte order mark
    ("Müller".encode()[:2], None, "it is not UTF-8: byte 0xc3"),  # cut within a character
    (TEXT.encode("utf-16")[:-1], None, "it is not UTF-16: byte 0x0a"),
    ("é".encode(), "ascii", "it is not ASCII: byte 0xc3"),
    (b"\x81", "cp1252", "it is not CP1252: byte 0x81"),
    (bytes(1000), None, "it contains only zero bytes"),  # after a crash of the machine
]


@pytest.mark.parametrize(("content", "encoding", "problem"), UNREADABLE, ids=lambda value: str(value)[:40])
def test_file_without_readable_text(source: MakeSource, content: bytes, encoding: str | None, problem: str) -> None:
    file = source(content, encoding=encoding)
    message = f"cannot import file: {problem}"
    for method in (file.lines, file.pieces):
        with pytest.raises(InvalidValue) as caught:
            list(method())
        assert caught.value.message == message
    with pytest.raises(InvalidValue) as caught:
        recognize(file)
    assert caught.value.message == message
    assert caught.value.code == (
        "import-encoding" if "not UTF" in problem or ": byte" in problem else "import-file-invalid"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf\n", "its format is not known"),
        (b"hello\n", "its format is not known"),
        (b"\0hello\n", "its format is not known"),
    ],
)
def test_unknown_file(source: MakeSource, content: bytes, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        recognize(source(content))
    assert caught.value.message == f"cannot import file: {problem}"


def test_invalid_byte_far_into_the_file_is_reported(source: MakeSource) -> None:
    lines = source(b"a\n" * 200_000 + b"\xfc\n").lines()
    assert next(lines) == Line(1, "a\n")
    with pytest.raises(InvalidValue, match="it is not UTF-8: byte 0xfc"):
        list(lines)


class CountingFile(FileIO):
    """A file that counts the bytes that are read from it."""

    bytes_read = 0

    def readinto(self, buffer: Any) -> int | None:
        size = super().readinto(buffer)
        CountingFile.bytes_read += size or 0
        return size


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.parametrize("start", [b"x", b'[ "', b'[["', b"[", b"{", b'"'])
def test_long_line_is_rejected_without_reading_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, start: bytes
) -> None:
    path = tmp_path / "huge"
    path.write_bytes(start + b" " * 300_000)  # more than what is read to recognize a format
    os.truncate(path, 2**26)  # a sparse file, which takes no space
    monkeypatch.setattr(Path, "open", lambda self, _mode: BufferedReader(CountingFile(self)))
    CountingFile.bytes_read = 0
    with pytest.raises(InvalidValue):
        read(Source(path), name=name)
    assert 0 < CountingFile.bytes_read < 5 * MAX_LINE


def test_line_of_the_greatest_length_is_read(source: MakeSource) -> None:
    assert [len(text) for _, text in source("x" * MAX_LINE).lines()] == [MAX_LINE]
    with pytest.raises(InvalidValue, match=r"line 2 is longer than 1,000,000 characters"):
        list(source("\n" + "x" * (MAX_LINE + 1)).lines())


def test_folders_and_pipes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InvalidValue, match="pipe is not a regular file"):
        Source(pipe)
    (tmp_path / "file").write_bytes(b"x" * 10)
    folder = Source(tmp_path, "folder")
    assert (folder.is_folder, folder.head, folder.head_text) == (True, b"", "")
    assert (folder.member("file").name, folder.size) == ("folder/file", 10)
    with pytest.raises(InvalidValue, match="cannot import folder: it is a folder"):
        list(folder.lines())
    with pytest.raises(InvalidValue, match="cannot import folder: not a Timewarrior or Watson folder"):
        recognize(folder)


@pytest.mark.parametrize("name", ["missing", "x\0y", "\ud800", "x" * 300, "file/below"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidValue, match="cannot read") as caught:
        Source(tmp_path / name)
    assert caught.value.code == "import-file-unreadable"


def test_file_of_another_program_is_not_a_file_of_timetrap(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(InvalidValue, match="it is a SQLite file"):
        recognize(Source(path))


@pytest.mark.parametrize("name", ["", "utf-7000", "hex", "rot13", "zip", "a\0b", "\ud800", "x" * 10_000])
def test_encoding_must_be_one_of_text(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue, match="unknown encoding") as caught:
        open_source(tmp_path, encoding=name)
    assert caught.value.code == "invalid-encoding"
