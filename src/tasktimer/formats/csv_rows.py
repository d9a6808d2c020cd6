"""The rows of CSV files with a header."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tasktimer.errors import quote_value
from tasktimer.formats.reading import Item
from tasktimer.formats.rows import Rejection
from tasktimer.formats.source import MAX_LINE, Source


class CsvRow(NamedTuple):
    """The fields of a row in the order of the file, with the names of the columns."""

    columns: Mapping[str, int]
    fields: Sequence[str]

    def get(self, column: str) -> str:
        """Return a field without spaces around it, empty if the file does not have this column."""
        place = self.columns.get(column)
        return "" if place is None else self.fields[place].strip()

    def check(self) -> None:
        """Raise Rejection if the row does not have as many fields as the header."""
        if len(self.fields) != len(self.columns):
            raise Rejection(f"it has {len(self.fields)} fields, not {len(self.columns)}")


def csv_header(source: Source) -> list[str]:
    """Return the names of the columns in the first line of a file, in lower case; empty if it has none."""
    line = next(iter(source.head_text.splitlines()), "")
    try:
        return [name.strip().lower() for name in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return []


def csv_rows(source: Source) -> Iterator[tuple[Item, CsvRow]]:
    """Yield the rows below the header; skip blank ones. Places are `row` and the number, as a spreadsheet shows it.

    Raises:
        InvalidValue: if two columns have the same name, or a quoted field is not closed.
    """
    raw: list[str] = []
    reader = csv.reader(_remember(source, raw), strict=True)
    columns: dict[str, int] = {}
    number = 0
    csv.field_size_limit(MAX_LINE)
    while True:
        number += 1
        raw.clear()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise source.error(f"row {number:,} is not valid CSV: {error}") from None
        if not columns:
            columns = _columns(source, fields)
        elif any(field.strip() for field in fields):
            yield Item(f"row {number:,}", "".join(raw)), CsvRow(columns, fields)


def csv_header_line(source: Source) -> str:
    """Return the first line of a file, with its line ending."""
    return next(source.lines()).text


def join_csv(source: Source, rows: Iterator[str]) -> Iterator[str]:
    """Yield the header of a file and rows of it."""
    for row in (csv_header_line(source), *rows):
        yield row if row.endswith("\n") else row + "\n"


def _remember(source: Source, raw: list[str]) -> Iterator[str]:
    """Yield the lines of a file, and add each to a list, because a row may consist of several lines."""
    for line in source.lines():
        raw.append(line.text)
        yield line.text


def _columns(source: Source, header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, name in enumerate(header):
        if columns.setdefault(name.strip().lower(), place) != place:
            raise source.error(f"two columns are named {quote_value(name)}")
    return columns
