"""Every format: sample files are recognized as their own format only, and no content of a file crashes a reader.

Each folder in `files` is named after a format, and contains files written by hand from its specification.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.format_files import read

from tasktimer.core.text import validate_text
from tasktimer.errors import InvalidValue
from tasktimer.formats.identity import RowIdentities
from tasktimer.formats.registry import READABLE, WRITABLE, find_by_suffix, readable_format, recognize, writable_format
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.services.import_checks import valid_rows

FILES = Path(__file__).parent / "files"
SAMPLES = sorted(FILES.glob("*/*"))
NOW = datetime(2024, 3, 5, 12, tzinfo=UTC)  # the last row of some samples is running

MakeSource = Callable[..., Source]

samples = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(FILES)))


def import_rows(source: Source, name: str) -> list[Row | RejectedRow]:
    """Return the rows as an import reads them."""
    rows = list(valid_rows(read(source, name=name), NOW))
    with RowIdentities(name) as identities:
        for row in rows:
            if isinstance(row, Row):
                identities.next(row)
                validate_text(row.description, "description", longest=10_000)
    rejected = [row.raw for row in rows if isinstance(row, RejectedRow)]
    assert "".join(readable_format(name).join_rows(source, rejected)) or not rejected
    return rows


def try_import(source: Source, name: str) -> None:
    """Read a file that may be invalid; errors other than InvalidValue fail the test."""
    with suppress(InvalidValue):
        import_rows(source, name)


def test_each_format_has_samples() -> None:
    assert {path.parent.name for path in SAMPLES} == set(READABLE)


@samples
def test_sample_is_recognized_as_its_own_format_only(path: Path) -> None:
    assert [name for name in READABLE if readable_format(name).recognize(Source(path))] == [path.parent.name]


@samples
def test_all_rows_of_a_sample_are_valid(path: Path) -> None:
    rows = import_rows(Source(path), path.parent.name)
    assert rows
    assert [row for row in rows if isinstance(row, RejectedRow)] == []


@samples
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_sample_in_another_encoding_has_equal_rows(source: MakeSource, path: Path, encoding: str, end: str) -> None:
    text = path.read_text(encoding="utf-8-sig").replace("\n", end)
    file = source(text.encode(encoding))
    assert recognize(file) == path.parent.name
    assert [plain(row, end) for row in read(file)] == [plain(row, end) for row in read(Source(path))]


def plain(row: Row | RejectedRow, end: str) -> Row:
    """Return a row with plain newlines."""
    assert isinstance(row, Row)
    note = None if row.note is None else row.note.replace(end, "\n")
    return row._replace(raw=row.raw.replace(end, "\n"), note=note)


@pytest.mark.parametrize("name", READABLE)
@samples
def test_wrong_format_is_an_error_or_rejects_rows(path: Path, name: str) -> None:
    try_import(Source(path), name)


@pytest.mark.parametrize("name", READABLE)
def test_file_without_tasks_is_an_error_or_has_no_rows(source: MakeSource, name: str) -> None:
    for text in ("", "\n", " \n\t\n", "\0", "[", "]", "{}", "[]", "null", ",", '"', "''", "\ufffd", "a,b\n1,2\n"):
        file = source(text)
        readable_format(name).recognize(file)
        try_import(file, name)


@samples
def test_file_that_is_cut_anywhere(source: MakeSource, path: Path) -> None:
    content = path.read_bytes()
    for size in range(0, len(content), 5):
        file = source(content[:size])
        readable_format(path.parent.name).recognize(file)
        try_import(file, path.parent.name)


HOSTILE = [
    *("", " ", "-", "'", '"', "\\", "=1+1", "[bold red]x[/]", "<b>", "\x1b[31m", "a\0b", "\x07", "\u202egnp", "\u2028"),
    *("0", "-1", "9" * 400, "1e400", "NaN", "Infinity", "null", "true", "[]", "{}", "١٢", "0000-01-01", "10000-01-01"),
    *(
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "24:00",
        "25:61",
        "99991231T235959Z",
        "+24:00",
        "\ud800",
        "x" * 11_000,
    ),
]
_TOKEN = re.compile(r"[^\s,;|\"\[\]{}()#]+")


@samples
def test_each_value_of_a_file_may_be_hostile(source: MakeSource, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for number, changed in enumerate(hostile_texts(text)):
        # Surrogates cannot be encoded, so that the file is not UTF-8.
        file = source(changed.encode("utf-8", "surrogatepass"), f"file{number % 2}")
        try_import(file, path.parent.name)


def hostile_texts(text: str) -> Iterator[str]:
    """Yield the text with each of its words replaced by one of the hostile values, in turn."""
    number = 0
    for match in _TOKEN.finditer(text):
        for _ in range(3):  # all words meet different values
            yield text[: match.start()] + HOSTILE[number % len(HOSTILE)] + text[match.end() :]
            number += 1


@samples
def test_json_may_contain_escaped_characters_that_are_invalid_text(source: MakeSource, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not text.startswith(("{", "[")):
        return
    for match in re.finditer(r'(?<=")[^"\s]+(?=")', text):
        for escape in (r"\u001b[31m", r"a\u0000b", r"\ud800"):
            try_import(source(text[: match.start()] + escape + text[match.end() :]), path.parent.name)


TO_READ, TO_WRITE = f"use one of {', '.join(READABLE)}", f"use one of {', '.join(WRITABLE)}"


@pytest.mark.parametrize(
    ("load", "name", "problem", "hint"),
    [
        (readable_format, "togl", "unknown format 'togl'", "did you mean 'toggl'?"),
        (readable_format, "", "unknown format ''", TO_READ),
        (readable_format, "ics", "format 'ics' can only be exported", TO_READ),
        (writable_format, "klogg", "unknown format 'klogg'", "did you mean 'klog'?"),
        (writable_format, "Toggl", "format 'Toggl' can only be imported", TO_WRITE),
        (writable_format, "../csv", "unknown format '../csv'", "did you mean 'csv'?"),
    ],
)
def test_invalid_name_of_a_format(load: Callable[[str], object], name: str, problem: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        load(name)
    assert (caught.value.code, caught.value.message, caught.value.hint) == ("invalid-format-name", problem, hint)


def test_names_of_formats_ignore_case() -> None:
    assert readable_format("Toggl") is readable_format("toggl")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *((file_type.name, name) for name, file_type in WRITABLE.items() if name != "watson"),
        ("2026/Tasks.JSONL", "jsonl"),
        ("frames", None),
        ("tasks.txt", None),
        (".csv", None),
        ("", None),
    ],
)
def test_format_of_a_suffix(path: str, name: str | None) -> None:
    assert find_by_suffix(path) == name
