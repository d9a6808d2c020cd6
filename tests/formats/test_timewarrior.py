"""Timewarrior: data files, the folder, and exports in JSON, also as extensions receive them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.format_files import formats_of, read

from tasktimer.errors import InvalidValue
from tasktimer.formats import timewarrior
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

LINE = 'inc 20240301T080000Z - 20240301T090000Z # "write docs" acme\n'
INTERVAL = '{"id":1,"start":"20240301T080000Z","end":"20240301T090000Z","tags":["acme","write docs"]}'
EIGHT, NINE = datetime(2024, 3, 1, 8, tzinfo=UTC), datetime(2024, 3, 1, 9, tzinfo=UTC)
# Extensions receive the settings, an empty line, and the intervals.
SETTINGS = "color: off\ntemp.report.start: 20240301T000000Z\ntemp.report.tags: \n\n"

JOINED = (Adaptation.TAGS_JOINED,)
PHRASE = (Adaptation.TAG_AS_DESCRIPTION,)
UNTITLED = (Adaptation.UNTITLED,)


def read_line(source: MakeSource, labels: str) -> Row | RejectedRow:
    [row] = read(source(f"inc 20240301T080000Z - 20240301T090000Z{labels}\n"), name="timewarrior")
    return row


def names(row: Row | RejectedRow) -> tuple[Any, ...]:
    assert isinstance(row, Row)
    return row.description, row.project, row.tags, row.note


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        "inc 20160427T160000Z # foo",
        "\ufeff\r\ninc 20160427T160000Z\r\n",
        LINE.encode("utf-16"),
        f"[\n{INTERVAL}\n]\n",
        f"{SETTINGS}[\n{INTERVAL}\n]\n",
    ],
)
def test_only_timewarrior_recognizes_its_files(source: MakeSource, text: str | bytes) -> None:
    assert formats_of(source(text)) == ["timewarrior"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "[\n]\n",
        "include 20160427T160000Z",
        "inc tomorrow",
        '[{"id": 1, "start": "2016-04-27T16:00:00Z"}]',
        '{"start": "20160427T160000Z"}',
        "key: value\n\n20160427",
        "a:\n" * 20_000,
        b"\x1f\x8b\x08\x00inc 20160427T160000Z",
        b"\xff\xff\x00",
    ],
)
def test_other_files_are_not_recognized(source: MakeSource, text: str | bytes) -> None:
    assert not timewarrior.recognize(source(text))


def test_lines_are_rows(source: MakeSource) -> None:
    running = 'inc 20240301T100000Z # review # "of \\"chapter\\" 1"\r\n'
    first = Row("line 1", LINE, EIGHT, NINE, "write docs", None, ("acme",), adaptations=PHRASE)
    assert read(source(f"{LINE}\n{running}")) == [
        first,
        Row("line 3", running, datetime(2024, 3, 1, 10, tzinfo=UTC), None, 'of "chapter" 1', None, ("review",)),
    ]


@pytest.mark.parametrize("settings", ["", SETTINGS, SETTINGS.replace("\n", "\r\n")])
def test_the_export_contains_the_same_rows(source: MakeSource, settings: str) -> None:
    running = '{"id":1,"start":"20240301T100000Z","tags":["review"],"annotation":"of \\"chapter\\" 1"}'
    exported = read(source(f"{settings}[\n{INTERVAL},\n{running}\n]\n"))
    lines = read(source(f'{LINE}inc 20240301T100000Z # review # "of \\"chapter\\" 1"'))
    assert [row.place for row in exported] == ["interval 1", "interval 2"]
    assert [row.raw for row in exported] == [INTERVAL, running]
    assert [row[2:] for row in exported] == [row[2:] for row in lines]


@pytest.mark.parametrize(
    ("labels", "expected", "adaptations"),
    [
        ("", ("untitled", None, (), None), UNTITLED),
        (" #", ("untitled", None, (), None), UNTITLED),
        (" # foo bar", ("untitled", None, ("bar", "foo"), None), UNTITLED),
        (" # foo foo", ("untitled", None, ("foo",), None), UNTITLED),
        (' # "two words" foo', ("two words", None, ("foo",), None), PHRASE),
        (' # b,c "two words"', ("b,c; two words", None, (), None), JOINED),
        (' # # "a note"', ("a note", None, (), None), ()),
        (' # foo # "a note"', ("a note", None, ("foo",), None), ()),
        (' # "two words" # "a note"', ("two words", None, (), "a note"), PHRASE),
        (" # foo # a note", ("a note", None, ("foo",), None), ()),
        (" # foo # a # b", ("a # b", None, ("foo",), None), ()),
        (' # foo # ""', ("untitled", None, ("foo",), None), UNTITLED),
        (" # project:acme/web", ("acme/web", "acme/web", (), None), (Adaptation.PROJECT_AS_DESCRIPTION,)),
        (' # "project:acme/web site" foo', ("acme/web site", "acme/web site", ("foo",), None), None),
        (" # project:a project:b", ("a", "a", ("project:b",), None), None),
        (" # project: project:/", ("untitled", None, ("project:", "project:/"), None), UNTITLED),
        (' # "foo "', ("foo", None, (), None), ()),  # the space marks a word as the description
        (' # "foo " foo "two words"', ("foo; two words", None, ("foo",), None), JOINED),
        (' # "foo " # "a note"', ("foo", None, (), "a note"), ()),
        (' # "" " "', ("untitled", None, (), None), UNTITLED),
        # Timewarrior separates tags by ASCII spaces only.
        (" # a\u00a0b \u3000c\tfoo", ("a\u00a0b; \u3000c", None, ("foo",), None), JOINED),
        (" # a#b c# #d", ("untitled", None, ("#d", "a#b", "c#"), None), UNTITLED),
        (' # "C++" "\\"q\\"" "back\\\\slash"', ("untitled", None, ('"q"', "C++", "back\\slash"), None), UNTITLED),
        (" # it's 'two words' \"it's\"", ("two words", None, ("it's",), None), PHRASE),
        (' # "\\u00e9" "U+00e9" U+00e9', ("untitled", None, ("U+00e9", "\u00e9"), None), UNTITLED),
        (' # "a\\nb" # "c\\td"', ("a\nb", None, (), "c\td"), PHRASE),
        (" # e\u0301", ("untitled", None, ("\u00e9",), None), UNTITLED),
        (" # " + "x" * 300, ("x" * 300, None, (), None), PHRASE),  # longer than a tag
        (' # "[bold]\x1b[31m\0 <b>"', ("[bold]\x1b[31m\0 <b>", None, (), None), PHRASE),  # left to the validation
        (' # foo # "\x1b[31m"', ("\x1b[31m", None, ("foo",), None), ()),
    ],
)
def test_labels(
    source: MakeSource, labels: str, expected: tuple[Any, ...], adaptations: tuple[Adaptation, ...] | None
) -> None:
    row = read_line(source, labels)
    assert names(row) == expected
    assert isinstance(row, Row)
    assert adaptations in {None, row.adaptations}


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("20240301T080000Z - 20240301T240000Z", EIGHT, datetime(2024, 3, 2, tzinfo=UTC)),
        ("20240301T080000Z - 20240301T080000Z", EIGHT, EIGHT),
        ("20240301T080000Z - 20240301T070000Z", EIGHT, datetime(2024, 3, 1, 7, tzinfo=UTC)),
        ("20240301T080000Z - 20240318T080000Z", EIGHT, datetime(2024, 3, 18, 8, tzinfo=UTC)),
        ("  20240301T080000Z   -   20240301T090000Z  ", EIGHT, NINE),
    ],
)
def test_times(source: MakeSource, times: str, start: datetime, end: datetime) -> None:
    [row] = read(source(f"inc {times} # foo\n"))
    assert isinstance(row, Row)
    assert (row.start_time, row.end_time) == (start, end)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("inc", "the start is missing"),
        ("inc # foo", "the start is missing"),
        ("inc 20240301T080000Z -", "the end is missing"),
        ("inc 20240301T080000Z - # foo", "the end is missing"),
        ("inc 20240301T0800", "invalid time '20240301T0800'"),
        ("inc 20240230T080000Z # foo", "invalid time '20240230T080000Z'"),
        ("inc 20240301T080060Z", "invalid time '20240301T080060Z'"),
        ("inc 20240301T240001Z", "invalid time '20240301T240001Z'"),
        ("inc 00000101T080000Z", "invalid time '00000101T080000Z'"),
        ("inc 100000101T080000Z", "invalid time '100000101T080000Z'"),
        ("inc 99991231T080000Z - 99991231T240000Z", "invalid time '99991231T240000Z'"),
        ("inc 20240301T080000Z - 20240301T09", "invalid time '20240301T09'"),
        ('inc 20240301T080000Z # "write do', "a quotation mark is not closed"),
        ("inc 20240301T080000Z foo", "it is not an interval"),
        ("exc monday", "it is not an interval"),
        ("\x00\x00", "it is not an interval"),
    ],
)
def test_rejected_lines(source: MakeSource, line: str, reason: str) -> None:
    assert read(source(f"{LINE}{line}\n{LINE}"))[1] == RejectedRow("line 2", f"{line}\n", reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"start": None}, "the start is not text"),
        ({"end": "20240301T090000Z"}, "the start is missing"),
        ([], "it is not an interval"),
        (None, "it is not an interval"),
        ({"start": "20240301T080000"}, "invalid time '20240301T080000'"),
        ({"start": "2024W0511T0000Z"}, "invalid time '2024W0511T0000Z'"),
        ({"start": "20240301T080000Z", "end": 5}, "the end is not text"),
        ({"start": "20240301T080000Z", "end": ""}, "invalid time ''"),
        ({"start": "20240301T080000Z", "tags": "foo"}, "the tags are not a list of text"),
        ({"start": "20240301T080000Z", "tags": [1]}, "the tags are not a list of text"),
        ({"start": "20240301T080000Z", "annotation": {}}, "the annotation is not text"),
    ],
)
def test_rejected_values(source: MakeSource, value: object, reason: str) -> None:
    text = json.dumps(value)
    assert read(source(f"[{INTERVAL},{text}]"))[1] == RejectedRow("interval 2", text, reason)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"[{INTERVAL},", "interval 2 is not valid JSON: expecting value"),
        (f"[{INTERVAL[:60]}", "interval 1 is not valid JSON"),
        (f"[{INTERVAL}", "the JSON list is not closed after interval 1"),
        (f"[{INTERVAL}] x", "'x' follows the JSON list"),
        (f"{SETTINGS}[{INTERVAL},", "interval 2 is not valid JSON"),
        ("[" * 100_000, "interval 1 is not valid JSON"),
        (LINE.encode() + b"inc 20240301T080000Z # caf\xe9\n", "it is not UTF-8: byte 0xe9"),
        (LINE.encode("utf-16-le"), "it is not UTF-8, but probably UTF-16"),
        (b"\x1f\x8b\x08\x00", "it is compressed with gzip"),
        (b"\x00GITCRYPT\x00", "it is encrypted with git-crypt"),
        (b"SQLite format 3\x00", "it is a SQLite file"),
        (f"{LINE}inc {'x' * 1_000_001}", "line 2 is longer than 1,000,000 characters"),
    ],
)
def test_broken_files_are_errors(source: MakeSource, text: str | bytes, problem: str) -> None:
    with pytest.raises(InvalidValue, match="cannot import file: ") as error:
        read(source(text), name="timewarrior")
    assert problem in error.value.message


def test_other_encodings_can_be_named(source: MakeSource) -> None:
    [row] = read(source(b"inc 20240301T080000Z # caf\xe9\n", encoding="latin-1"))
    assert names(row) == ("untitled", None, ("café",), None)


@pytest.mark.parametrize("folder", ["", "data"])
def test_data_files_of_a_folder_are_read_by_month(tmp_path: Path, folder: str) -> None:
    data = tmp_path / folder
    data.mkdir(exist_ok=True)
    for name in ("2024-02.data", "2023-12.data", "2024-03.data.bak", "tags.data", "undo.data", "notes"):
        data.joinpath(name).write_text(LINE if name.startswith("20") else '{"foo":{"count":1}}')
    source = Source(tmp_path)
    assert formats_of(source) == ["timewarrior"]
    assert [row.place for row in read(source)] == ["2023-12.data line 1", "2024-02.data line 1"]


def test_a_folder_without_data_files_is_not_recognized(tmp_path: Path) -> None:
    (tmp_path / "tags.data").write_text("{}")
    assert formats_of(Source(tmp_path)) == []


@pytest.mark.parametrize("text", [f"inc x\n{LINE}inc y\n", f'[{{"id": 1}}, {INTERVAL}, {{"id": 2}}]'])
def test_rejected_rows_are_a_file_of_the_same_kind(source: MakeSource, text: str) -> None:
    raws = [row.raw for row in read(source(text), name="timewarrior") if isinstance(row, RejectedRow)]
    joined = "".join(timewarrior.join_rows(source(text), raws))
    assert joined in {"inc x\ninc y\n", '[\n{"id": 1},\n{"id": 2}\n]\n'}
    assert [row.raw for row in read(source(joined), name="timewarrior")] == raws
