"""The rows of CSV files with a header, separated by commas, semicolons or tabs."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from tasktimer.errors import InvalidValue, quote_value
from tasktimer.formats.reading import Item
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import MAX_LINE, Source

# Spreadsheets use semicolons in countries where the decimal separator is a comma.
_DELIMITERS = (",", ";", "\t")

Fields = tuple[str, ...]
_Record = tuple[int, str, list[str], str]  # its number, its text, its fields and, if it is invalid, the reason


class Columns(NamedTuple):
    """The columns that a format reads, in lower case; `aliases` are other names, which a file may use instead.

    The field of an optional column is empty if the file does not have it. `show` returns a name as it is in files.
    """

    required: Sequence[str]
    optional: Sequence[str] = ()
    aliases: Mapping[str, str] = {}
    show: Callable[[str], str] = str


def csv_header(source: Source, columns: Columns) -> frozenset[str]:
    """Return the names of the columns in a file, in lower case and without aliases; empty without a header."""
    return frozenset(_names(_first_record(source.head_text, _delimiter(source)), columns))


def read_csv(source: Source, columns: Columns, parse: Callable[[Item, Fields], Row]) -> Iterator[Row | RejectedRow]:
    """Yield what `parse` returns for each row or, if it raises Rejection or InvalidValue, the rejected row.

    The fields that `parse` receives are those of the required columns, then of the optional ones. Blank rows are
    skipped. Places are `row` and the number, as a spreadsheet shows it.

    Raises:
        InvalidValue: if a column is missing or ambiguous, a row is too long, or the file ends within a quoted field.
    """
    for item, fields, problem in _rows(source, columns):
        if problem:
            yield RejectedRow(*item, problem)
            continue
        try:
            yield parse(item, fields)
        except (Rejection, InvalidValue) as error:
            yield RejectedRow(*item, str(error))


def csv_fields(source: Source, columns: Columns) -> Iterator[tuple[str, Fields]]:
    """Yield the place and the fields of each row that `read_csv` parses."""
    return ((item.place, fields) for item, fields, problem in _rows(source, columns) if not problem)


def join_csv(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield the header of a file and rows of it."""
    header = (raw for _, raw, fields, _ in _records(source) if not _is_blank(fields))
    for row in chain([next(header, "")], rows):
        yield row if row.endswith(("\n", "\r")) else row + "\n"


def _rows(source: Source, columns: Columns) -> Iterator[tuple[Item, Fields, str]]:
    """Yield the fields of each row below the header and, if it is invalid, the reason."""
    select: Callable[[list[str]], Fields] | None = None
    width = 0
    for number, raw, fields, problem in _records(source):
        if not problem and _is_blank(fields):
            continue
        if select is None:
            if problem:
                raise source.error(f"row {number:,}, the header, {problem}")
            select, width = _selection(source, fields, columns), len(fields)
        elif problem or (len(fields) != width and (len(fields) < width or not _is_blank(fields[width:]))):
            yield Item(f"row {number:,}", raw), (), problem or _wrong_width(len(fields), width)
        else:
            fields.append("")  # for the columns that the file does not have
            yield Item(f"row {number:,}", raw), select(fields), ""
    if select is None:
        raise source.error("it has no header")


def _wrong_width(fields: int, width: int) -> str:
    return f"the row has {fields} field{'' if fields == 1 else 's'}, but the header has {width}"


def _records(source: Source) -> Iterator[_Record]:
    # This limit is global. It is never lowered, because another reader in this process might rely on it.
    csv.field_size_limit(max(MAX_LINE, csv.field_size_limit()))
    lines = _Lines(source)
    reader = csv.reader(lines, delimiter=_delimiter(source), strict=True)
    while True:
        lines.start_record()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if lines.at_end:
                raise source.error(f"a quoted field is not closed in row {lines.number:,}") from None
            yield lines.number, "".join(lines.record), [], f"it is not valid CSV: {error}"
        else:
            yield lines.number, "".join(lines.record), fields, ""


class _Lines:
    """The lines of a file; `record` contains those of the current record, because a quoted field may have several."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.number = 0  # of the current record
        self.record: list[str] = []
        self.at_end = False

    def start_record(self) -> None:
        self.number += 1
        self.record = []

    def __iter__(self) -> Iterator[str]:
        size = 0
        for _, line in self._source.lines():
            size = size + len(line) if self.record else len(line)
            if size > MAX_LINE:
                hint = "close its quoted fields" if self.record else None
                raise self._source.error(f"row {self.number:,} is longer than {MAX_LINE:,} characters", hint)
            self.record.append(line)
            yield line
        self.at_end = True


def _delimiter(source: Source) -> str:
    """Return the delimiter that splits the header into the most columns."""
    return max(_DELIMITERS, key=lambda delimiter: len(_first_record(source.head_text, delimiter)))


@lru_cache(len(_DELIMITERS))  # several formats look at the same header
def _first_record(text: str, delimiter: str) -> Sequence[str]:
    """Return the first record that is not blank, or an empty list."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        return next((fields for fields in reader if not _is_blank(fields)), [])
    except csv.Error:
        return []


def _selection(source: Source, header: Sequence[str], columns: Columns) -> Callable[[list[str]], Fields]:
    """Return a function that returns the fields of these columns.

    It expects an empty field at the end of the row, and returns it for each column that the file does not have.
    """
    names = _names(header, columns)
    for name in (*columns.required, *columns.optional):
        if names.count(name) > 1:
            raise source.error(f"there are {names.count(name)} columns {quote_value(columns.show(name))}")
        if name in columns.required and name not in names:
            raise source.error(f"the column {quote_value(columns.show(name))} is missing")
    places = (names.index(name) if name in names else -1 for name in (*columns.required, *columns.optional))
    return itemgetter(*places)


def _names(header: Sequence[str], columns: Columns) -> list[str]:
    names = [name.strip().lower() for name in header]
    aliases = {alias: name for alias, name in columns.aliases.items() if name not in names}
    return [aliases.get(name, name) for name in names]


def _is_blank(fields: Sequence[str]) -> bool:
    return not any(map(str.strip, fields))
