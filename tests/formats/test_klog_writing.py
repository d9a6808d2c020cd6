"""The records that are written for klog, and the rows that are read from them again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.format_files import NOW, read, write
from tests.formats.tasks import MINUTE, tasks

from tasktimer.core.labels import parse_tags
from tasktimer.core.task import Task
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import Conflict
from tasktimer.formats.registry import Loss
from tasktimer.formats.rows import Row
from tasktimer.formats.source import Source


def task(description: str, start: str, minutes: float | None = 60, **fields: Any) -> Task:
    """A task that starts at a local time of Berlin in winter, or at a time with an offset."""
    found = datetime.fromisoformat(start if "+" in start else f"{start}+01:00").astimezone(UTC)
    end = None if minutes is None else found + timedelta(minutes=minutes)
    return Task(fields.pop("id", 1), fields.pop("user_id", 1), description, found, end, **fields)


def test_records_are_written() -> None:
    written = [
        task("plan", "2024-03-01T08:00"),
        task("fix it", "2024-03-01T09:00", 5, project="acme/web site", tags=("c++", "docs"), note="one\ntwo"),
        task("untitled", "2024-03-01T10:00", tags=("docs",)),
        task("untitled", "2024-03-01T11:00", note="why"),
        task("night shift", "2024-03-01T23:00", 120),
        task("until midnight", "2024-03-02T23:00"),
        task("call", "2024-03-03T09:00", None),
    ]
    text, losses = write("klog", written)
    assert text == (
        """\
2024-03-01
    8:00 - 9:00 plan
    9:00 - 9:05 fix it #project="acme/web site" #tag="c++" #docs
        one
        two
    10:00 - 11:00 #docs
    11:00 - 12:00 untitled
        why
    23:00 - 1:00> night shift

2024-03-02
    23:00 - 0:00> until midnight

2024-03-03
    9:00 - ? call
"""
    )
    assert not losses
    assert write("klog", []) == ("", {})


def test_durations_are_written_as_they_were_read(source: Callable[..., Source]) -> None:
    text = """\
2024-03-01
    9:00 - 12:00 plan
    1h Mail
    1h30m Coding on #acme
        with a note
    30m
    26h trip

2024-03-02
    0m call #project=acme
"""
    rows = [row for row in read(source(text), name="klog") if isinstance(row, Row)]
    written = [
        Task(number, 1, row.description, *row[2:4], row.project, row.tags, row.note)
        for number, row in enumerate(rows, 1)
    ]
    assert written[1].note == "unknown times"
    assert write("klog", written) == (text, {})


def test_tasks_without_a_duration_in_klog_keep_their_times() -> None:
    running = task("call", "2024-03-03T09:00", None, note="unknown times")
    named = task("call", "2024-03-03T09:00", note="why unknown times")
    text, _ = write("klog", [running, named])
    assert "    9:00 - ? call\n        unknown times\n" in text
    assert "    9:00 - 10:00 call\n        why unknown times\n" in text


def test_long_tasks_are_split_by_day() -> None:
    written = [
        task("trip", "2024-03-01T23:00", 26 * 60),
        task("call", "2024-03-02T09:00", 5),
        task("conference", "2024-03-03T22:00", 50 * 60),
    ]
    text, losses = write("klog", written)
    assert text == (
        """\
2024-03-01
    23:00 - 0:00> trip

2024-03-02
    0:00 - 0:00> trip
    9:00 - 9:05 call

2024-03-03
    0:00 - 1:00 trip
    22:00 - 0:00> conference

2024-03-04
    0:00 - 0:00> conference

2024-03-05
    0:00 - 0:00> conference
"""
    )
    assert losses == {Loss.SPLIT: 2}


@pytest.mark.parametrize(("days", "note", "entries"), [(1000, None, 1000), (700_000, "unknown times", 1)])
def test_the_longest_tasks_are_written(days: int, note: str | None, entries: int) -> None:
    text, _ = write("klog", [task("away", "0100-01-01T00:00", days * 24 * 60, note=note)], "Etc/GMT-1")
    assert text.count("away") == entries


def test_longer_tasks_are_refused() -> None:
    message = "task 7 lasts 1,001 days: klog requires an entry for each, but the limit is 1,000 a task"
    with pytest.raises(Conflict, match=message) as error:
        write("klog", [task("away", "0100-01-01T00:00", 1000 * 24 * 60 + 1, id=7)])
    assert error.value.code == "export-task-too-long"
    with pytest.raises(Conflict, match="lasts 700,000 days"):
        write("klog", [task("away", "0100-01-01T00:00", 700_000 * 24 * 60)])


def test_only_one_task_per_day_is_running() -> None:
    written = [
        task("old", "2026-11-26T09:00", None),
        task("a", "2026-11-27T09:00", None, id=2),
        task("b", "2026-11-27T10:00", None, id=3),
    ]
    text, losses = write("klog", written)
    assert f"{NOW:%d %H:%M}" == "27 12:00"
    assert text.split("\n\n")[1] == "2026-11-27\n    9:00 - ? a\n    10:00 - 13:00 b\n"
    assert losses == {Loss.ENDED: 1}


@pytest.mark.parametrize(
    ("zone", "start", "minutes", "times"),
    [
        ("Europe/Berlin", "2024-03-31T00:30+00:00", 60, "1:30 - 3:30"),
        ("Europe/Berlin", "2024-10-27T00:30+00:00", 60, "2:30 - 2:30"),
        ("Europe/Berlin", "2024-10-27T00:30+00:00", 40, "40m"),  # from 2:30 to 2:10
        ("Pacific/Apia", "2011-12-30T09:00+00:00", 120, "60m"),  # the next day is skipped
    ],
)
def test_times_when_the_clock_changes(zone: str, start: str, minutes: int, times: str) -> None:
    text, _ = write("klog", [task("a", start, minutes)], zone)
    assert text.splitlines()[1] == f"    {times} a"


@pytest.mark.parametrize(
    ("written", "loss"),
    [
        (task("a", "2024-03-01T08:00:01"), Loss.SECONDS),
        (task("a", "2024-03-01T08:00", 1.5), Loss.SECONDS),
        (task("a", "2024-10-27T00:30+00:00", 5), Loss.OFFSET),
        (task("two\nlines", "2024-03-01T08:00"), Loss.TEXT),
        (task("a", "2024-03-01T08:00", note="one\n\ntwo"), Loss.TEXT),
        (task("a", "2024-03-01T08:00", tags=("Docs",)), Loss.TEXT),  # the names of tags have no capital letters
        (task("a", "2024-03-01T08:00", tags=("\"'",)), Loss.TAGS),
        (task("a", "2024-03-01T08:00", project="\"'"), Loss.PROJECT),
        (task("a", "2024-03-01T08:00", id=2, user_id=2), Loss.USER),
    ],
)
def test_losses_are_counted(written: Task, loss: Loss) -> None:
    text, losses = write("klog", [task("first", "2024-03-01T07:00"), written])
    assert losses == {loss: 1}
    assert len(text.splitlines()) >= 3


without_tags = tasks(MINUTE).map(  # in klog, a word after # is a tag
    lambda found: [
        task._replace(description=task.description.replace("#", "+"), note=task.note and task.note.replace("#", "+"))
        for task in found
    ]
)


@given(without_tags, st.sampled_from(["UTC", "Asia/Kolkata", "Pacific/Kiritimati"]))
def test_written_records_are_read_again(
    tmp_path_factory: pytest.TempPathFactory, written: list[Task], zone: str
) -> None:
    written = [
        task._replace(end_time=min(task.end_time or NOW, task.start_time + timedelta(days=1))) for task in written
    ]
    text, losses = write("klog", written, zone)
    path = tmp_path_factory.mktemp("klog") / "file"
    path.write_text(text, newline="")
    rows = read(Source(path), zone, name="klog")
    assert losses.keys() <= {Loss.TEXT}
    assert [row[2:8] for row in rows if isinstance(row, Row)] == [
        (
            *(task.start_time, task.end_time, task.description.replace("\n", " ").strip(), task.project),
            parse_tags(map(normalize_nfc, task.tags)),
            task.note and "\n".join(line for line in task.note.split("\n") if line.strip()),
        )
        for task in written
    ]
