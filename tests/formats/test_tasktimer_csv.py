"""CSV of tasks: exact for programs, and readable by spreadsheets."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.format_files import NOW, read, write
from tests.formats.tasks import tasks
from tests.hostile import DESCRIPTIONS_KEPT, DESCRIPTIONS_REFUSED, PROJECTS_KEPT

from tasktimer.core.task import Task
from tasktimer.formats import tasktimer_csv
from tasktimer.formats.registry import Loss, recognize
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.output.json_tsv import entries_csv

MakeSource = Callable[..., Source]

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia")
NINE = datetime(2024, 3, 4, 8, tzinfo=UTC)  # in Berlin
HEADER = "id,user_id,description,start_time,end_time,time_spent,project,tags,note\n"


def rows_of(text: str) -> list[Row | RejectedRow]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_text(text, encoding="utf-8", newline="")
        source = Source(path)
        assert recognize(source) == "csv"
        return read(source, "UTC")


def to_task(row: Row | RejectedRow) -> Task:
    assert isinstance(row, Row)
    assert row.task_id
    assert row.user_id
    texts = (row.project, row.tags, row.note)
    return Task(row.task_id, row.user_id, row.description, row.start_time, row.end_time, *texts)


@given(tasks(timedelta(microseconds=1)), st.sampled_from(ZONES), st.sampled_from(PROJECTS_KEPT))
def test_tasks_are_read_as_written(tasks: list[Task], zone: str, project: str) -> None:
    tasks.append(Task(2**63 - 1, 2**63 - 1, " 1,5\n", NOW - timedelta(days=1), None, project))
    text, losses = write("csv", tasks, zone)
    assert [to_task(row) for row in rows_of(text)] == tasks
    assert not losses


@given(tasks(timedelta(microseconds=1)), st.sampled_from(ZONES))
def test_export_is_what_the_list_command_prints(tasks: list[Task], zone: str) -> None:
    entries = [(task, task.interval(NOW).duration) for task in tasks]
    assert write("csv", tasks, zone)[0] == entries_csv(entries, ZoneInfo(zone))


def test_row_is_exact_and_damaged_text_is_escaped() -> None:
    task = Task(
        7, 42, "\x1b[31m\r", NINE, NINE + timedelta(seconds=90, microseconds=5), "acme", ("a", "b"), 'x,"y"\n=1'
    )
    assert write("csv", [task])[0] == (
        f"{HEADER}7,42,\\x1b[31m\\r,2024-03-04T09:00:00+01:00,2024-03-04T09:01:30.000005+01:00,90.000005,acme,"
        '"a,b","x,""y""\n=1"\n'
    )
    assert write("csv", [])[0] == HEADER


VALID = {"description": "plan", "start_time": "2024-03-04T09:00:00+01:00", "end_time": "2024-03-04T10:00:00+01:00"}


def csv_of(**values: str) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, [*VALID, *(values.keys() - VALID.keys())], lineterminator="\n")
    writer.writeheader()
    writer.writerow({**VALID, **values})
    return text.getvalue()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"start_time": ""}, "start_time is missing"),
        ({"start_time": "2024-03-04T09:00"}, "start_time '2024-03-04T09:00' has no UTC offset"),
        ({"start_time": "04/03/2024 09:00"}, "start_time '04/03/2024 09:00' is not a time in ISO 8601"),
        ({"end_time": "2024-02-30T09:00Z"}, "end_time '2024-02-30T09:00Z' is not a time in ISO 8601"),
        ({"end_time": "0000-01-01T00:00Z"}, "end_time '0000-01-01T00:00Z' is not a time in ISO 8601"),
        ({"end_time": "0001-01-01T00:00+14:00"}, "end_time '0001-01-01T00:00+14:00' is out of range"),
        ({"end_time": "9999-12-31T23:59Z"}, "end_time '9999-12-31T23:59Z' is out of range"),
        ({"id": "0"}, "invalid task ID '0'"),
        ({"id": "1.0"}, "invalid task ID '1.0'"),
        ({"user_id": "9" * 30}, f"invalid user '{'9' * 30}'"),
    ],
)
def test_rejected_rows(values: dict[str, str], reason: str) -> None:
    (row,) = rows_of(csv_of(**values))
    assert isinstance(row, RejectedRow)
    assert row.reason == reason


def test_columns_may_be_left_out_and_in_any_order() -> None:
    assert rows_of('end_time,tags,start_time,description\n," b,a,,b",2024-03-04 09:00:00+01:00, plan \n') == [
        Row("row 2", '," b,a,,b",2024-03-04 09:00:00+01:00, plan \n', NINE, None, " plan ", tags=("a", "b"))
    ]


@pytest.mark.parametrize(
    "header",
    [
        "description,start_time",
        "id,description,end_time",
        "description,start_time,end_time,color",  # of another program
        "date,start,end,hours,user,project,description,tags,note",  # for spreadsheets
        "",
    ],
)
def test_other_files_are_not_claimed(source: MakeSource, header: str) -> None:
    assert not tasktimer_csv.recognize(source(f"{header}\n"))


def spreadsheet(*tasks: Task, zone: str = "Europe/Berlin") -> list[list[str]]:
    """Return the rows below the header."""
    text, _ = write("csv", tasks, zone, for_spreadsheets=True)
    return list(csv.reader(StringIO(text, newline="")))[1:]


def test_file_for_spreadsheets_has_a_byte_order_mark_and_their_line_endings() -> None:
    task = Task(1, 2, "Über", NINE, NINE + timedelta(hours=1, minutes=20), "acme", ("a", "b"), "first\nsecond")
    text, losses = write("csv", [task], for_spreadsheets=True)
    assert text == (
        "\ufeffdate,start,end,hours,user,project,description,tags,note\r\n"
        '2024-03-04,09:00:00,10:20:00,1.333333,2,acme,Über,"a,b","first\nsecond"\r\n'
    )
    assert not losses


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2024-03-04 08:00:00", timedelta(hours=8), ["2024-03-04", "09:00:00", "17:00:00", "8"]),
        ("2024-03-04 08:00:00", timedelta(), ["2024-03-04", "09:00:00", "09:00:00", "0"]),
        ("2024-03-04 08:00:00", timedelta(seconds=1), ["2024-03-04", "09:00:00", "09:00:01", "0.000278"]),
        ("2024-03-04 23:30:00", timedelta(hours=1), ["2024-03-05", "00:30:00", "01:30:00", "1"]),
        ("2024-03-04 22:00:00", timedelta(hours=2), ["2024-03-04", "23:00:00", "2024-03-05 01:00:00", "2"]),
        ("2024-03-04 08:00:00", timedelta(hours=400), ["2024-03-04", "09:00:00", "2024-03-21 01:00:00", "400"]),
        ("2024-03-31 00:30:00", timedelta(hours=1), ["2024-03-31", "01:30:00", "03:30:00", "1"]),
        ("2026-11-27 10:00:00", None, ["2026-11-27", "11:00:00", "", "2"]),  # running until now
    ],
)
def test_times_and_hours_for_spreadsheets(start: str, length: timedelta | None, expected: list[str]) -> None:
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    (row,) = spreadsheet(Task(1, 1, "x", first, None if length is None else first + length))
    assert row[:4] == expected


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "\n=1", "\uff1d1"])
def test_formulas_are_neutralized_in_each_text(text: str) -> None:
    label = text.strip()
    task = Task(1, 1, text, NINE, NINE, label, (label,), text)
    (row,) = spreadsheet(task)
    assert row[5:] == [f"'{label}", f"'{text}", f"'{label}", f"'{text}"]
    assert write("csv", [task], for_spreadsheets=True)[1] == {Loss.FORMULA: 1}


@pytest.mark.parametrize("text", DESCRIPTIONS_KEPT + DESCRIPTIONS_REFUSED)
def test_no_cell_starts_a_formula(text: str) -> None:
    (row,) = spreadsheet(Task(1, 1, text, NINE, NINE, note=text))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "".join(row))


def test_what_spreadsheets_lose_is_counted() -> None:
    second_half_past_two = datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
    task = Task(1, 1, "x", second_half_past_two, second_half_past_two + timedelta(hours=3, microseconds=1))
    assert write("csv", [task], for_spreadsheets=True)[1] == {Loss.OFFSET: 1, Loss.FRACTION: 1}
    assert write("csv", [task], "UTC", for_spreadsheets=True)[1] == {Loss.FRACTION: 1}
