"""Files and folders to import, read line by line in little memory."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO, NamedTuple

from tasktimer.errors import InvalidValue

MAX_LINE = 1_000_000  # characters; a longer line might not fit in memory
SQLITE_HEADER = b"SQLite format 3\x00"

_HEAD_SIZE = 65_536  # bytes that are read to recognize a format
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The first bytes of files without readable text, and what these files are.
_BINARY = {
    b"\x1f\x8b": "compressed with gzip",
    b"PK\x03\x04": "a ZIP archive",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"\x00GITCRYPT\x00": "encrypted with git-crypt",
}


class Line(NamedTuple):
    """A line of a file with its number, from 1 on; `text` includes the line ending."""

    number: int
    text: str


class Source:
    """A file or a folder to import; messages call it `name`.

    `encoding=None` means UTF-8, or UTF-16 if the file starts with a byte order mark of UTF-16.

    Raises:
        InvalidValue: if there is no such file or folder, or if it cannot be read.
    """

    def __init__(self, path: Path, name: str | None = None, encoding: str | None = None) -> None:
        self.path = path
        self.name = name or str(path)
        self._encoding = encoding
        self._file: BinaryIO | None = None
        self._members: dict[str, Source] = {}
        with self._translate_errors():
            status = self.path.stat()
        self.is_folder = S_ISDIR(status.st_mode)
        if not self.is_folder and not S_ISREG(status.st_mode):
            raise InvalidValue("import-file-unreadable", f"{self.name} is not a regular file", "use a regular file")
        self._size = 0 if self.is_folder else status.st_size

    @property
    def size(self) -> int:
        """The number of bytes of a file, or of the members of a folder, when this program found it."""
        return self._size + sum(member.size for member in self._members.values())

    @property
    def position(self) -> int:
        """The number of these bytes that have been read, for a progress bar."""
        if self._file is None:
            return sum(member.position for member in self._members.values())
        return self._size if self._file.closed else self._file.tell()

    @cached_property
    def head(self) -> bytes:
        """The first bytes of a file; empty for a folder."""
        if self.is_folder:
            return b""
        with self._translate_errors(), self.path.open("rb") as file:
            return file.read(_HEAD_SIZE)

    @cached_property
    def head_text(self) -> str:
        """The text at the start of a file, up to its last whole line; empty if it cannot be decoded."""
        is_whole = len(self.head) < _HEAD_SIZE
        try:
            text = codecs.getincrementaldecoder(self.encoding)().decode(self.head, is_whole)
        except UnicodeError:
            return ""
        return text if is_whole else text[: text.rfind("\n") + 1] or text

    @property
    def encoding(self) -> str:
        """The encoding of the text."""
        # utf-8-sig skips a byte order mark, which spreadsheets write.
        return self._encoding or ("utf-16" if self.head.startswith(_UTF16_MARKS) else "utf-8-sig")

    @property
    def is_sqlite(self) -> bool:
        """Whether the source is a SQLite file."""
        return self.head.startswith(SQLITE_HEADER)

    def member(self, name: str) -> "Source":
        """Return a file or a folder within this folder."""
        if name not in self._members:
            self._members[name] = Source(self.path / name, f"{self.name}/{name}", self._encoding)
        return self._members[name]

    def lines(self) -> Iterator[Line]:
        """Yield the lines of a file.

        Raises:
            InvalidValue: if the file contains no text in its encoding, or a line longer than MAX_LINE.
        """
        with self._text() as text:
            for number in count(1):
                line = text.readline(MAX_LINE + 1)
                if len(line) > MAX_LINE:
                    raise self.error(f"line {number:,} is longer than {MAX_LINE:,} characters")
                if not line:
                    return
                yield Line(number, line)

    def pieces(self) -> Iterator[str]:
        """Yield the text of a file in pieces that need not end with a line.

        Raises:
            InvalidValue: if the file contains no text in its encoding.
        """
        with self._text() as text:
            while piece := text.read(_HEAD_SIZE):
                yield piece

    def error(self, problem: str, hint: str | None = None, code: str = "import-file-invalid") -> InvalidValue:
        """Return an error for a file that cannot be read in its format."""
        return InvalidValue(code, f"cannot import {self.name}: {problem}", hint, context={"file": self.name})

    @contextmanager
    def _text(self) -> Iterator[TextIOWrapper]:
        if self.is_folder:
            raise self.error("it is a folder", "use a file in it")
        self._check_text()
        with self._translate_errors(), self.path.open("rb") as self._file:
            # With newline="", line endings are kept, as the csv module requires.
            yield TextIOWrapper(self._file, self.encoding, newline="")

    def _check_text(self) -> None:
        for start, kind in _BINARY.items():
            if self.head.startswith(start):
                raise self.error(f"it is {kind}", "unpack or decrypt it first")
        if self.is_sqlite:
            raise self.error("it is a SQLite file", "use a file of text")
        if self.head.count(0) > len(self.head) // 4 and not self.encoding.startswith(("utf-16", "utf-32")):
            raise self.error("it is not UTF-8, but probably UTF-16", code="import-encoding")

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"cannot read {self.name}: {error.strerror}"
            raise InvalidValue("import-file-unreadable", message, "use a file that exists and can be read") from None
        except UnicodeDecodeError as error:
            problem = f"it is not {error.encoding.removesuffix('-sig').upper()}: byte 0x{error.object[error.start]:02x}"
            raise self.error(problem, code="import-encoding") from None
