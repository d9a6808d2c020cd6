"""Reading and writing of tasktimer's own JSON, as a list and as lines."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.format_files import NOW, read, write
from tests.hostile import DESCRIPTIONS_KEPT, DESCRIPTIONS_REFUSED, PROJECTS_KEPT, TAGS_KEPT

from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, format_instant
from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue
from tasktimer.formats import tasktimer_json, tasktimer_jsonl
from tasktimer.formats.instants import instant_formatter
from tasktimer.formats.registry import readable_format
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.output.json_tsv import entries_json, entry_to_dict

MakeSource = Callable[..., Source]

FORMATS = ("json", "jsonl")
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Monrovia")
START = datetime(2026, 11, 27, 8, tzinfo=UTC)
RECORD = {"description": "plan", "start_time": "2026-11-27T09:00:00+01:00"}

# Years in which offsets were not whole minutes, in which days were skipped, and the first and the last day.
instants = st.datetimes(
    datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day),  # noqa: DTZ001
    datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 23, 59, 59, 999_999),  # noqa: DTZ001
    timezones=st.just(UTC),
) | st.datetimes(datetime(1900, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# Damaged text, too: other programs may have stored it.
descriptions = st.sampled_from(DESCRIPTIONS_KEPT + DESCRIPTIONS_REFUSED) | st.text(max_size=20)
lengths = st.none() | st.timedeltas(timedelta(), timedelta(days=3))


@st.composite
def tasks(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> list[Task]:
    found = []
    for number in range(1, draw(st.integers(1, 4))):
        start, length = draw(instants), draw(lengths)
        end = None if length is None else min(start + length, datetime.max.replace(tzinfo=UTC) - timedelta(days=1))
        tags = tuple(sorted(draw(st.sets(st.sampled_from(TAGS_KEPT), max_size=3))))
        project, note = draw(st.none() | st.sampled_from(PROJECTS_KEPT)), draw(st.none() | texts)
        found.append(Task(number, draw(st.integers(1, 2**63 - 1)), draw(texts), start, end, project, tags, note))
    return found


def rows_of(name: str, text: str) -> list[Row | RejectedRow]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_text(text, encoding="utf-8")
        return read(Source(path), "UTC", name=name)


def read_record(name: str, record: object) -> Row | RejectedRow:
    text = json.dumps(record)
    (row,) = rows_of(name, f"[{text}]" if name == "json" else text)
    return row


@given(tasks(descriptions), st.sampled_from(ZONES))
def test_list_is_written_as_commands_print_it(tasks: list[Task], zone: str) -> None:
    entries = [(task, task.interval(NOW).duration) for task in tasks]
    assert write("json", tasks, zone) == (entries_json(entries, ZoneInfo(zone)), {})
    records = [json.loads(line) for line in write("jsonl", tasks, zone)[0].split("\n")[:-1]]
    assert records == [entry_to_dict(*entry, ZoneInfo(zone)) for entry in entries]


@given(tasks(st.sampled_from(DESCRIPTIONS_KEPT)), st.sampled_from(ZONES), st.sampled_from(FORMATS))
def test_tasks_are_read_as_written(tasks: list[Task], zone: str, name: str) -> None:
    rows = rows_of(name, write(name, tasks, zone)[0])
    assert [
        (row.user_id, row.description, row.start_time, row.end_time, row.project, row.tags, row.note)
        for row in rows
        if isinstance(row, Row)
    ] == [task._values()[1:] for task in tasks]
    assert len(rows) == len(tasks)


@given(st.lists(instants, max_size=5), st.sampled_from(ZONES))
def test_instants_are_formatted_alike(instants: list[datetime], zone: str) -> None:
    fast = instant_formatter(ZoneInfo(zone))
    for instant in [*instants, *(instant.replace(microsecond=0) for instant in instants)]:
        assert fast(instant) == format_instant(instant, ZoneInfo(zone))


def test_line_is_compact() -> None:
    task = Task(7, 42, "Über", START, START + timedelta(seconds=90, microseconds=5), "acme", ("a", "b"))
    assert write("jsonl", [task])[0] == (
        '{"id":7,"user_id":42,"description":"Über","start_time":"2026-11-27T09:00:00+01:00",'
        '"end_time":"2026-11-27T09:01:30.000005+01:00","running":false,"project":"acme","tags":["a","b"],"note":null,'
        '"time_spent":90.000005}\n'
    )


def test_nothing_is_written_as_empty_list_or_file() -> None:
    assert (write("json", [])[0], write("jsonl", [])[0]) == ("[]\n", "")


@pytest.mark.parametrize("name", FORMATS)
def test_row_has_ids_and_times(name: str) -> None:
    row = read_record(name, {"id": 7, "user_id": 42, **RECORD, "end_time": None, "time_spent": "x", "other": [1]})
    assert isinstance(row, Row)
    assert (row.task_id, row.user_id, row.start_time, row.end_time) == (7, 42, START, None)
    assert row.place == ("task 1" if name == "json" else "line 1")
    assert read_record(name, RECORD) == row._replace(raw=json.dumps(RECORD), task_id=None, user_id=None)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"description": None}, "description is missing"),
        ({"description": ["x"]}, "description is not a text"),
        ({"start_time": None}, "start_time is missing"),
        ({"start_time": 1_700_000_000}, "start_time is not a text"),
        ({"start_time": "yesterday"}, "start_time 'yesterday' is not a time in ISO 8601"),
        ({"start_time": "2026-11-27T09:00"}, "start_time '2026-11-27T09:00' has no UTC offset"),
        ({"start_time": "2026-02-30T09:00Z"}, "start_time '2026-02-30T09:00Z' is not a time in ISO 8601"),
        ({"start_time": "0000-01-01T00:00Z"}, "start_time '0000-01-01T00:00Z' is not a time in ISO 8601"),
        ({"start_time": "0001-01-01T00:00+14:00"}, "start_time '0001-01-01T00:00+14:00' is out of range"),
        ({"end_time": "9999-12-31T23:59Z"}, "end_time '9999-12-31T23:59Z' is out of range"),
        ({"end_time": "10000-01-01T00:00Z"}, "end_time '10000-01-01T00:00Z' is not a time in ISO 8601"),
        ({"end_time": ""}, "end_time '' is not a time in ISO 8601"),
        ({"id": True}, f"id is not an integer from 1 to {2**63 - 1}"),
        ({"id": "7"}, f"id is not an integer from 1 to {2**63 - 1}"),
        ({"id": float("nan")}, f"id is not an integer from 1 to {2**63 - 1}"),
        ({"user_id": 2**63}, f"user_id is not an integer from 1 to {2**63 - 1}"),
        ({"user_id": 0}, f"user_id is not an integer from 1 to {2**63 - 1}"),
        ({"project": 1.5}, "project is not a text"),
        ({"tags": "docs"}, "tags is not a list of texts"),
        ({"tags": ["docs", None]}, "tags is not a list of texts"),
        ({"tags": {}}, "tags is not a list of texts"),
        ({"note": False}, "note is not a text"),
    ],
)
def test_row_of_wrong_type_is_rejected(name: str, change: dict[str, Any], reason: str) -> None:
    record = {**RECORD, **change}
    row = read_record(name, record)
    assert isinstance(row, RejectedRow)
    assert (row.reason, row.raw) == (reason, json.dumps(record))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("value", [None, 7, "x", [], [RECORD]])
def test_row_that_is_not_an_object_is_rejected(name: str, value: object) -> None:
    row = read_record(name, value)
    assert isinstance(row, RejectedRow)
    assert row.reason == "it is not an object"


@pytest.mark.parametrize("name", FORMATS)
def test_rejected_rows_are_a_file_that_can_be_read(source: MakeSource, name: str) -> None:
    valid, invalid = json.dumps(RECORD), '{"description": "\\ud800", "start_time": 7}'
    text = f"[{valid},\n{invalid}]" if name == "json" else f"{valid}\n\n{invalid}"
    file = source(text)
    first, second = read(file, name=name)
    assert isinstance(first, Row)
    assert isinstance(second, RejectedRow)
    assert second.place == ("task 2" if name == "json" else "line 3")
    joined = "".join(readable_format(name).join_rows(file, [second.raw]))
    assert rows_of(name, joined) == [second._replace(place="task 1" if name == "json" else "line 1")]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("json", '[{"description": "plan", ', "task 1 is not valid JSON"),
        ("json", '[{"description": "plan"}\n', "the JSON list is not closed after task 1"),
        ("json", '[{"id": ' + "9" * 5000 + "}]", "task 1 is not valid JSON"),
        ("json", json.dumps(RECORD), "it is not a JSON list"),
        ("jsonl", f"{json.dumps(RECORD)}\n" + '{"description": "pl', "line 2 is not valid JSON"),
        ("jsonl", json.dumps(RECORD) + "7", "line 1 is not valid JSON: extra data"),
        ("jsonl", "[" * 100_000, "line 1 is not valid JSON"),
        ("jsonl", "x" * 1_000_001, "line 1 is longer than 1,000,000 characters"),
    ],
)
def test_broken_file_cannot_be_read(source: MakeSource, name: str, text: str, problem: str) -> None:
    with pytest.raises(InvalidValue, match=problem) as raised:
        read(source(text), name=name)
    assert raised.value.code == "import-file-invalid"


LONG = Task(1, 1, "🦀" * 10_000, START, None, note="🦀" * 10_000)  # longer than what is read to recognize a format


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"[{json.dumps(RECORD)}]", "json"),
        (f"\ufeff [\n {json.dumps(RECORD)},\n{json.dumps({**RECORD, 'id': 'x'})}]", "json"),
        (json.dumps(RECORD), "jsonl"),
        (f"\n{json.dumps(RECORD)}\nbroken", "jsonl"),
        (write("json", [LONG, LONG])[0], "json"),
        (write("jsonl", [LONG, LONG])[0], "jsonl"),
    ],
)
def test_format_is_recognized(source: MakeSource, text: str, name: str) -> None:
    file = source(text)
    assert [module.recognize(file) for module in (tasktimer_json, tasktimer_jsonl)] == [
        name == "json",
        name == "jsonl",
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "[", "[]", "{", "{}", "[{}]", "null", "7", '"x"', "[" * 100_000, "\x00" * 100, "id,user_id\n1,2\n"),
        # Timewarrior, Watson, and Watson's form for Crick
        '[\n{"id":1,"start":"20160427T080000Z","end":"20160427T120000Z","tags":["foo"],"annotation":"x"}\n]',
        '[[1539683175, 1539685649, "project1", "41dcffb7bd74442794b9385c3e8891fc", ["tag1"], 1539685649]]',
        '[{"id":"urn:uuid:1","begin_at":"2024-01-05T04:33:12+00:00","project":"x","tags":[]}]',
        # the page of tasks that a server returns, and nested keys of another program
        json.dumps({"tasks": [RECORD], "next": None}),
        json.dumps([{"event": RECORD}]),
        json.dumps([{"description": "x", "start_time": 1_700_000_000}]),
        json.dumps(RECORD, indent=2),
    ],
)
def test_other_files_are_not_claimed(source: MakeSource, text: str) -> None:
    file = source(text)
    assert not tasktimer_json.recognize(file)
    assert not tasktimer_jsonl.recognize(file)
