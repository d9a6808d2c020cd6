"""Times in detailed reports: orders of dates, clocks, lengths, and changes of the clock."""

from collections.abc import Callable

import pytest
from tests.format_files import read
from tests.formats.reports import read_row, report

from tasktimer.errors import InvalidValue
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]


def times(start: str, end: str, length: str = "") -> dict[str, str]:
    """Return the values of a row with these times, each with a date and a time of day."""
    first, last = start.split(" ", 1), end.split(" ", 1)
    return dict(
        zip(("Start date", "Start time", "End date", "End time", "Duration"), (*first, *last, length), strict=True)
    )


@pytest.mark.parametrize(
    ("changes", "start", "end", "adaptations"),
    [
        (times("2024-03-04 23:30:00", "2024-03-05 00:15:00", "00:45:00"), "03-04 22:30:00", "03-04 23:15:00", ()),
        (times("2024-03-04 00:00:00", "2024-03-04 24:00:00", "24:00:00"), "03-03 23:00:00", "03-04 23:00:00", ()),
        (times("2024-03-04 09:00", "2024-03-21 01:00", "400:00"), "03-04 08:00:00", "03-21 00:00:00", ()),
        (times("2024-03-04 9:00 PM", "2024-03-05 12:15 AM", "3:15"), "03-04 20:00:00", "03-04 23:15:00", ()),
        (times("2024-03-04 12:00:30 PM", "2024-03-04 12:01:00 pm", "30 sec"), "03-04 11:00:30", "03-04 11:01:00", ()),
        (times("4/30/2024 09:00", "4/30/2024 10:15", "1.25 h"), "04-30 07:00:00", "04-30 08:15:00", ()),
        (times("30-04-2024 09:00", "30-04-2024 10:15", "1,25"), "04-30 07:00:00", "04-30 08:15:00", ()),
        (times("3.4.2024 09:00", "3.4.2024 10:15", ""), "04-03 07:00:00", "04-03 08:15:00", ()),
        (times("2024/04/03 09:00", "2024/04/03 10:15", "whatever"), "04-03 07:00:00", "04-03 08:15:00", ()),
        (
            times("2024-03-04 09:00:00", "2024-03-04 10:00:00", "00:59:59"),
            *("03-04 08:00:00", "03-04 09:00:00", (Adaptation.LENGTH_DIFFERS,)),
        ),
        # The clock shows a minute, and the length is rounded: the seconds are not known.
        (times("2024-03-04 09:00", "2024-03-04 10:00", "00:59:31"), "03-04 08:00:00", "03-04 09:00:00", ()),
        # 2:00 to 3:00 occurs twice on 27 October, and not at all on 31 March; the length decides.
        (times("2024-10-27 01:30:00", "2024-10-27 02:30:00", "02:00:00"), "10-26 23:30:00", "10-27 01:30:00", ()),
        (times("2024-10-27 02:30:00", "2024-10-27 04:00:00", "2.5"), "10-27 00:30:00", "10-27 03:00:00", ()),
        (times("2024-03-31 01:30:00", "2024-03-31 03:30:00", "01:00:00"), "03-31 00:30:00", "03-31 01:30:00", ()),
    ],
)
def test_times(
    source: MakeSource, changes: dict[str, str], start: str, end: str, adaptations: tuple[Adaptation, ...]
) -> None:
    row = read_row(source(report(changes)))
    assert f"{row.start_time:%m-%d %H:%M:%S}" == start
    assert f"{row.end_time:%m-%d %H:%M:%S}" == end
    assert row.adaptations == (*adaptations, Adaptation.PERSON, Adaptation.BILLABLE)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Start date": ""}, "the start is missing"),
        ({"Start time": "-"}, "the start is missing"),
        ({"End date": ""}, "the end is missing"),
        ({"End time": ""}, "the end is missing"),
        ({"Start time": "09:60"}, "the time '09:60' does not exist"),
        ({"End time": "13:00 PM"}, "the time '13:00 PM' does not exist"),
        ({"End time": "24:01"}, "the time '24:01' does not exist"),
        ({"Start date": "2024-02-30"}, "the date '2024-02-30' does not exist"),
        ({"Start date": "0000-01-01"}, "the date '0000-01-01' does not exist"),
        ({"Start date": "0001-01-01"}, "the date 0001-01-01 is out of range"),
        ({"End date": "10000-01-01"}, "the date '10000-01-01' does not exist"),
        ({"End date": "9999-12-31", "End time": "24:00"}, "the end is out of range"),
        ({"Start date": "45355"}, "the date '45355' does not exist"),  # a spreadsheet's number of a day
        (
            times("2024-03-31 02:30:00", "2024-03-31 04:00:00"),
            "2024-03-31 02:30:00 does not exist in Europe/Berlin",
        ),
        (
            times("2024-10-27 02:30:00", "2024-10-27 04:00:00", "9:00:00"),
            "2024-10-27 02:30:00 occurs twice in Europe/Berlin",
        ),
        # Both readings have this length.
        (
            times("2024-10-27 02:10:00", "2024-10-27 02:40:00", "00:30:00"),
            "2024-10-27 02:10:00 occurs twice in Europe/Berlin",
        ),
    ],
)
def test_rejected_rows(source: MakeSource, changes: dict[str, str], reason: str) -> None:
    valid, rejected = read(source(report({}, changes)))
    assert isinstance(valid, Row)
    assert isinstance(rejected, RejectedRow)
    assert (rejected.place, rejected.reason) == ("row 3", reason)


def test_row_without_an_end_is_running(source: MakeSource) -> None:
    row = read_row(source(report({"End date": "", "End time": "", "Duration": ""})))
    assert row.end_time is None


def test_order_of_dates_is_that_of_the_whole_file(source: MakeSource) -> None:
    rows = [times(f"{date} 09:00", f"{date} 10:00") for date in ("03/04/2024", "04/05/2024", "13/05/2024")]
    found = [row.start_time for row in read(source(report(*rows))) if isinstance(row, Row)]
    assert [(time.day, time.month) for time in found] == [(3, 4), (4, 5), (13, 5)]
    unclear = source(report(*rows[:2]))
    with pytest.raises(InvalidValue, match=r"03/04/2024 is 3 April or 4 March \(row 2\)"):
        read(unclear)
    starts = [row.start_time for row in read(unclear, day_first=False) if isinstance(row, Row)]
    assert [(time.day, time.month) for time in starts] == [(4, 3), (5, 4)]


def test_end_may_decide_the_order_of_dates(source: MakeSource) -> None:
    row = read_row(source(report(times("12/03/2024 23:00", "13/03/2024 01:00"))))
    assert (row.start_time.day, row.start_time.month) == (12, 3)
