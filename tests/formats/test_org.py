"""Org: CLOCK lines, the headlines above them, notes, and the outline that is written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from tests.format_files import read, write
from tests.formats.tasks import MINUTE, tasks

from tasktimer.core.labels import parse_tags
from tasktimer.core.task import Task
from tasktimer.core.text import normalize_nfc
from tasktimer.formats import org
from tasktimer.formats.org_headlines import format_tag
from tasktimer.formats.registry import Loss, recognize
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

CLOCK = "CLOCK: [2016-01-01 Fri 10:00]--[2016-01-01 Fri 10:15] =>  0:15\n"


def read_one(source: MakeSource, text: str) -> Row | RejectedRow:
    [row] = read(source(text), name="org")
    return row


@pytest.mark.parametrize("text", [CLOCK, f"#+TITLE: x\r\n* a\r\n  {CLOCK}", "* a\nclock: [2016-01-01 10:00]"])
def test_org_is_recognized(source: MakeSource, text: str) -> None:
    assert recognize(source(text)) == "org"


@pytest.mark.parametrize("text", ["* a list\n* of Markdown\n", "wall CLOCK: [2016-01-01]", "CLOCK: 10:00", b"\xff\xff"])
def test_other_files_are_not_recognized(source: MakeSource, text: str | bytes) -> None:
    assert not org.recognize(source(text))


def test_an_outline_is_read(source: MakeSource) -> None:
    text = """\
#+FILETAGS: :all:
* Acme/Berlin :client:
Some text, and a list:
- with an item
** TODO [#A] Write the [[https://example.com][manual]] [1/2] :docs:@office:
SCHEDULED: <2016-01-02 Sat>
:LOGBOOK:
CLOCK: [2016-01-01 Fri 10:00]--[2016-01-01 Fri 10:15] =>  0:15
- Took longer
  than planned
- State "DONE"       from "TODO"       [2016-01-01 Fri 10:15]
CLOCK: [2015-12-31 Do. 9:00:30]
:END:
** COMMENT Rest
"""
    headlines = "* Acme/Berlin :client:\n** TODO [#A] Write the [[https://example.com][manual]] [1/2] :docs:@office:\n"
    first = Row(
        "line 8",
        headlines + CLOCK,
        datetime(2016, 1, 1, 9, 0, tzinfo=UTC),
        datetime(2016, 1, 1, 9, 15, tzinfo=UTC),
        "Write the manual",
        "Acme\u2215Berlin",
        ("@office", "all", "client", "docs"),
        "Took longer\nthan planned",
        adaptations=(Adaptation.SLASH_REPLACED,),
    )
    assert read(source(text)) == [
        first,
        first._replace(
            place="line 12",
            raw=headlines + "CLOCK: [2015-12-31 Do. 9:00:30]\n",
            start_time=datetime(2015, 12, 31, 8, 0, 30, tzinfo=UTC),
            end_time=None,
            note=None,
        ),
    ]


@pytest.mark.parametrize(
    ("headlines", "expected"),
    [
        ("", ("untitled", None, ())),
        ("* a\n** b\n*** c", ("c", "a/b", ())),
        ("* a\n*** b\n** c", ("c", "a", ())),  # a skipped level
        ("* a\n** b\n* c", ("c", None, ())),
        ("* \n** b", ("b", None, ())),
        ("* a\n** TODO", ("a", "a", ())),
        ("*not a headline*", ("untitled", None, ())),
        ("* DONE done", ("done", None, ())),
        ("* WAIT x\n** LATER y\n#+TODO: WAIT(w@/!) | GONE\n#+SEQ_TODO: LATER", ("y", "x", ())),
        ("* WAIT x", ("WAIT x", None, ())),
        ("* COMMENTS", ("COMMENTS", None, ())),
        ("* [50%] half [#A]", ("half [#A]", None, ())),
        ("* see [[file:a.txt]] and [[b][B b]]", ("see file:a.txt and B b", None, ())),
        ("* 10:30: call", ("10:30: call", None, ())),
        ("* :only:", ("untitled", None, ("only",))),
        ("* a ::b::", ("a", None, ("b",))),
        ("* a :b-c:", ("a :b-c:", None, ())),
        ("* [bold]\x1b[31m\0 <b>", ("[bold]\x1b[31m\0 <b>", None, ())),  # left to the validation of tasks
    ],
)
def test_names(source: MakeSource, headlines: str, expected: tuple[Any, ...]) -> None:
    row = read_one(source, f"{headlines}\n{CLOCK}")
    assert isinstance(row, Row)
    assert (row.description, row.project, row.tags) == expected


@pytest.mark.parametrize(
    ("line", "start", "end", "adaptations"),
    [
        ("[2016-01-01 10:00]--[2016-01-01 пт 10:15]", "09:00:00", "09:15:00", ()),
        ("[2016-01-01 五 10:00]--[2016-01-01 sexta-feira 10:15 +1w] => 0:15", "09:00:00", "09:15:00", ()),
        ("[2016-01-01 Fri 10:00:40]--[2016-01-01 Fri 10:15:10] =>  0:14", "09:00:40", "09:15:10", ()),
        (
            "[2016-01-01 Fri 10:00]--[2016-01-01 Fri 10:15] => 5:15",
            "09:00:00",
            "09:15:00",
            (Adaptation.LENGTH_DIFFERS,),
        ),
        ("[2016-01-01 Fri 10:00]--[2016-01-01 Fri 9:00] => -1:00", "09:00:00", "08:00:00", ()),
        ("[2016-01-01 Fri 10:00]--[2016-01-01 Fri 24:00] => 14:00", "09:00:00", "23:00:00", ()),
        # The clock shows 2:00 to 3:00 twice on this day.
        ("[2024-10-27 Sun 02:30]--[2024-10-27 Sun 04:00] =>  1:30", "01:30:00", "03:00:00", ()),
        ("[2024-10-27 Sun 02:30]--[2024-10-27 Sun 04:00] =>  2:30", "00:30:00", "03:00:00", ()),
    ],
)
def test_times(source: MakeSource, line: str, start: str, end: str, adaptations: tuple[Adaptation, ...]) -> None:
    row = read_one(source, f"  CLOCK:{line}  \r\n")
    assert isinstance(row, Row)
    assert row.end_time is not None
    assert (f"{row.start_time:%H:%M:%S}", f"{row.end_time:%H:%M:%S}", row.adaptations[1:]) == (start, end, adaptations)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("CLOCK: => 0:20", "the start is missing"),
        ("CLOCK: <2016-01-01 Fri 10:00>", "it is not a valid CLOCK line"),
        ("CLOCK: [2016-01-01 Fri 10:00-10:15]", "it is not a valid CLOCK line"),
        ("CLOCK: [2016-01-01 Fri 10:00]--", "it is not a valid CLOCK line"),
        ("CLOCK: [2016-01-01 Fri]", "it is not a valid CLOCK line"),
        ("CLOCK: [2016-01-01 Fri 10:00]--[2016-01-01 Fri 10:15] => 99999999999:00", "it is not a valid CLOCK line"),
        ("CLOCK: [2016-02-30 Fri 10:00]", "invalid time '2016-02-30 10:00'"),
        ("CLOCK: [0000-01-01 10:00]", "invalid time '0000-01-01 10:00'"),
        ("CLOCK: [9999-12-31 10:00]", "the date 9999-12-31 is out of range"),
        ("CLOCK: [2024-10-27 02:30]--[2024-10-27 02:40] => 0:10", "2024-10-27 02:30:00 occurs twice in Europe/Berlin"),
        ("CLOCK: [2024-03-31 02:30]", "2024-03-31 02:30:00 does not exist in Europe/Berlin"),
    ],
)
def test_rejected_lines(source: MakeSource, line: str, reason: str) -> None:
    assert read_one(source, f"* a\n{line}\n") == RejectedRow("line 2", f"* a\n{line}\n", reason)


def test_rejected_rows_keep_the_settings_and_headlines(source: MakeSource) -> None:
    text = "#+TODO: NEXT | DONE\n* a\nCLOCK: => 1:00\n* b\n" + CLOCK
    rejected, _ = read(source(text))
    assert "".join(org.join_rows(source(text), [rejected.raw])) == "#+TODO: NEXT | DONE\n* a\nCLOCK: => 1:00\n"


@pytest.mark.parametrize(
    ("headlines", "reason"),
    [
        ("* " + "a" * 30_000 + "\n** b\n", "the headlines above it are longer than 30,000 characters"),
        ("".join("*" * level + " a\n" for level in range(1, 1000)), "longer than 30,000 characters"),
        (f"#+FILETAGS: :{':'.join(map(str, range(60)))}:\n* a :{':'.join('b' * 41)}:\n", "have more than 100 tags"),
    ],
    ids=["length", "depth", "tags"],
)
def test_long_headlines_are_not_repeated_in_each_row(source: MakeSource, headlines: str, reason: str) -> None:
    first, second, third = read(source(f"{headlines}{CLOCK}{CLOCK}* c\n{CLOCK}"), name="org")
    for row in (first, second):
        assert isinstance(row, RejectedRow)
        assert (reason in row.reason, row.raw) == (True, CLOCK)
    assert isinstance(third, Row)


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (":LOGBOOK:\nCLOCK\n- one\n\n  two\n   three\n\n:END:\n- four", "one\n\ntwo\n three"),
        ("  :LOGBOOK:\n  CLOCK\n  - one\n    two\n  - three\n  :END:", "one\ntwo"),
        (":LOGBOOK:\nCLOCK\n- Note taken on [2016-01-01 Fri 10:00] \\\\\n  text\n:END:", None),
        (":LOGBOOK:\nCLOCK\n:END:\n- text", None),
        ("CLOCK\n- text", None),  # outside drawers, lists are text
        (":LOGBOOK:\nCLOCK\n- " + "x" * 20_000 + "\n:END:", "x" * 20_000),  # left to the validation of tasks
    ],
)
def test_notes(source: MakeSource, lines: str, note: str | None) -> None:
    row = read_one(source, "* a\n" + lines.replace("CLOCK", CLOCK.strip()))
    assert isinstance(row, Row)
    assert row.note == note


def task(description: str, start: str, minutes: float, project: str | None = None, **fields: Any) -> Task:
    start_time = datetime.fromisoformat(start).astimezone(UTC)
    end_time = start_time + timedelta(minutes=minutes) if minutes else None
    return Task(1, fields.pop("user_id", 1), description, start_time, end_time, project, **fields)


def test_an_outline_is_written() -> None:
    written = [
        task("plan", "2023-12-31T23:00+00:00", 90),
        task("fix it", "2024-01-01T09:00+00:00", 61, "acme/web", tags=("a-b", "ok")),
        task("TODO lists", "2024-01-01T10:30+00:00", 5, "acme", note="two\n\n:END: lines"),
        task("fix it", "2024-03-31T00:30+00:00", 60, "acme/web", tags=("a-b", "ok")),
        task("plan", "2024-07-01T10:00+00:00", 0),
    ]
    text, losses = write("org", written)
    assert text.replace("\u200b", "^") == (
        """\
* plan
:LOGBOOK:
CLOCK: [2024-07-01 Mon 12:00]
CLOCK: [2024-01-01 Mon 00:00]--[2024-01-01 Mon 01:30] =>  1:30
:END:
* acme
** ^TODO lists^
:LOGBOOK:
CLOCK: [2024-01-01 Mon 11:30]--[2024-01-01 Mon 11:35] =>  0:05
- two
  ^
  ^:END: lines
:END:
** web
*** fix it :a_b:ok:
:LOGBOOK:
CLOCK: [2024-03-31 Sun 01:30]--[2024-03-31 Sun 03:30] =>  1:00
CLOCK: [2024-01-01 Mon 10:00]--[2024-01-01 Mon 11:01] =>  1:01
:END:
"""
    )
    assert losses == {Loss.TEXT: 2}


def test_losses_are_counted() -> None:
    written = [
        task("a", "2024-10-27T00:30+00:00", 10),  # the same local times occur an hour later
        task("a", "2024-10-27T00:30+00:00", 90),  # the length decides
        task("two\nlines", "2024-01-01T10:00+00:00", 5),
        task("a", "2024-01-01T10:00+00:00", 1.5),
        task("a", "2024-01-01T10:00+00:00", 5, user_id=2),
    ]
    assert write("org", written)[1] == {Loss.OFFSET: 1, Loss.TEXT: 1, Loss.SECONDS: 1, Loss.USER: 1}
    assert write("org", []) == ("", {})


@given(tasks(MINUTE))
def test_a_written_outline_is_read_again(tmp_path_factory: pytest.TempPathFactory, written: list[Task]) -> None:
    written = [task for task in written if "\n" not in task.description]
    path = tmp_path_factory.mktemp("org") / "file"
    path.write_text(write("org", written, "UTC")[0], newline="")
    rows = read(Source(path), "UTC", name="org")
    found = [row[2:8] for row in rows if isinstance(row, Row)]
    expected = [
        (
            *(task.start_time, task.end_time, task.description, task.project),
            parse_tags(normalize_nfc(format_tag(tag)) for tag in task.tags),
            task.note,
        )
        for task in written
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)
