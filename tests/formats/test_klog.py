"""klog: records, entries, times and tags, as the specification of its file format defines them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.format_files import formats_of, read

from tasktimer.errors import InvalidValue
from tasktimer.formats import klog
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

DAY = "2024-03-01\n"
ENTRY = "    8:00 - 9:00 docs\n"


def read_one(source: MakeSource, text: str, zone: str = "Europe/Berlin") -> Row | RejectedRow:
    [row] = read(source(text), zone, name="klog")
    return row


def reason(row: Row | RejectedRow) -> str:
    assert isinstance(row, RejectedRow)
    return row.reason


@pytest.mark.parametrize(
    "text",
    [
        DAY + ENTRY,
        "\n\n2024/03/01 (8h!)\r\nSome text\r\n\t8:00am-? docs",
        f"2024-02-29\nNo entries\n\n{DAY}  -1h30m",
        "\ufeff" + DAY + "   <23:00 - 24:00",
    ],
)
def test_only_klog_recognizes_its_files(source: MakeSource, text: str) -> None:
    assert formats_of(source(text)) == ["klog"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        DAY,
        "2024-03-01\n8:00 - 9:00\n",
        "2024-03-01\n    a list\n",
        "* 2024-03-01\n    1h\n",
        "    1h\n2024-03-01\n",
        b"2024-03-01\n    1h \xff",
    ],
)
def test_other_files_are_not_recognized(source: MakeSource, text: str | bytes) -> None:
    assert not klog.recognize(source(text))


def test_records_are_read(source: MakeSource) -> None:
    text = """\
2024-03-01 (8h!)
First day in the #office
    8:00 - 9:00

2024-03-02 (8h!)
At #home,
and in the garden
    -1h Lunch
    8:01 - 17:00 Write #draft #Docs
        Chapter 1
          and 2
    <23:40 - 0:30 #project=acme #night
    9:00 - ?
"""
    head = "2024-03-02 (8h!)\nAt #home,\nand in the garden\n"
    assert read(source(text)) == [
        Row(
            "line 3",
            "2024-03-01 (8h!)\nFirst day in the #office\n    8:00 - 9:00\n",
            datetime(2024, 3, 1, 7, tzinfo=UTC),
            datetime(2024, 3, 1, 8, tzinfo=UTC),
            "First day in the #office",
            None,
            ("office",),
            adaptations=(Adaptation.SHOULD_TOTAL,),
        ),
        RejectedRow("line 8", f"{head}    -1h Lunch\n", "a break of 1:00:00 is not a task", 3_600),
        Row(
            "line 9",
            f"{head}    8:01 - 17:00 Write #draft #Docs\n        Chapter 1\n          and 2\n",
            datetime(2024, 3, 2, 7, 1, tzinfo=UTC),
            datetime(2024, 3, 2, 16, 0, tzinfo=UTC),
            "Write #draft",
            None,
            ("docs", "draft", "home"),
            "At #home,\nand in the garden\nChapter 1\n  and 2",
            adaptations=(Adaptation.SHOULD_TOTAL,),
        ),
        Row(
            "line 12",
            f"{head}    <23:40 - 0:30 #project=acme #night\n",
            datetime(2024, 3, 1, 22, 40, tzinfo=UTC),
            datetime(2024, 3, 1, 23, 30, tzinfo=UTC),
            "At #home,",
            "acme",
            ("home", "night"),
            "and in the garden",
        ),
        Row(
            "line 13",
            f"{head}    9:00 - ?\n",
            datetime(2024, 3, 2, 8, tzinfo=UTC),
            None,
            "At #home,",
            None,
            ("home",),
            "and in the garden",
        ),
    ]


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("8:00 - 9:00", "2024-03-01 08:00", "2024-03-01 09:00"),
        ("08:00-9:00", "2024-03-01 08:00", "2024-03-01 09:00"),
        ("8:00 - 8:00", "2024-03-01 08:00", "2024-03-01 08:00"),
        ("0:00 - 24:00", "2024-03-01 00:00", "2024-03-02 00:00"),
        ("<24:00 - 0:00>", "2024-03-01 00:00", "2024-03-02 00:00"),
        ("<23:40 - 3:12>", "2024-02-29 23:40", "2024-03-02 03:12"),
        ("12:30am - 12:15pm", "2024-03-01 00:30", "2024-03-01 12:15"),
        ("<11:59pm - 1:00am>", "2024-02-29 23:59", "2024-03-02 01:00"),
        ("8:00 - ?", "2024-03-01 08:00", None),
        ("4:00pm-???", "2024-03-01 16:00", None),
        # Without times, entries start at 9:00.
        ("1h30m", "2024-03-01 09:00", "2024-03-01 10:30"),
        ("+90m", "2024-03-01 09:00", "2024-03-01 10:30"),
        ("0h", "2024-03-01 09:00", "2024-03-01 09:00"),
        ("400h", "2024-03-01 09:00", "2024-03-18 01:00"),
    ],
)
def test_times(source: MakeSource, times: str, start: str, end: str | None) -> None:
    row = read_one(source, f"{DAY}  {times} docs", "UTC")
    assert isinstance(row, Row)
    assert f"{row.start_time:%Y-%m-%d %H:%M}" == start
    assert (row.end_time and f"{row.end_time:%Y-%m-%d %H:%M}") == end
    assert row.description == "docs"


def test_entries_without_times_follow_each_other(source: MakeSource) -> None:
    rows = read(source(f"{DAY}  1h a\n{ENTRY[2:]}  30m b\n\n2024-03-02\n\t2h c\n\n{DAY}\t5m d\n\t\tnote"), "UTC")
    assert [(f"{row.start_time:%d %H:%M}", row.note) for row in rows if isinstance(row, Row)] == [
        ("01 09:00", "unknown times"),
        ("01 08:00", None),
        ("01 10:00", "unknown times"),
        ("02 09:00", "unknown times"),
        ("01 10:30", "note\nunknown times"),
    ]
    assert [len(row.adaptations) for row in rows if isinstance(row, Row)] == [1, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("9:00 - 8:00 x", "the end 8:00 is before the start 9:00; if it is on the next day, it is written as 8:00>"),
        ("0:30> - 0:15>", "the end 0:15> is before the start 0:30>"),
        ("25:00 - 26:00", "invalid time '25:00'"),
        ("24:01 - 24:02", "invalid time '24:01'"),
        ("8:00 - 24:00>", "invalid time '24:00>'"),
        ("0:30am - 1:00pm", "invalid time '0:30am'"),
        ("<8:00> - 9:00", "invalid time '<8:00>'"),
        ("1h60m", "invalid duration '1h60m': there are more than 59 minutes"),
        ("9999999999999h", "the duration '9999999999999h' is too long"),
        ("8:5 - 9:00", "the entry does not begin with a range of times or a duration: '8:5 - 9:00'"),
        ("8:00 - ?>", "the entry does not begin with a range of times or a duration: '8:00 - ?>'"),
        ("8:00 \u2013 9:00", "the entry does not begin with a range of times or a duration: '8:00 \u2013 9:00'"),
        ("1h-2h", "the entry does not begin with a range of times or a duration: '1h-2h'"),
        ("1.5h docs", "the entry does not begin with a range of times or a duration: '1.5h docs'"),
    ],
)
def test_rejected_entries(source: MakeSource, entry: str, expected: str) -> None:
    text = f"{DAY}    {entry}\n"
    assert read_one(source, text) == RejectedRow("line 2", text, expected)


@pytest.mark.parametrize(
    ("day", "entry", "expected"),
    [
        ("2024-02-30", "1h", "invalid date '2024-02-30'"),
        ("0000-01-01", "1h", "invalid date '0000-01-01'"),
        ("10000-01-01", "1h", "the record does not begin with a date: '10000-01-01'"),
        ("2024-03/01", "1h", "the record does not begin with a date: '2024-03/01'"),
        (" 2024-03-01", "1h", "the record does not begin with a date: ' 2024-03-01'"),
        ("2024-03-01 (8h)", "1h", "unknown text after the date: '(8h)'"),
        ("2024-03-01 (8h!) x", "1h", "unknown text after the date: '(8h!) x'"),
        ("0001-01-01", "<8:00 - 9:00", "the date 0001-01-01 is out of range"),
        ("0001-01-01", "8:00 - 9:00", "the date 0001-01-01 is out of range"),
        ("2024-03-31", "2:30 - 3:30", "2024-03-31 02:30:00 does not exist in Europe/Berlin"),
        ("2024-10-26", "23:00 - 2:30>", "2024-10-27 02:30:00 occurs twice in Europe/Berlin"),
    ],
)
def test_rejected_records(source: MakeSource, day: str, entry: str, expected: str) -> None:
    row = read_one(source, f"{day}\n    {entry}\n")
    assert reason(row) == expected
    assert row.raw == f"{day}\n    {entry}\n"


@pytest.mark.parametrize(
    ("lines", "place", "expected"),
    [
        ("  1h a\n    1h b\n   1h c", "line 4", "the line is not indented like the first entry of its record"),
        ("    1h\n\t1h", "line 3", "the line is not indented like the first entry of its record"),
        ("     1h", "line 2", "the line is not indented like the first entry of its record"),
        ("  1h\ntext\n  2h", "line 3", "the line is not indented"),
        ("  1h\n2024-03-02\n  2h", "line 3", "a blank line is missing before the date"),
        (
            " 1h\n  1h",
            "line 2",
            "the line is neither a summary, which is not indented, nor an entry, which is indented by 2",
        ),
        ("  8:00 - ?\n  9:00 - ?", "line 3", "the record contains another open range"),
    ],
)
def test_rejected_lines(source: MakeSource, lines: str, place: str, expected: str) -> None:
    rows = read(source(DAY + lines), name="klog")
    rejected = [row for row in rows if isinstance(row, RejectedRow)]
    assert [row.place for row in rejected] == [place]
    assert len(rows) <= 2  # an entry below an invalid date does not belong to the date before
    assert reason(rejected[0]).startswith(expected)
    assert rejected[0].raw.startswith(DAY)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (DAY.encode("utf-16-le"), "it is not UTF-8, but probably UTF-16"),
        (b"2024-03-01\n    1h caf\xe9", "it is not UTF-8: byte 0xe9"),
        (b"\x1f\x8b\x08\x00", "it is compressed with gzip"),
        (DAY + "x" * 1_000_001, "line 2 is longer than 1,000,000 characters"),
        (DAY + "  1m\n" * 250_000, "the record at line 1 is longer than 1,000,000 characters"),
    ],
)
def test_broken_files_are_errors(source: MakeSource, text: str | bytes, problem: str) -> None:
    with pytest.raises(InvalidValue, match="cannot import file: ") as error:
        read(source(text), name="klog")
    assert problem in error.value.message


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (DAY + "a" * 30_000 + "\n", "are longer than 30,000 characters"),
        (DAY + "a\n" * 15_000, "are longer than 30,000 characters"),
        ("2024-03-01" + " " * 30_000 + "\n", "are longer than 30,000 characters"),
        (DAY + "#a " * 101 + "\n", "have more than 100 tags"),
    ],
    ids=["line", "lines", "date", "tags"],
)
def test_long_summaries_are_not_repeated_in_each_row(source: MakeSource, head: str, problem: str) -> None:
    *rejected, last = read(source(f"{head}{ENTRY}{ENTRY}\n{DAY}{ENTRY}"), name="klog")
    assert [row.raw for row in rejected] == [DAY + ENTRY] * 2
    assert {reason(row) for row in rejected} == {f"the date and the summary above it {problem}"}
    assert isinstance(last, Row)


def test_rejected_rows_are_records(source: MakeSource) -> None:
    text = f"{DAY}Text\n    -1h a\n{ENTRY}    -2h b"
    raws = [row.raw for row in read(source(text)) if isinstance(row, RejectedRow)]
    joined = "".join(klog.join_rows(source(text), raws))
    assert joined == f"{DAY}Text\n    -1h a\n\n{DAY}Text\n    -2h b\n"
    assert len(read(source(joined))) == 2
