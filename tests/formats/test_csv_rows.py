"""CSV files as spreadsheets and other programs write them, in every condition."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tasktimer.errors import InvalidValue
from tasktimer.formats.csv_rows import Columns, Fields, csv_header, join_csv, read_csv
from tasktimer.formats.reading import Item
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import MAX_LINE, Source

COLUMNS = Columns(required=("name", "size"), optional=("color",), aliases={"title": "name"})
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)

MakeSource = Callable[..., Source]


def parse(item: Item, fields: Fields) -> Row:
    if fields[1] == "none":
        raise Rejection("missing size")
    return Row(*item, NOON, None, "|".join(fields))


def rows(source: Source) -> list[tuple[str, str]]:
    """Return the place of each row, and its fields or the reason why it was rejected."""
    found = read_csv(source, COLUMNS, parse)
    return [(row.place, row.reason if isinstance(row, RejectedRow) else row.description) for row in found]


HEADER = "Name,Size\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a,1\n", [("row 2", "a|1|")]),
        ("a,1", [("row 2", "a|1|")]),  # cut after a field
        ("a,none\nb,2\n", [("row 2", "missing size"), ("row 3", "b|2|")]),
        ('"a,b",1\n"c\nd",2\ne,3\n', [("row 2", "a,b|1|"), ("row 3", "c\nd|2|"), ("row 4", "e|3|")]),
        ('"say ""hi""",1\n', [("row 2", 'say "hi"|1|')]),
        ("\n,\n , \na,1\n", [("row 5", "a|1|")]),  # blank rows count, as in a spreadsheet
        ("a\na,1\n", [("row 2", "the row has 1 field, but the header has 2"), ("row 3", "a|1|")]),
        ("a,1,2\na,1\n", [("row 2", "the row has 3 fields, but the header has 2"), ("row 3", "a|1|")]),
        ("a,1,,\n", [("row 2", "a|1|")]),  # spreadsheets add empty fields
        ("a\0b,1\n", [("row 2", "a\0b|1|")]),
        ("\x1b[31m,[bold]\n", [("row 2", "\x1b[31m|[bold]|")]),
        ("\u202egnp,١\n", [("row 2", "\u202egnp|١|")]),
        ('"a"b,1\nc,2\n', [("row 2", "it is not valid CSV: ',' expected after '\"'"), ("row 3", "c|2|")]),
        # An open quote takes the start of the next row.
        ('"a,1\n"b",2\nc,3\n', [("row 2", "it is not valid CSV: ',' expected after '\"'"), ("row 3", "c|3|")]),
        ('a"b,1\n', [("row 2", 'a"b|1|')]),
    ],
)
def test_rows(source: MakeSource, text: str, expected: list[tuple[str, str]]) -> None:
    assert rows(source(HEADER + text)) == expected


@pytest.mark.parametrize(
    "content",
    [
        "name,size,color\na b,1,red\n",
        "\ufeffname,size,color\na b,1,red\n",
        "name;size;color\na b;1;red\n",
        "name\tsize\tcolor\na b\t1\tred\n",
        "name,size,color\ra b,1,red\r",
        "name,size,color\r\na b,1,red\r\n",
        "\n\nname,size,color\na b,1,red\n",
        '" NAME ","Size","COLOR"\n"a b","1","red"\n',
        "color,size,other,other,name,,\nred,1,x,y,a b,,\n",
        "title,size,color\na b,1,red\n",
        "name,size,color\na b,1,red\n".encode("utf-16"),
    ],
)
def test_forms_of_files(source: MakeSource, content: str | bytes) -> None:
    file = source(content)
    assert [text for _, text in rows(file)] == ["a b|1|red"]
    assert csv_header(file, COLUMNS) >= {"name", "size", "color"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it has no header"),
        ("\n \n", "it has no header"),
        ("name\na\n", "the column 'size' is missing"),
        ("name,size,Name\na,1,b\n", "there are 2 columns 'name'"),
        ("name,size,color,color\n", "there are 2 columns 'color'"),
        ('"name"x,size\n', "row 1, the header, it is not valid CSV: ',' expected after '\"'"),
        ('name,size\na,1\n"b,2\nc,3\n', "a quoted field is not closed in row 3"),
        ('name,size\na,1\n"' + "x\n" * MAX_LINE + '",2\n', "row 3 is longer than 1,000,000 characters"),
        (f"name,size\n{'x' * 2 * MAX_LINE},2\n", "line 2 is longer than 1,000,000 characters"),
    ],
)
def test_invalid_files(source: MakeSource, text: str, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        rows(source(text))
    assert caught.value.message == f"cannot import file: {problem}"
    assert caught.value.code == "import-file-invalid"


def test_alias_is_another_column_if_the_file_has_both(source: MakeSource) -> None:
    assert rows(source("title,name,size\nx,a,1\n")) == [("row 2", "a|1|")]


def test_limit_of_the_csv_module_is_never_lowered(source: MakeSource) -> None:
    before = csv.field_size_limit(3 * MAX_LINE)
    try:
        assert rows(source(f"name,size\n{'x' * 200_000},2\n")) == [("row 2", f"{'x' * 200_000}|2|")]
        assert csv.field_size_limit() == 3 * MAX_LINE
        csv.field_size_limit(10)
        assert len(rows(source(f"name,size\n{'x' * 200_000},2\n"))) == 1
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rejected_rows_are_kept_as_they_are(source: MakeSource, end: str) -> None:
    text = end.join(["", "name;size", '"a', 'b";none', "c;1", "d;none"])
    file = source(text)
    raw = (row.raw for row in read_csv(file, COLUMNS, parse) if isinstance(row, RejectedRow))
    assert "".join(join_csv(file, raw)) == end.join(["name;size", '"a', 'b";none', "d;none\n"])


def test_long_files_are_read_row_by_row(source: MakeSource) -> None:
    file = source(HEADER + "a,1\n" * 100_000)
    found: Iterator[Row | RejectedRow] = read_csv(file, COLUMNS, parse)
    assert next(found).place == "row 2"
    assert file.position < file.size
    assert sum(1 for _ in found) == 99_999
