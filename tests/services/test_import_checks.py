"""The order in which the rows of an import are checked: rejected rows in that of the source, a running task last."""

from datetime import UTC, datetime, timedelta

import pytest

from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.services import import_checks
from tasktimer.services.import_checks import valid_rows_of_others

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def task(place: str, hours_ago: float) -> Row:
    start = NOW - hours_ago * HOUR
    return Row(place, place, start, start + HOUR / 2, "docs")


def without_end(place: str, hours_ago: float) -> Row:
    return task(place, hours_ago)._replace(end_time=None)


def rejected(place: str) -> RejectedRow:
    return RejectedRow(place, place, "mistake")


def places(*rows: Row | RejectedRow) -> tuple[str, str]:
    """Return the places of the valid rows, and of the rejected ones, each in their order."""
    found = list(valid_rows_of_others(rows, NOW))
    valid, others = ("".join(row.place for row in found if isinstance(row, kind)) for kind in (Row, RejectedRow))
    return valid, others


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([task("a", 9), rejected("b"), task("c", 8)], ("ac", "b")),
        ([without_end("a", 9), rejected("b"), task("c", 8), without_end("d", 7), rejected("e")], ("cd", "abe")),
        ([without_end("a", 7), rejected("b"), without_end("c", 9), rejected("d"), task("e", 8)], ("ea", "bcd")),
        ([without_end("a", 25), rejected("b"), task("c", 8)], ("c", "ab")),  # it cannot run any more
        ([without_end("a", 9), rejected("b"), without_end("c", 25)], ("a", "bc")),
        ([without_end("a", 9), without_end("b", 9)], ("b", "a")),
        ([rejected("a"), without_end("b", 9)], ("b", "a")),
    ],
)
def test_rejected_rows_are_in_the_order_of_the_source(rows: list[Row | RejectedRow], expected: tuple[str, str]) -> None:
    assert places(*rows) == expected


def test_few_rejected_rows_wait_for_a_row_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_checks, "_MOST_WAITING", 2)
    assert places(without_end("a", 9), *map(rejected, "bcde"), without_end("f", 8)) == ("f", "bcdae")
