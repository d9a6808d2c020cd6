"""Watson itself reads what is exported, and what it writes is imported, also when the clocks change."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.format_files import read, write
from tests.system.histories import history_from, in_zones
from tests.system.watson import check_days, run_watson

from tasktimer.core.task import Task
from tasktimer.formats.registry import Loss
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.formats.watson import NO_PROJECT

pytestmark = pytest.mark.skipif(shutil.which("watson") is None, reason="requires Watson")

DESCRIPTIONS = ["docs", "write docs", "a, b", 'say "hi"', "[bold]", "\u00e9t\u00e9 ", "acme"]
PROJECTS = [None, "acme", "acme/web", "big client"]
TAGS = ["docs", "C++", "it's", "100%", "\U0001f980"]


def values(rows: list[Row | RejectedRow]) -> list[tuple[Any, ...]]:
    """Return the times and the labels of rows, none of which is rejected."""
    found = [row for row in rows if isinstance(row, Row)]
    assert len(found) == len(rows)
    return [row[2:8] for row in found]


def tasks_around(eve: date, zone: ZoneInfo, chance: Random) -> list[Task]:
    steps = [(chance.choice([0, 1800, 40_000]), chance.randint(1, 60 * 3_600)) for _ in range(12)]
    history = history_from(eve, zone, steps)
    return [
        Task(
            number,
            1,
            chance.choice(DESCRIPTIONS),
            start,
            end,
            chance.choice(PROJECTS),
            tuple(sorted(chance.sample(TAGS, chance.randint(0, 3)))),
        )
        for number, (start, end) in enumerate(history, 1)
    ]


# Not with Hypothesis: Watson takes half a second to start.
@in_zones
def test_exported_tasks_are_read_by_watson(name: str, eve: date, tmp_path: Path, environ: dict[str, str]) -> None:
    zone = ZoneInfo(name)
    tasks = tasks_around(eve, zone, Random(f"{name} {eve}"))
    text, losses = write("watson", tasks, name)
    assert losses.keys() <= {Loss.ONE_WORD}
    (tmp_path / "frames").write_text(text)
    in_zone = environ | {"TZ": name}
    found = sorted(json.loads(run_watson(tmp_path, "log", "--json", "--all", environ=in_zone)), key=start_of)
    for frame, task in zip(found, tasks, strict=True):
        assert (start_of(frame), datetime.fromisoformat(frame["stop"])) == (task.start_time, task.end_time)
        assert frame["project"] == (task.project or NO_PROJECT)
        assert set(task.tags) <= set(frame["tags"])
    check_days(tmp_path, [(task.start_time, task.end_time or task.start_time) for task in tasks], zone, in_zone)
    labels = [(task.start_time, task.end_time, task.description, task.project, task.tags, None) for task in tasks]
    assert values(read(Source(tmp_path / "frames"))) == labels


def start_of(frame: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(frame["start"])


COMMANDS = [  # the arguments, and the labels of the imported task
    (["acme", "+docs", "+C++"], ("acme", "acme", ("C++", "docs"), None)),
    (["acme/web", "+write the docs", "+it's"], ("write the docs", "acme/web", ("it's",), None)),
    (["big client", "+a, b", "+été"], ("a, b", "big client", ("été",), None)),
    (["100%"], ("100%", "100%", (), None)),
]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_tasks_of_watson_are_imported(zone: str, tmp_path: Path, environ: dict[str, str]) -> None:
    in_zone = environ | {"TZ": zone}
    time = datetime(2025, 10, 31, 22, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    expected: list[tuple[Any, ...]] = []
    for arguments, labels in COMMANDS:
        end = time + timedelta(minutes=50)
        local = [f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" for instant in (time, end)]
        run_watson(tmp_path, "add", "--from", local[0], "--to", local[1], *arguments, environ=in_zone)
        expected.append((time, end, *labels))
        time = end
    before = datetime.now(UTC).replace(microsecond=0)
    run_watson(tmp_path, "start", "acme", "+docs", environ=in_zone)
    *finished, (start, *running) = values(read(Source(tmp_path)))
    assert finished == expected
    assert before <= start <= datetime.now(UTC)
    assert running == [None, "acme", "acme", ("docs",), None]
