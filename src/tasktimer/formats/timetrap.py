"""Timetrap: its SQLite file, and the CSV that it exports; times are local, and sheets are projects."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from tasktimer.formats.clock_times import parse_clock_time
from tasktimer.formats.csv_rows import Columns, Fields, csv_header, join_csv, read_csv
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.names import choose_names, choose_project
from tasktimer.formats.reading import Item, ReadOptions, join_lines, parse_rows
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import MAX_LINE, Source

TITLE = "Timetrap"
ROW = "entry"
HAS_OFFSETS = False

_NAMES = ("start", "end", "note", "sheet")
_COLUMNS = Columns(required=_NAMES)
_TABLE = re.compile(rb"CREATE TABLE [`\"\[']?entries[`\"\]']?\s*+\(([^\x00]*+)", re.IGNORECASE)
_SHEET = re.compile(rb"\bsheet\b", re.IGNORECASE)
_WAL_MODE = 2  # of byte 18 of a SQLite file
_CHUNK = 1_000  # entries; the file is locked only while a chunk is read

# The file may come from anyone. These settings keep SQLite from running code in its schema, and from writing to it.
_SETTINGS = ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON")
# Reading a view or a virtual table runs its code, which may never end; so does reading a generated column.
_SELECT_COLUMNS = """
SELECT name FROM pragma_table_xinfo('entries') WHERE hidden = 0 AND EXISTS (
    SELECT 1 FROM sqlite_master WHERE name = 'entries' COLLATE NOCASE AND type = 'table' AND sql LIKE 'CREATE TABLE%'
)
"""
_SELECT_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
_SELECT_ENTRIES = """
SELECT rowid, start, "end", note, sheet FROM entries NOT INDEXED WHERE rowid > :rowid ORDER BY rowid LIMIT :limit
"""

_Entry = tuple[int, Any, Any, Any, Any]  # the columns of _SELECT_ENTRIES; SQLite does not enforce types


def recognize(source: Source) -> bool:
    """Return whether a file is a SQLite file of Timetrap, or CSV with its columns."""
    if source.is_sqlite:
        return any(_SHEET.search(table[1]) for table in _TABLE.finditer(source.head))
    return csv_header(source, _COLUMNS) == set(_NAMES)


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the entries in the order of their IDs, or of the file."""
    if source.is_sqlite:
        return parse_rows(_entries(source), lambda item, entry: _parse_entry(item, entry, options))
    if not recognize(source):
        raise source.error(f"it is neither a SQLite file nor CSV with the columns {', '.join(_NAMES)}")
    return read_csv(source, _COLUMNS, lambda item, fields: _parse_fields(item, fields, options))


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield CSV with these entries only."""
    if source.is_sqlite:
        return join_lines(chain((",".join(_NAMES),), rows))
    return join_csv(source, rows)


def _parse_fields(item: Item, fields: Fields, options: ReadOptions) -> Row:
    start, end, note, sheet = fields
    return _row(item, (start, end or None, note, sheet), None, options)


def _parse_entry(item: Item, entry: _Entry, options: ReadOptions) -> Row:
    number, *values = entry
    for column, value in zip(_NAMES, values, strict=True):
        if not isinstance(value, str | None):
            raise Rejection(f"the {column} is not text")
    start, end, note, sheet = values
    # The IDs of all databases start at 1; the start keeps entries of two databases apart.
    return _row(item, (start, end, note, sheet), f"{number} {start}", options)


def _row(
    item: Item,
    texts: tuple[str | None, str | None, str | None, str | None],
    source_id: str | None,
    options: ReadOptions,
) -> Row:
    start, end, note, sheet = texts
    if not start:
        raise Rejection("the start is missing")
    # Timetrap archives a sheet by moving its entries to a sheet with an underscore before its name.
    project, replaced = choose_project((sheet or "").removeprefix("_"))
    names = choose_names(description=note, project=project)
    end_time = None if end is None else parse_clock_time(end)
    times = to_interval(parse_clock_time(start), end_time, options.zone)
    return Row(
        *item,
        *times[:2],
        names.description,
        names.project,
        source_id=source_id,
        adaptations=names.adaptations + replaced,
    )


def _entries(source: Source) -> Iterator[tuple[Item, _Entry]]:
    """Yield the entries of a SQLite file.

    Raises:
        InvalidValue: if it belongs to another program, or if SQLite cannot read it.
    """
    try:
        with _open(source) as connection:
            columns = {name.lower() for (name,) in connection.execute(_SELECT_COLUMNS)}
            if not columns.issuperset(_NAMES) or "rowid" in columns:
                raise source.error("it is a SQLite file of another program")
            for chunk in _chunks(connection):
                for entry in chunk:
                    yield Item(f"entry {entry[0]:,}", _csv_line(entry)), entry
    except sqlite3.Error as error:
        raise source.error(f"SQLite cannot read it: {error}") from None
    except OSError as error:
        raise source.error(f"it cannot be copied: {error.strerror}") from None


def _chunks(connection: sqlite3.Connection) -> Iterator[list[_Entry]]:
    """Yield the entries, sorted by ID, in lists that are limited in number and in the length of their texts."""
    rowid, total = -(2**63), 0
    while True:
        (size,) = connection.execute(_SELECT_SIZE).fetchone()
        chunk: list[_Entry] = []
        most = total + MAX_LINE
        with closing(connection.execute(_SELECT_ENTRIES, {"rowid": rowid, "limit": _CHUNK})) as entries:
            for entry in entries:
                total += sum(len(value) for value in entry if isinstance(value, str | bytes))
                # In a forged file, a few pages can be read again and again.
                if entry[0] <= rowid or total > size:
                    raise sqlite3.DatabaseError("database disk image is malformed")
                rowid = entry[0]
                chunk.append(entry)
                if total > most:
                    break
        if not chunk:
            return
        yield chunk


@contextmanager
def _open(source: Source) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file for reading, or a copy of it if SQLite would write to files next to it."""
    path = source.path.resolve()
    journals = [journal for suffix in ("-wal", "-journal") if (journal := Path(f"{path}{suffix}")).exists()]
    if not journals and source.head[18] != _WAL_MODE:
        with _connect(path, "ro") as connection:
            yield connection
        return
    with TemporaryDirectory(prefix="tasktimer-", ignore_cleanup_errors=True) as folder:
        for file in (path, *journals):
            copyfile(file, Path(folder, file.name))
        with _connect(Path(folder, path.name), "rw") as connection:
            yield connection


@contextmanager
def _connect(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_LINE)
        connection.text_factory = _decode
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        yield connection


def _decode(text: bytes) -> str:
    return text.decode(errors="surrogateescape")  # the surrogates are rejected later, in the row that contains them


def _csv_line(entry: _Entry) -> str:
    """Return an entry as a line of CSV."""
    fields = ("" if value is None else str(value).replace('"', '""') for value in entry[1:])
    return '"' + '","'.join(fields).encode(errors="replace").decode() + '"'
