"""The identity of rows, by which another import of the same source recognizes them."""

import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from types import TracebackType
from typing import Self

from tasktimer.formats.rows import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = 3_600_000_000  # microseconds
_MOST_IN_MEMORY = 100_000  # identities, in about 10 MB

_SQL = """
INSERT INTO counts VALUES (?, 1) ON CONFLICT (identity) DO UPDATE SET count = count + 1
RETURNING count
"""


class RowIdentities:
    """The identities of the rows of one source, each a signed integer of 64 bits.

    The identity of a row is a digest of its ID in the source or, without one, of its values and of
    the number of rows before it with the same values. That of a row without an end is a digest of
    its start, so that the row is recognized when it has ended.
    """

    def __init__(self, format_name: str) -> None:
        self._format_name = format_name
        self._counts = _Counts()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._counts.close()

    def next(self, row: Row) -> int:
        """Return the identity of the next row of the source, whose text is valid."""
        if row.end_time is None:
            return self.while_running(row)
        if row.source_id is not None:
            return _to_integer(_digest(8, f"{self._format_name}\0{row.source_id}"))
        start = (row.start_time - _EPOCH) // _MICROSECOND
        if row.task_id is not None:
            return _identity(start, f"tasktimer\0{row.task_id}\0{start}")
        end = (row.end_time - _EPOCH) // _MICROSECOND
        tags = " ".join(row.tags)
        # Valid text contains no NUL.
        values = f"{self._format_name}\0{start}\0{end}\0{row.description}\0{row.project}\0{tags}\0{row.note}"
        identity = _identity(start, values)
        if earlier := self._counts.add(identity):
            identity = _identity(start, f"{values}\0{earlier}")
        return identity

    def while_running(self, row: Row) -> int:
        """Return the identity that the row had while it had no end."""
        start = (row.start_time - _EPOCH) // _MICROSECOND
        source = self._format_name if row.task_id is None else "tasktimer"
        return _identity(start, f"{source}\0running\0{row.task_id}\0{start}")


class _Counts:
    """How often each identity occurred: in memory or, if there are many, in a temporary file."""

    def __init__(self) -> None:
        self._in_memory: dict[int, int] = {}
        self._file: sqlite3.Connection | None = None

    def add(self, identity: int) -> int:
        """Count an identity, and return how often it occurred before."""
        if self._file is None:
            before = self._in_memory.get(identity, 0)
            self._in_memory[identity] = before + 1
            if len(self._in_memory) > _MOST_IN_MEMORY:
                self._move_to_file()
            return before
        ((count,),) = self._file.execute(_SQL, (identity,))
        return int(count) - 1

    def close(self) -> None:
        """Delete the temporary file, if there is one."""
        if self._file is not None:
            self._file.close()

    def _move_to_file(self) -> None:
        self._file = sqlite3.connect(
            "", isolation_level=None
        )  # a temporary file, which SQLite deletes when it is closed
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE counts (identity INTEGER PRIMARY KEY, count INTEGER NOT NULL)")
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO counts VALUES (?, ?)", sorted(self._in_memory.items()))
        self._in_memory.clear()


def _identity(start: int, values: str) -> int:
    # Rows are mostly in the order of their starts: with the hour first, so are the entries of the database's index.
    hour = (start // _HOUR % 2**16).to_bytes(2, "big")
    return _to_integer(hour + _digest(6, values))


def _digest(size: int, text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()


def _to_integer(digest: bytes) -> int:
    return int.from_bytes(digest, "big", signed=True)
