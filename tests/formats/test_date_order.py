"""The order of day and month is that of the whole file, or an error."""

from collections.abc import Callable

import pytest

from tasktimer.errors import InvalidValue
from tasktimer.formats.date_order import PlacedDate, find_day_first, parse_day
from tasktimer.formats.rows import Rejection
from tasktimer.formats.source import Source

UNCLEAR = "the order of day and month is not clear: 03/04/2024 is 3 April or 4 March (row 3)"
MIXED = "the order of day and month differs: 13/04/2024 (row 2) starts with the day, 04/14/2024 (row 4) with the month"
MONTH_FIRST = "04/13/2024 starts with the month, not with the day (row 3)"
DAY_FIRST = "13/04/2024 starts with the day, not with the month (row 2)"

MakeSource = Callable[..., Source]


def placed(dates: str) -> list[PlacedDate]:
    return [PlacedDate(f"row {number}", text) for number, text in enumerate(dates.split(" "), 2)]


@pytest.mark.parametrize(
    ("dates", "given", "expected"),
    [
        ("2024-03-04 2024-12-13", None, None),
        ("2024/03/04", None, None),
        ("03/04/2024 13/04/2024", None, True),
        ("03/04/2024 04/13/2024", None, False),
        ("3-4-2024 4-13-2024", None, False),
        ("03/03/2024 12/12/2024", None, True),  # equal in both orders
        ("03.04.2024", None, True),
        ("03.04.2024 04.13.2024", None, False),
        ("03/04/2024", True, True),
        ("03/04/2024", False, False),
        ("03.04.2024", False, False),
        ("03/04/2024 04/13/2024", False, False),
        ("2024-03-04", False, False),
        # Dates that do not exist decide nothing.
        ("99/99/2024 00/13/2024 30/02/2024 x  13/13/2024 04/13/2024", None, False),
    ],
)
def test_order(source: MakeSource, dates: str, given: bool | None, expected: bool | None) -> None:
    assert find_day_first(source(""), placed(dates), day_first=given) is expected


@pytest.mark.parametrize(
    ("dates", "given", "code", "problem"),
    [
        ("03/03/2024 03/04/2024 05/06/2024", None, "import-date-order", UNCLEAR),
        ("13/04/2024 04/05/2024 04/14/2024", None, "import-file-invalid", MIXED),
        ("13/04/2024 04/05/2024 04/14/2024", True, "import-file-invalid", MIXED),
        ("03/04/2024 04/13/2024", True, "import-date-order-differs", MONTH_FIRST),
        ("13/04/2024", False, "import-date-order-differs", DAY_FIRST),
    ],
)
def test_invalid_order(source: MakeSource, dates: str, given: bool | None, code: str, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        find_day_first(source(""), placed(dates), day_first=given)
    assert (caught.value.code, caught.value.message) == (code, f"cannot import file: {problem}")


@pytest.mark.parametrize(
    ("text", "day_first", "expected"),
    [
        ("03/04/2024", True, "2024-04-03"),
        ("03/04/2024", False, "2024-03-04"),
        ("3.4.2024", True, "2024-04-03"),
        ("2024-03-04", True, "2024-03-04"),
        ("2024-03-04", None, "2024-03-04"),
        ("9999-12-31", None, "9999-12-31"),
        ("03/04/2024", None, "the date '03/04/2024' does not start with the year, but the first one does"),
        ("04/13/2024", True, "the date '04/13/2024' does not exist"),
        ("0000-01-01", None, "the date '0000-01-01' does not exist"),
        ("10000-01-01", None, "the date '10000-01-01' does not exist"),
        ("2024-02-30", None, "the date '2024-02-30' does not exist"),
        ("03/04/24", True, "the date '03/04/24' does not exist"),
        ("03/04-2024", True, "the date '03/04-2024' does not exist"),
        ("٠٣/٠٤/٢٠٢٤", True, "the date '٠٣/٠٤/٢٠٢٤' does not exist"),
        ("", None, "the date '' does not exist"),
    ],
)
def test_dates(text: str, day_first: bool | None, expected: str) -> None:
    try:
        shown = parse_day(text, day_first=day_first).date().isoformat()
    except Rejection as error:
        shown = error.reason
    assert shown == expected
