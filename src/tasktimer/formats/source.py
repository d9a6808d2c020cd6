"""Files and folders to import, read line by line in little memory."""

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO, NamedTuple

from tasktimer.errors import InvalidValue
from tasktimer.formats.file_kinds import SQLITE_HEADER, find_marked_encoding, find_packing, guess_utf16, is_binary

MAX_LINE = 1_000_000  # characters; a longer line might not fit in memory

_HEAD_SIZE = 65_536  # bytes that are read to recognize a format
_BYTE_ORDER_MARK = "\ufeff"


class Line(NamedTuple):
    """A line of a file with its number, from 1 on; `text` includes the line ending."""

    number: int
    text: str


class Source:
    """A file or a folder to import; messages call it `name`.

    `encoding=None` means UTF-8, or the encoding of the byte order mark with which the file starts.

    Raises:
        InvalidValue: if there is no such file or folder, or if it cannot be read.
    """

    def __init__(self, path: Path, name: str | None = None, encoding: str | None = None) -> None:
        self.path = path
        self.name = name or str(path)
        self._encoding = encoding
        self._file: BinaryIO | None = None
        self._members: dict[str, Source] = {}
        try:
            status = self.path.stat()
            if S_ISDIR(status.st_mode):
                os.scandir(path).close()  # glob would not say that a folder cannot be read
        except OSError as error:
            raise self._access_error(error.strerror) from None
        except ValueError:  # a path with a NUL
            raise self._access_error("its path is not valid") from None
        self.is_folder = S_ISDIR(status.st_mode)
        if not self.is_folder and not S_ISREG(status.st_mode):
            raise InvalidValue("import-file-unreadable", f"{self.name} is not a regular file", "use a regular file")
        self._size = 0 if self.is_folder else status.st_size
        self._modified = status.st_mtime_ns

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
        try:
            text = self._decode_head().removeprefix(_BYTE_ORDER_MARK)
        except UnicodeError:
            return ""
        return text if len(self.head) < _HEAD_SIZE else text[: text.rfind("\n") + 1] or text

    @property
    def encoding(self) -> str:
        """The encoding of the text."""
        return self._encoding or find_marked_encoding(self.head) or "utf-8"

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
                yield Line(number, line if number > 1 else line.removeprefix(_BYTE_ORDER_MARK))

    def pieces(self) -> Iterator[str]:
        """Yield the text of a file in pieces that need not end with a line.

        Raises:
            InvalidValue: if the file contains no text in its encoding.
        """
        with self._text() as text:
            for number, piece in enumerate(iter(partial(text.read, _HEAD_SIZE), "")):
                yield piece if number else piece.removeprefix(_BYTE_ORDER_MARK)

    def error(self, problem: str, hint: str | None = None, code: str = "import-file-invalid") -> InvalidValue:
        """Return an error for a file that cannot be read in its format."""
        context = {"file": self.name, "source": self}
        return InvalidValue(code, f"cannot import {self.name}: {problem}", hint, context=context)

    def check_text(self) -> None:
        """Raise InvalidValue unless the first bytes of a file are text in its encoding."""
        head = self.head
        if packing := find_packing(head):
            raise self.error(f"it is {packing}", "unpack or decrypt it first")
        if self.is_sqlite:
            raise self.error("it is a SQLite file", "export it as text from the program that wrote it")
        if self.encoding == "utf-8" and (guess := guess_utf16(head)):
            raise self.error(f"it is not UTF-8, but probably {guess.upper()}", code="import-encoding")
        if head and not head.strip(b"\x00"):
            raise self.error("it contains only zero bytes")
        try:
            self._decode_head()
        except UnicodeError as error:
            if self.encoding == "utf-8" and is_binary(head):
                raise self.error("it is not text") from None
            raise self._encoding_error(error) from None

    def _decode_head(self) -> str:
        decoder = codecs.getincrementaldecoder(self.encoding)()
        return decoder.decode(self.head, final=len(self.head) < _HEAD_SIZE)

    @contextmanager
    def _text(self) -> Iterator[TextIOWrapper]:
        if self.is_folder:
            raise self.error("it is a folder", "use a file in it")
        self.check_text()
        with self._translate_errors(), self.path.open("rb") as self._file:
            # With newline="", line endings are kept, as the csv module requires.
            text = TextIOWrapper(self._file, self.encoding, newline="")
            yield text
            status = os.fstat(text.fileno())
            if (status.st_size, status.st_mtime_ns) != (self._size, self._modified):
                raise self.error("it changed while it was read", "wait until no other program writes to it")

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._access_error(error.strerror) from None
        except UnicodeError as error:
            raise self._encoding_error(error) from None

    def _access_error(self, problem: str | None) -> InvalidValue:
        message = f"cannot read {self.name}: {problem}"
        hint = "use a file that exists and can be read"
        return InvalidValue("import-file-unreadable", message, hint, context={"file": self.name})

    def _encoding_error(self, error: UnicodeError) -> InvalidValue:
        # For UTF-16 without a byte order mark, the error has no byte.
        byte = f": byte 0x{error.object[error.start]:02x}" if isinstance(error, UnicodeDecodeError) else ""
        return self.error(f"it is not {self.encoding.upper()}{byte}", code="import-encoding")
