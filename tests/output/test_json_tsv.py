"""JSON, TSV and CSV round-trip."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.interval import Interval
from tasktimer.core.task import COLUMNS, Task
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.output import json_tsv

NEW_YORK = ZoneInfo("America/New_York")
WINDOW = Interval(datetime(2023, 7, 1, tzinfo=UTC), datetime(2023, 8, 1, tzinfo=UTC))

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\\"), min_size=1)
starts = st.datetimes(datetime(2023, 7, 1), datetime(2023, 7, 31), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.none() | st.timedeltas(timedelta(), timedelta(days=3))


@st.composite
def sheets(draw: st.DrawFn) -> Timesheet:
    parts = draw(st.lists(st.tuples(texts, starts, lengths), max_size=5))
    tasks = [
        Task(number, 42, text, start, None if length is None else start + length)
        for number, (text, start, length) in enumerate(parts, 1)
    ]
    return timesheet(tasks, WINDOW, WINDOW.end)


def unescape(field: str) -> str:
    escapes = {"\\\\": "\\", "\\t": "\t", "\\n": "\n"}
    parts = iter(field)
    return "".join(escapes[part + next(parts)] if part == "\\" else part for part in parts)


@given(sheets())
def test_tsv_csv_and_json_agree(sheet: Timesheet) -> None:
    times = [(entry.task, entry.time_spent) for entry in sheet.entries]
    objects = json.loads(json_tsv.entries_json(times, NEW_YORK))
    lines = json_tsv.entries_tsv(times, NEW_YORK).split("\n")
    rows = list(csv.DictReader(io.StringIO(json_tsv.entries_csv(times, NEW_YORK), newline="")))
    assert lines.pop() == ""
    assert len(objects) == len(lines) == len(rows) == len(sheet.entries)
    for entry, task, line, row in zip(sheet.entries, objects, lines, rows, strict=True):
        fields = dict(zip(COLUMNS, map(unescape, line.split("\t")), strict=True))
        assert fields == row
        assert fields["description"] == task["description"] == entry.task.description
        assert fields["start_time"] == task["start_time"]
        assert fields["end_time"] == (task["end_time"] or "")
        assert datetime.fromisoformat(task["start_time"]) == entry.task.start_time
        assert Decimal(fields["time_spent"]) * 1_000_000 == entry.time_spent // timedelta(microseconds=1)
        assert "e" not in fields["time_spent"]
        assert task["time_spent"] == entry.time_spent.total_seconds()
        assert task["running"] == (task["end_time"] is None) == entry.task.running


@given(sheets())
def test_whole_seconds_add_up_with_error_below_one(sheet: Timesheet) -> None:
    second = timedelta(seconds=1)
    shown = sheet.in_whole_seconds
    lengths = [entry.time_spent for entry in shown.entries]
    assert sum(lengths, timedelta()) == shown.worked >= shown.elapsed
    exact = [entry.time_spent for entry in sheet.entries]
    assert all(abs(length - spent) < second for length, spent in zip(lengths, exact, strict=True))
    assert all(length >= timedelta() and not length % second for length in lengths)


def test_stored_control_characters_are_escaped() -> None:
    task = Task(1, 1, "a\x1b[31m\x9b\tb", WINDOW.start, None)
    times = [(task, timedelta(hours=1))]
    shown = "a\\x1b[31m\\x9b\tb"
    assert json.loads(json_tsv.entries_json(times, NEW_YORK))[0]["description"] == shown
    assert next(csv.DictReader(io.StringIO(json_tsv.entries_csv(times, NEW_YORK))))["description"] == shown
    assert unescape(json_tsv.entries_tsv(times, NEW_YORK).split("\t")[2]) == shown
