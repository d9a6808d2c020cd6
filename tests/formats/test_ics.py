"""Writing of iCalendar files, checked with another program's parser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from tests.format_files import NOW, write
from tests.hostile import DESCRIPTIONS_KEPT, PROJECTS_KEPT, TAGS_KEPT

from tasktimer.core.task import Task
from tasktimer.core.text import escape_control_chars
from tasktimer.formats.registry import Loss

START = datetime(2026, 11, 27, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def events(*tasks: Task) -> list[Any]:
    return list(Calendar.from_ical(write("ics", tasks)[0]).walk("VEVENT"))


def test_task_is_event() -> None:
    task = Task(7, 1, "plan, then write", START, START + HOUR, "acme/web", ("docs", "urgent"), "one\ntwo")
    assert write("ics", [task])[0] == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tasktimer//tasktimer//EN\r\n"
        "BEGIN:VEVENT\r\nUID:7-20261127T080000Z@tasktimer\r\nDTSTAMP:20261127T120000Z\r\n"
        "DTSTART:20261127T080000Z\r\nDTEND:20261127T090000Z\r\n"
        "SUMMARY:plan\\, then write\r\nCATEGORIES:acme/web,docs,urgent\r\nDESCRIPTION:one\\ntwo\r\n"
        "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@pytest.mark.parametrize(
    ("start", "end", "written", "losses"),
    [
        (START, START + HOUR, ("20261127T080000Z", "20261127T090000Z"), {}),
        (START, None, ("20261127T080000Z", "20261127T120000Z"), {Loss.ENDED: 1}),
        (START, START, ("20261127T080000Z", None), {}),
        # the clock was set back
        (NOW + HOUR, None, ("20261127T130000Z", None), {Loss.ENDED: 1}),
        (START + timedelta(microseconds=1), START + HOUR, ("20261127T080000Z", "20261127T090000Z"), {Loss.FRACTION: 1}),
        (START, START + timedelta(microseconds=1), ("20261127T080000Z", None), {Loss.FRACTION: 1}),
        (datetime(1, 1, 2, tzinfo=UTC), START, ("00010102T000000Z", "20261127T080000Z"), {}),
    ],
)
def test_times_are_in_utc(
    start: datetime, end: datetime | None, written: tuple[str, str | None], losses: dict[Loss, int]
) -> None:
    text, counted = write("ics", [Task(1, 1, "x", start, end)], "America/New_York")
    lines = dict(line.split(":", 1) for line in text.splitlines())
    assert (lines["DTSTART"], lines.get("DTEND")) == written
    assert counted == losses


@pytest.mark.parametrize("text", DESCRIPTIONS_KEPT)
def test_texts_are_read_as_written(text: str) -> None:
    (event,) = events(Task(1, 1, text, START, None, note=text))
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == (text, text)


def test_project_and_tags_are_categories() -> None:
    tags = tuple(tag for tag in TAGS_KEPT if "," not in tag)
    for project in PROJECTS_KEPT:
        (event,) = events(Task(1, 1, "x", START, None, project, tags))
        assert [str(category) for category in event["CATEGORIES"].cats] == [project, *tags]


@given(st.text(min_size=1, max_size=300))
def test_lines_are_short_and_contain_whole_characters(text: str) -> None:
    content, losses = write("ics", [Task(1, 1, text, START, None)])
    lines = content.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])
    shown = escape_control_chars(text)
    assert (losses[Loss.TEXT] == 1) == (shown != text)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["SUMMARY"]) == shown


def test_tasks_of_same_id_and_other_start_are_different_events() -> None:
    assert len({str(event["UID"]) for event in events(*(Task(1, 1, "x", START + n * HOUR, None) for n in (0, 1)))}) == 2


def test_other_users_are_lost() -> None:
    assert write("ics", [Task(number, user, "x", START, START) for number, user in ((1, 7), (2, 8), (3, 7))])[1] == {
        Loss.USER: 1
    }


def test_calendar_may_be_empty() -> None:
    assert events() == []
