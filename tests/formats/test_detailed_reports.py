"""Detailed reports of Toggl Track and Clockify: columns, orders of dates, clocks, lengths, names and people."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import pytest
from tests.format_files import read

from tasktimer.errors import InvalidValue
from tasktimer.formats import clockify, toggl
from tasktimer.formats.registry import recognize
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

TOGGL = {
    "User": "Ann Example",
    "Email": "ann@example.test",
    "Client": "Acme",
    "Project": "Website",
    "Task": "Texts",
    "Description": "write the manual",
    "Billable": "Yes",
    "Start date": "2024-03-04",
    "Start time": "09:00:00",
    "End date": "2024-03-04",
    "End time": "10:30:00",
    "Duration": "01:30:00",
    "Tags": "docs, urgent",
    "Amount ()": "12.50",
}
CLOCKIFY = {
    "Project": "Website",
    "Client": "Acme",
    "Description": "write the manual",
    "Task": "Texts",
    "User": "Ann Example",
    "Group": "",
    "Email": "ann@example.test",
    "Tags": "docs, urgent",
    "Billable": "Yes",
    "Start Date": "2024-03-04",
    "Start Time": "09:00:00",
    "End Date": "2024-03-04",
    "End Time": "10:30:00",
    "Duration (h)": "01:30:00",
    "Duration (decimal)": "1.50",
    "Billable Rate (USD)": "50.00",
    "Billable Amount (USD)": "75.00",
}


def report(*rows: dict[str, str], columns: dict[str, str] = TOGGL) -> str:
    """Return a report whose rows have these values, and otherwise those of `columns`."""
    text = StringIO()
    writer = csv.DictWriter(text, list(columns))
    writer.writeheader()
    writer.writerows({**columns, **row} for row in rows)
    return text.getvalue()


def times(start: str, end: str, length: str = "") -> dict[str, str]:
    """Return the values of a row with these times, each with a date and a time of day."""
    first, last = start.split(" ", 1), end.split(" ", 1)
    return dict(
        zip(("Start date", "Start time", "End date", "End time", "Duration"), (*first, *last, length), strict=True)
    )


def read_row(source: Source) -> Row:
    (row,) = read(source)
    assert isinstance(row, Row), row
    return row


@pytest.mark.parametrize("columns", [TOGGL, CLOCKIFY])
def test_row_has_the_values_of_its_columns(source: MakeSource, columns: dict[str, str]) -> None:
    text = report({}, columns=columns)
    assert read(source(text)) == [
        Row(
            "row 2",
            text.splitlines(keepends=True)[1],
            datetime(2024, 3, 4, 8, tzinfo=UTC),
            datetime(2024, 3, 4, 9, 30, tzinfo=UTC),
            "write the manual",
            "Acme/Website/Texts",
            ("docs", "urgent"),
        )
    ]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (",".join(TOGGL), "toggl"),
        (",".join(TOGGL).replace(",Amount ()", ""), "toggl"),
        (",".join(TOGGL).replace("()", "(EUR)"), "toggl"),
        ("Description,Duration,Member,Email,Project,Tags,Start date,Start time,Stop date,Stop time", "toggl"),
        ("Description,Tags,Start date,Start time,Stop date,Stop time", "toggl"),  # users choose the columns
        ("Project,Start date,Start time,End date,End time,Duration", "toggl"),
        (";".join(TOGGL), "toggl"),  # saved by a spreadsheet
        (",".join(CLOCKIFY), "clockify"),
        (",".join(CLOCKIFY).replace("Task", "Activity").replace("USD", "EUR"), "clockify"),
        (",".join(list(CLOCKIFY)[:13]), "toggl"),  # which is read alike
        ("Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location,Private", None),
        ("Start Date,Start Time,Stop Date,Stop Time,Logging Rate,Sensors,Resolution", None),
        ("User,Email,Client,Project,Description,Duration", None),  # a summary
        ("Description,Start date,Start time,Duration", None),
    ],
)
def test_report_is_recognized_by_its_columns(source: MakeSource, header: str, name: str | None) -> None:
    file = source(f"{header}\n")
    assert (toggl.recognize(file), clockify.recognize(file)) == (name == "toggl", name == "clockify")
    if name:
        assert (recognize(file), read(file)) == (name, [])


def test_columns_of_recent_reports_are_read(source: MakeSource) -> None:
    header = "Description,Tags,Start date,Start time,Stop date,Stop time,Member"
    row = read_row(source(f"{header}\nplan,docs,2024-03-04,09:00,2024-03-04,10:00,Ann\n"))
    assert (row.description, row.tags, row.project) == ("plan", ("docs",), None)
    assert (row.start_time.hour, row.end_time) == (8, datetime(2024, 3, 4, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("changes", "project", "description", "tags", "adaptations"),
    [
        ({}, "Acme/Website/Texts", "write the manual", ("docs", "urgent"), ()),
        ({"Client": "", "Task": "-"}, "Website", "write the manual", ("docs", "urgent"), ()),
        ({"Project": "", "Task": ""}, "Acme", "write the manual", ("docs", "urgent"), ()),
        (
            {"Client": "A/B ", "Task": ""},
            "A\u2215B/Website",
            "write the manual",
            ("docs", "urgent"),
            (Adaptation.SLASH_REPLACED,),
        ),
        (
            {"Description": " ", "Tags": ""},
            "Acme/Website/Texts",
            "Acme/Website/Texts",
            (),
            (Adaptation.PROJECT_AS_DESCRIPTION,),
        ),
        (
            {"Client": "-", "Project": "-", "Task": "-", "Description": "-", "Tags": "-"},
            None,
            "untitled",
            (),
            (Adaptation.UNTITLED,),
        ),
        (
            {"Description": "", "Tags": "docs,code review,, docs"},
            "Acme/Website/Texts",
            "code review",
            ("docs",),
            (Adaptation.TAG_AS_DESCRIPTION,),
        ),
        (
            {"Description": "plan", "Tags": "code review"},
            "Acme/Website/Texts",
            "plan; code review",
            (),
            (Adaptation.TAGS_JOINED,),
        ),
        ({"Description": "a\nb, [bold]", "Tags": ""}, "Acme/Website/Texts", "a\nb, [bold]", (), ()),
    ],
)
def test_names(
    source: MakeSource,
    changes: dict[str, str],
    project: str | None,
    description: str,
    tags: tuple[str, ...],
    adaptations: tuple[Adaptation, ...],
) -> None:
    for columns in (TOGGL, CLOCKIFY):
        row = read_row(source(report(changes, columns=columns)))
        assert (row.project, row.description, row.tags, row.adaptations) == (project, description, tags, adaptations)


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
    assert row.adaptations == adaptations


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Start date": ""}, "missing start"),
        ({"Start time": "-"}, "missing start"),
        ({"End date": ""}, "missing end"),
        ({"End time": ""}, "missing end"),
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


@pytest.mark.parametrize("columns", [TOGGL, CLOCKIFY])
def test_rows_of_other_people_are_marked(source: MakeSource, columns: dict[str, str]) -> None:
    bob = {"User": "Bob Example", "Email": "bob@example.test"}
    nameless = {"Email": "", "User": ""}
    rows = read(source(report({}, bob, {}, nameless, columns=columns)))
    marked = [Adaptation.OTHER_PERSON in row.adaptations for row in rows if isinstance(row, Row)]
    assert marked == [False, True, False, True]


def test_missing_column_is_an_error(source: MakeSource) -> None:
    with pytest.raises(InvalidValue, match="the column 'end date' is missing"):
        read(source("Description,Start date,Start time,Duration\n"), name="toggl")


def test_rejected_rows_are_a_report(source: MakeSource) -> None:
    file = source(report({}, {"Start time": "x", "Description": "a\nb"}))
    rejected = [row.raw for row in read(file) if isinstance(row, RejectedRow)]
    text = "".join(toggl.join_rows(file, rejected))
    assert text == report({"Start time": "x", "Description": "a\nb"})
