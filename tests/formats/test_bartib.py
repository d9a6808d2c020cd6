"""Bartib: activities, escapes, lines that are not activities, and local times."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.format_files import read

from tasktimer.formats import bartib
from tasktimer.formats.registry import recognize
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

LINE = "2021-02-16 16:14 - 2021-02-16 18:23 | acme | write docs\n"


@pytest.mark.parametrize("text", [LINE, "2021-02-16 16:14 | acme\r\n", f"# my times\n\n{LINE}2021-02-17 09:00:01 |x"])
def test_bartib_is_recognized(source: MakeSource, text: str) -> None:
    assert recognize(source(text)) == "bartib"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "| 2021-02-16 16:14 | a table of Org |\n",
        "2021-02-16\n    16:14 - 18:23 klog | x\n",
        f"{LINE}* Org\nCLOCK: [2021-02-16 Tue 16:14]\n",
        b"\xff\xfe\x00",
    ],
)
def test_other_files_are_not_recognized(source: MakeSource, text: str | bytes) -> None:
    assert not bartib.recognize(source(text))


def test_activities_are_rows(source: MakeSource) -> None:
    open_line = "2021-07-01 09:00:30 | acme/web\n"
    assert read(source(LINE + open_line)) == [
        Row(
            "line 1",
            LINE,
            datetime(2021, 2, 16, 15, 14, tzinfo=UTC),
            datetime(2021, 2, 16, 17, 23, tzinfo=UTC),
            "write docs",
            "acme",
        ),
        Row(
            "line 2",
            open_line,
            datetime(2021, 7, 1, 7, 0, 30, tzinfo=UTC),
            None,
            "acme/web",
            "acme/web",
            adaptations=(Adaptation.PROJECT_AS_DESCRIPTION,),
        ),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"client\|work | path: C:\\Users\\alice", ("client|work", r"path: C:\Users\alice")),
        (r"a\\| b", ("a\\", "b")),
        (r"a | \b c" + "\\", ("a", "b c")),  # Bartib drops backslashes before other characters
        ("a | b | c", ("a", "b | c")),
        ("  | b", (None, "b")),
        (" | ", (None, "untitled")),
        ("24 / 7 |", ("24 \u2215 7", "24 \u2215 7")),
        ("a|[bold]\x1b[31m\0", ("a", "[bold]\x1b[31m\0")),  # left to the validation of tasks
    ],
)
def test_names(source: MakeSource, text: str, expected: tuple[str | None, str]) -> None:
    [row] = read(source(f"2021-02-16 16:14|{text}\n"), name="bartib")
    assert isinstance(row, Row)
    assert (row.project, row.description) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("# a comment", "it is not an activity: START - END | PROJECT | DESCRIPTION"),
        ("2021-02-30 10:00 | a", "invalid time '2021-02-30 10:00'"),
        ("2021-02-16 25:00 | a", "invalid time '2021-02-16 25:00'"),
        ("2021-02-16 10:00 - | a", "invalid time ''"),
        ("2021-02-16 | a", "invalid time '2021-02-16'"),
        ("0000-01-01 10:00 | a", "invalid time '0000-01-01 10:00'"),
        ("10000-01-01 10:00 | a", "invalid time '10000-01-01 10:00'"),
        ("9999-12-31 24:00 | a", "invalid time '9999-12-31 24:00'"),
        ("0001-01-01 10:00 | a", "the date 0001-01-01 is out of range"),
        ("2024-03-31 02:30 | a", "2024-03-31 02:30:00 does not exist in Europe/Berlin"),
        ("2024-10-27 02:30 | a", "2024-10-27 02:30:00 occurs twice in Europe/Berlin"),
    ],
)
def test_rejected_lines(source: MakeSource, line: str, reason: str) -> None:
    assert read(source(f"{LINE}{line}\n"))[1] == RejectedRow("line 2", f"{line}\n", reason)


def test_the_end_of_a_day_and_unpadded_numbers(source: MakeSource) -> None:
    [row] = read(source("2021-2-6 9:04 - 2021-02-06 24:00 | a"))
    assert isinstance(row, Row)
    assert (row.start_time, row.end_time) == (
        datetime(2021, 2, 6, 8, 4, tzinfo=UTC),
        datetime(2021, 2, 6, 23, 0, tzinfo=UTC),
    )


def test_rejected_rows_are_lines(source: MakeSource) -> None:
    assert "".join(bartib.join_rows(source(""), ["a\n", "b"])) == "a\nb\n"
