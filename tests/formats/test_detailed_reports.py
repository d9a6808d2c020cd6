"""Detailed reports of Toggl Track and Clockify: columns, names, people and rejected rows."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.format_files import read
from tests.formats.reports import CLOCKIFY, TOGGL, read_row, report

from tasktimer.errors import InvalidValue
from tasktimer.formats import clockify, toggl
from tasktimer.formats.registry import recognize
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]


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
            adaptations=(Adaptation.PERSON, Adaptation.BILLABLE),
        )
    ]


@pytest.mark.parametrize(
    ("changes", "omitted"),
    [
        ({"Billable": "No"}, {Adaptation.PERSON}),
        ({"Billable": "", "User": ""}, {Adaptation.PERSON}),  # the email address is left
        ({"Billable": "-", "User": "", "Email": ""}, set()),
        ({"Billable": "YES", "User": "", "Email": "-"}, {Adaptation.BILLABLE}),
    ],
)
def test_what_a_task_has_no_place_for_is_reported(
    source: MakeSource, changes: dict[str, str], omitted: set[Adaptation]
) -> None:
    for columns in (TOGGL, CLOCKIFY):
        assert set(read_row(source(report(changes, columns=columns))).adaptations) == omitted


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
        found = (row.project, row.description, row.tags, row.adaptations)
        assert found == (project, description, tags, (*adaptations, Adaptation.PERSON, Adaptation.BILLABLE))


@pytest.mark.parametrize("columns", [TOGGL, CLOCKIFY])
def test_rows_of_other_people_are_marked(source: MakeSource, columns: dict[str, str]) -> None:
    bob = {"User": "Bob Example", "Email": "bob@example.test"}
    nameless = {"Email": "", "User": ""}
    rows = read(source(report({}, bob, {}, nameless, columns=columns)))
    marked = [Adaptation.OTHER_PERSON in row.adaptations for row in rows if isinstance(row, Row)]
    assert marked == [False, True, False, True]


def test_missing_column_is_an_error(source: MakeSource) -> None:
    with pytest.raises(InvalidValue, match="the column 'End date' is missing"):
        read(source("Description,Start date,Start time,Duration\n"), name="toggl")


def test_rejected_rows_are_a_report(source: MakeSource) -> None:
    file = source(report({}, {"Start time": "x", "Description": "a\nb"}))
    rejected = [row.raw for row in read(file) if isinstance(row, RejectedRow)]
    text = "".join(toggl.join_rows(file, rejected))
    assert text == report({"Start time": "x", "Description": "a\nb"})
