"""Timetrap: both schemas of its SQLite file, journals next to the file, and CSV."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.format_files import read

from tasktimer.errors import InvalidValue
from tasktimer.formats import timetrap
from tasktimer.formats.registry import recognize
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

SCHEMA = """
CREATE TABLE `entries` (`id` integer PRIMARY KEY AUTOINCREMENT, `note` varchar(255), `start` timestamp,
    `end` timestamp, `sheet` varchar(255));
CREATE TABLE `meta` (`id` integer PRIMARY KEY AUTOINCREMENT, `key` varchar(255), `value` varchar(255));
"""
OLD_SCHEMA = (
    'CREATE TABLE "entries" ("id" integer primary key, "note" string, "start" string, "end" string, "sheet" string)'
)
ENDLESS = "WITH RECURSIVE endless (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless)"
INSERT = 'INSERT INTO entries (note, start, "end", sheet) VALUES (?, ?, ?, ?)'
NEW = ("write docs", "2014-02-04 08:52:06.993757", "2014-02-04 09:00:00.000001", "acme")
OLD = ("write docs", "2010-07-12 17:19:56.708536+0100", "2010-07-12 18:00:00.000000+0100", "acme")


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


@pytest.fixture
def database(tmp_path: Path) -> Callable[..., Source]:
    """Return a function that returns a SQLite file with these entries as a source."""

    def make(*entries: tuple[Any, ...], schema: str = SCHEMA) -> Source:
        path = tmp_path / "100% #1?.db"
        with closing(connect(path)) as connection:
            connection.executescript(schema)
            if entries:
                connection.executemany(INSERT, entries)
        return Source(path, "timetrap.db")

    return make


def row_of(source: Source) -> Row:
    [row] = read(source)
    assert isinstance(row, Row)
    return row


def test_entries_are_rows(database: Callable[..., Source]) -> None:
    source = database(NEW)
    before = source.path.read_bytes()
    assert recognize(source) == "timetrap"
    assert read(source) == [
        Row(
            "entry 1",
            '"2014-02-04 08:52:06.993757","2014-02-04 09:00:00.000001","write docs","acme"',
            datetime(2014, 2, 4, 7, 52, 6, 993757, tzinfo=UTC),
            datetime(2014, 2, 4, 8, 0, 0, 1, tzinfo=UTC),
            "write docs",
            "acme",
            source_id="1 2014-02-04 08:52:06.993757",
        )
    ]
    assert source.path.read_bytes() == before
    assert [path.name for path in source.path.parent.iterdir()] == [source.path.name]


def test_the_times_of_old_files_have_an_offset(database: Callable[..., Source]) -> None:
    row = row_of(database(OLD, schema=OLD_SCHEMA))
    assert (row.start_time, row.end_time) == (
        datetime(2010, 7, 12, 16, 19, 56, 708536, tzinfo=UTC),
        datetime(2010, 7, 12, 17, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("note", "sheet", "expected"),
    [
        ("", "_acme", ("acme", "acme", (Adaptation.PROJECT_AS_DESCRIPTION,))),  # an archived sheet
        (None, "default", ("default", "default", (Adaptation.PROJECT_AS_DESCRIPTION,))),
        (None, None, ("untitled", None, (Adaptation.UNTITLED,))),
        ("a", "x / y", ("a", "x \u2215 y", (Adaptation.SLASH_REPLACED,))),
        ('two\n"lines"', "acme/web", ('two\n"lines"', "acme/web", ())),
        ("\x1b[31m[bold]\0", "a", ("\x1b[31m[bold]\0", "a", ())),  # left to the validation of tasks
    ],
)
def test_names(database: Callable[..., Source], note: str, sheet: str, expected: tuple[Any, ...]) -> None:
    row = row_of(database((note, "2014-02-04 08:52:06", None, sheet)))
    assert (row.description, row.project, row.adaptations) == expected
    assert row.end_time is None


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (None, None, "the start is missing"),
        ("", None, "the start is missing"),
        ("soon", None, "invalid time 'soon'"),
        ("2014-02-04", None, "invalid time '2014-02-04'"),
        (b"\0", None, "the start is not text"),
        (1391503926, None, "the start is not text"),
        ("2014-02-04 08:00:00", "0000-01-01 08:00:00", "invalid time '0000-01-01 08:00:00'"),
        ("2014-10-26 02:30:00", None, "2014-10-26 02:30:00 occurs twice in Europe/Berlin"),
    ],
)
def test_rejected_entries(database: Callable[..., Source], start: Any, end: Any, reason: str) -> None:
    source = database(("a", start, end, "b"), NEW)
    rejected, row = read(source)
    assert isinstance(rejected, RejectedRow)
    assert isinstance(row, Row)
    assert rejected.reason == reason
    text = "".join(timetrap.join_rows(source, [rejected.raw]))
    assert text.startswith('start,end,note,sheet\n"')


def test_rejected_entries_can_be_read_as_csv(database: Callable[..., Source], source: MakeSource) -> None:
    rejected, _ = read(database(('say "hi"\nto all', None, "2014-02-04 08:00:00", "a"), NEW))
    csv = source("".join(timetrap.join_rows(database(schema=""), [rejected.raw])))
    assert [row for row in read(csv) if isinstance(row, RejectedRow)] == [
        rejected._replace(place="row 2", raw=rejected.raw + "\n")
    ]


def test_text_that_is_not_utf8_does_not_stop_the_others(database: Callable[..., Source]) -> None:
    source = database(NEW, NEW)
    with closing(connect(source.path)) as connection:
        connection.execute("UPDATE entries SET note = CAST(x'ff' AS TEXT) WHERE id = 1")
    first, second = read(source)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.description, second.description) == ("\udcff", "write docs")
    first.raw.encode()


def test_all_chunks_are_read_and_deleted_entries_skipped(
    database: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetrap, "_CHUNK", 2)
    source = database(*[NEW] * 7)
    with closing(connect(source.path)) as connection:
        connection.execute("DELETE FROM entries WHERE id IN (2, 5)")
    assert [row.place for row in read(source)] == ["entry 1", "entry 3", "entry 4", "entry 6", "entry 7"]


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_files_next_to_the_file_are_read_and_left_as_they_are(database: Callable[..., Source], mode: str) -> None:
    source = database(NEW)
    with closing(connect(source.path)) as writer:
        writer.execute(f"PRAGMA journal_mode = {mode}")
        writer.execute("PRAGMA cache_size = 1")
        writer.execute(INSERT, NEW)  # with a write-ahead log, the file itself does not contain this entry yet
        writer.execute("BEGIN")
        writer.executemany(INSERT, [NEW] * 1000)  # not committed, but already written to a file
        before = {path.name: path.read_bytes() for path in source.path.parent.iterdir()}
        assert [row.place for row in read(Source(source.path))] == ["entry 1", "entry 2"]
        assert {path.name: path.read_bytes() for path in source.path.parent.iterdir()} == before
        writer.execute("ROLLBACK")


def test_a_file_in_wal_mode_stays_alone(database: Callable[..., Source]) -> None:
    source = database(NEW)
    with closing(connect(source.path)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
    assert len(read(Source(source.path))) == 1
    assert [path.name for path in source.path.parent.iterdir()] == [source.path.name]


@pytest.mark.parametrize(
    "schema",
    ["CREATE TABLE tasks (id)", "CREATE TABLE entries (id, start, note, sheet)", "CREATE TABLE sheet (entries)"],
)
def test_other_sqlite_files_are_errors(database: Callable[..., Source], schema: str) -> None:
    source = database(schema=schema)
    with pytest.raises(InvalidValue, match="another program"):
        read(source, name="timetrap")


@pytest.mark.parametrize(
    "schema",
    [
        f"""CREATE VIEW entries AS {ENDLESS} SELECT n AS rowid, 'a' AS start, 'b' AS "end", 'c' AS note, 'd' AS sheet
        FROM endless""",
        'CREATE TABLE entries (start, "end", note AS (replace(hex(zeroblob(9)), 0, start)), sheet)',
        'CREATE TABLE entries (start, "end", note, sheet AS (start) STORED)',
        'CREATE TABLE entries (rowid, start, "end", note, sheet)',
        'CREATE VIRTUAL TABLE entries USING fts5 (start, "end", note, sheet)',
    ],
)
def test_only_plain_tables_are_read(database: Callable[..., Source], schema: str) -> None:
    source = database(schema=schema)
    with pytest.raises(InvalidValue, match="another program"):
        read(source, name="timetrap")


def test_a_default_is_not_read_from_more_entries_than_the_file_has_space_for(database: Callable[..., Source]) -> None:
    entries = f"{ENDLESS} INSERT INTO entries (note) SELECT n FROM endless LIMIT 5000"
    sheet = f"ALTER TABLE entries ADD COLUMN sheet DEFAULT '{'a' * 200_000}'"
    source = database(schema=f'CREATE TABLE entries (start, "end", note); {entries}; {sheet}')
    with pytest.raises(InvalidValue, match="malformed"):
        read(source, name="timetrap")


def test_a_forged_page_with_the_same_entry_again_is_an_error(database: Callable[..., Source]) -> None:
    path = database(NEW, NEW).path
    content = bytearray(path.read_bytes())
    page = next(page for page in range(4096, len(content), 4096) if content[page : page + 5] == b"\x0d\0\0\0\x02")
    content[page + 10 : page + 12] = content[page + 8 : page + 10]  # the place of the second entry is that of the first
    path.write_bytes(content)
    with pytest.raises(InvalidValue, match="malformed"):
        read(Source(path))


def test_chunks_of_long_entries_are_smaller(database: Callable[..., Source], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetrap, "MAX_LINE", 1000)
    source = database(*[("a" * 600, *NEW[1:])] * 5)
    assert [row.place for row in read(source)] == [f"entry {number}" for number in range(1, 6)]


def test_many_tables_are_searched_quickly(source: MakeSource) -> None:
    header = b"SQLite format 3\0"
    tables = (b"CREATE TABLE entries (", b"CREATE TABLE entries ", b"CREATE TABLE entries" + b" " * 1000)
    assert not any(timetrap.recognize(source(header + table * 3000)) for table in tables)


def test_damaged_and_encrypted_files_are_errors(database: Callable[..., Source], source: MakeSource) -> None:
    content = database(*[NEW] * 200).path.read_bytes()
    cut = source(content[:4096] + b"\x7f" * 8192)
    assert recognize(cut) == "timetrap"
    with pytest.raises(InvalidValue, match="SQLite cannot read it"):
        read(cut)
    encrypted = source(bytes(range(255, 0, -1)) * 40)
    assert not timetrap.recognize(encrypted)
    with pytest.raises(InvalidValue, match="neither a SQLite file nor CSV"):
        read(encrypted, name="timetrap")


def test_csv(source: MakeSource) -> None:
    text = 'start,end,note,sheet\n"2014-02-04 08:52:06","2014-02-04 09:00:00","say ""hi""\nto all","_acme"\na,b\n'
    csv = source(text)
    assert recognize(csv) == "timetrap"
    assert not timetrap.recognize(source("start,end,note\n", "other"))
    row, rejected = read(csv)
    assert isinstance(row, Row)
    assert (row.place, row.description, row.project) == ("row 2", 'say "hi"\nto all', "acme")
    assert row.start_time == datetime(2014, 2, 4, 7, 52, 6, tzinfo=UTC)
    assert rejected == RejectedRow("row 3", "a,b\n", "the row has 2 fields, but the header has 4")
    assert "".join(timetrap.join_rows(csv, [rejected.raw])) == "start,end,note,sheet\na,b\n"
