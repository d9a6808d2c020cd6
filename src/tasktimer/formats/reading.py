"""What all formats share when they read rows, and when they write rejected ones."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import NamedTuple, TypeVar

from tasktimer.errors import InvalidValue
from tasktimer.formats.rows import RejectedRow, Rejection, Row

Record = TypeVar("Record")

# The limits of what a format repeats in each row below it, such as the headlines above the CLOCK lines of Org. Without
# them, the rows of a small file could fill the memory.
MAX_SHARED_LENGTH = 30_000  # three times that of a description
MAX_SHARED_TAGS = 100


class ReadOptions(NamedTuple):
    """How to read a file: the zone of times without an offset, and the order of day and month if it is known."""

    zone: tzinfo
    day_first: bool | None = None


class Item(NamedTuple):
    """A row of a file before it is parsed: its position, such as `line 7`, and its text."""

    place: str
    raw: str


def parse_rows(
    items: Iterable[tuple[Item, Record]], parse: Callable[[Item, Record], Row]
) -> Iterator[Row | RejectedRow]:
    """Yield what `parse` returns for each row or, if it raises Rejection or InvalidValue, the rejected row."""
    for item, record in items:
        try:
            yield parse(item, record)
        except Rejection as error:
            yield RejectedRow(*item, error.reason, error.break_seconds)
        except InvalidValue as error:
            yield RejectedRow(*item, error.message)


def find_excess(noun: str, length: int, tags: int) -> str | None:
    """Return why what a row shares with others is rejected, or None; `noun` is its name, such as `headlines`."""
    if length > MAX_SHARED_LENGTH:
        return f"the {noun} above it are longer than {MAX_SHARED_LENGTH:,} characters"
    if tags > MAX_SHARED_TAGS:
        return f"the {noun} above it have more than {MAX_SHARED_TAGS} tags"
    return None


def join_lines(rows: Iterable[str]) -> Iterator[str]:
    """Yield rows, each on a line of its own."""
    for row in rows:
        yield row if row.endswith("\n") else row + "\n"


def join_json(rows: Iterable[str]) -> Iterator[str]:
    """Yield a JSON list of values in JSON, each on a line of its own."""
    before = "["
    for row in rows:
        yield f"{before}\n{row}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"
