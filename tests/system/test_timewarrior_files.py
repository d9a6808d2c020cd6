"""Timewarrior itself reads what is exported, and what it writes is imported, also when the clocks change."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.format_files import read, write
from tests.system.histories import exact_days, gaps_and_lengths, history_from, in_zones
from tests.system.timewarrior import read_summary, run_timewarrior, write_database

from tasktimer.core.task import Task
from tasktimer.formats.registry import Loss
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source

pytestmark = pytest.mark.skipif(shutil.which("timew") is None, reason="requires Timewarrior")

DESCRIPTIONS = [
    "docs",
    "write docs",
    "untitled",
    "a,b",
    'say \\ or "hi"',
    "C++ ",
    "a\tb\nc",
    "# 1",
    "U+0041",
    "\u00e9t\u00e9",
    "'",
]
PROJECTS = [None, "acme", 'acme/"web" site']
TAGS = ["docs", "C++", 'say="hi"', "it's", "a/b", "100%", "#1", "1*", "\U0001f980"]
NOTES = [None, "note", 'of "chapter" 1 # 2\\3']

labels = st.tuples(
    st.sampled_from(DESCRIPTIONS),
    st.sampled_from(PROJECTS),
    st.sets(st.sampled_from(TAGS)).map(lambda tags: tuple(sorted(tags))),
    st.sampled_from(NOTES),
)


def values(rows: list[Row | RejectedRow]) -> list[tuple[Any, ...]]:
    """Return the times and the labels of rows, none of which is rejected."""
    found = [row for row in rows if isinstance(row, Row)]
    assert len(found) == len(rows)
    return [row[2:8] for row in found]


def read_export(folder: Path, text: str) -> list[tuple[Any, ...]]:
    path = folder / "export"
    path.write_text(text)
    return values(read(Source(path)))


@in_zones
@settings(max_examples=examples(25))
@given(steps=gaps_and_lengths, data=st.data())
def test_exported_tasks_are_read_by_timewarrior(
    name: str, eve: date, steps: list[tuple[int, int]], data: st.DataObject, tmp_path: Path, environ: dict[str, str]
) -> None:
    zone = ZoneInfo(name)
    history = history_from(eve, zone, steps)
    tasks, expected = [], []
    for number, (start, end) in enumerate(history, 1):
        description, project, tags, note = data.draw(labels)
        tasks.append(Task(number, 1, description, start, end, project, tags, note))
        expected.append((start, end, description, project, tags, note))
    text, losses = write("timewarrior", tasks, name)
    assert losses.keys() <= {Loss.ONE_WORD}
    write_database(tmp_path, text)
    in_zone = environ | {"TZ": name}
    assert read_export(tmp_path, run_timewarrior(tmp_path, "export", environ=in_zone)) == expected
    assert values(read(Source(tmp_path))) == expected
    days = exact_days(history, zone)
    assert read_summary(tmp_path, days, in_zone) == days


COMMANDS = [  # tags, annotation, and the labels of the imported task
    (["docs", "C++"], None, ("untitled", None, ("C++", "docs"), None)),
    (
        ["write docs", "project:acme/web", "it's"],
        'of "chapter" 1',
        ("write docs", "acme/web", ("it's",), 'of "chapter" 1'),
    ),
    (["a, b", 'say "hi"'], None, ('a, b; say "hi"', None, (), None)),
    (["été", "a\u00a0b"], "note", ("a\u00a0b", None, ("été",), "note")),
    ([], "# only a note", ("# only a note", None, (), None)),
    ([], None, ("untitled", None, (), None)),
]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Berlin", "2025-03-29T23:00"),  # a night of 23 hours
        ("America/New_York", "2025-11-02T00:00"),
        ("Australia/Lord_Howe", "2025-10-04T23:30"),
        ("UTC", "2025-12-31T23:00"),
    ],
)
def test_tasks_of_timewarrior_are_imported(zone: str, start: str, tmp_path: Path, environ: dict[str, str]) -> None:
    in_zone = environ | {"TZ": zone}
    write_database(tmp_path, "")
    time = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    expected: list[tuple[Any, ...]] = []
    for tags, annotation, found in COMMANDS:
        end = time + timedelta(minutes=50)
        times = (f"{time:%Y%m%dT%H%M%SZ}", "-", f"{end:%Y%m%dT%H%M%SZ}")
        run_timewarrior(tmp_path, "track", *times, *tags, environ=in_zone)
        if annotation is not None:
            run_timewarrior(tmp_path, "annotate", "@1", annotation, environ=in_zone)
        expected.append((time, end, *found))
        time = end + timedelta(minutes=25)
    run_timewarrior(tmp_path, "start", f"{time:%Y%m%dT%H%M%SZ}", "review", environ=in_zone)
    expected.append((time, None, "untitled", None, ("review",), None))
    assert values(read(Source(tmp_path))) == expected
    exported = run_timewarrior(tmp_path, "export", environ=in_zone)
    assert read_export(tmp_path, exported) == expected
    extension = tmp_path / "extensions" / "copy"
    extension.parent.mkdir(exist_ok=True)
    extension.write_text("#!/bin/sh\ncat\n")
    extension.chmod(0o755)
    received = run_timewarrior(tmp_path, "copy", ":all", environ=in_zone)
    assert received.startswith("color: ")
    assert json.loads(received.partition("\n\n")[2]) == json.loads(exported)
    assert read_export(tmp_path, received) == expected
