"""Watson itself reads what is exported, and what it writes is imported, also when the clocks change."""

import json
import shutil
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import Run
from tests.system.histories import DAY, ZERO, History, in_zones, midnight
from tests.system.labelled_histories import Labelled, Tags, Times, days_around, exact_times, histories_by_label
from tests.system.watson import (
    read_log,
    read_reports,
    run_watson,
    time_cut_off,
    times_by_label,
    watson_is_right,
    write_frames,
)

from tasktimer.store.factory import open_store
from tasktimer.store.statements import task_writes

pytestmark = pytest.mark.skipif(shutil.which("watson") is None, reason="requires Watson")

TaskValues = tuple[datetime, datetime | None, str, str | None, Tags]  # start, end, description, project, tags
Labels = list[tuple[str, Tags, tuple[str, str | None, Tags]]]  # of a frame, and of a task

IMPORTED: Labels = [
    ("acme", (), ("acme", "acme", ())),
    ("acme/web", ("docs",), ("acme/web", "acme/web", ("docs",))),
    ("acme", ("write the manual", "docs", "C++"), ("write the manual", "acme", ("C++", "docs"))),
    ("\u00dcbung", ("a, b", "\u00e9t\u00e9", 'say "hi"'), ('a, b; say "hi"', "\u00dcbung", ("\u00e9t\u00e9",))),
    ("24 / 7", ("\U0001f980",), ("24 \u2215 7", "24 \u2215 7", ("\U0001f980",))),
    ("24 / 7", ("write ",), ("write", "24 \u2215 7", ())),
    ("(no project)", ("docs",), ("untitled", None, ("docs",))),
]
EXPORTED: Labels = [
    ("acme", ("docs",), ("acme", "acme", ("docs",))),
    ("acme/web", ("C++", "docs", "docs "), ("docs", "acme/web", ("C++", "docs"))),
    ("(no project)", ("\u00e9t\u00e9", "write the manual"), ("write the manual", None, ("\u00e9t\u00e9",))),
    ("\u00dcbung", ('say \\ or "hi", a,b',), ('say \\ or "hi", a,b', "\u00dcbung", ())),
    ("(no project)", ("\U0001f980 ",), ("\U0001f980", None, ())),
]


def random_history(dice: Random, eve: date, zone: ZoneInfo) -> History:
    """Return intervals around a change of the clocks; some overlap, are equal or empty, or end at midnight."""
    history: History = []
    end = midnight(eve, zone)
    for _ in range(14):
        gap = dice.choice([0, dice.randint(-7200, 4 * 3600), dice.randint(0, 24) * 1800])
        start = end + timedelta(seconds=gap)
        length = dice.choice([0, dice.randint(1, 4 * 3600), dice.randint(1, 60 * 3600), dice.randint(1, 60) * 1800])
        end = start + timedelta(seconds=length)
        history.append((start, end))
    return [history[0], *history]


def label_history(dice: Random, history: History, labels: Labels) -> tuple[list[Labelled], list[TaskValues]]:
    """Choose labels for each interval; return what it is in Watson, and its task."""
    chosen = [(start, end, *dice.choice(labels)) for start, end in history]
    theirs = [Labelled(start, end, project, tags) for start, end, project, tags, _ in chosen]
    return theirs, [(start, end, *values) for start, end, _, _, values in chosen]


def frame_of(row: Labelled, identity: str) -> list[Any]:
    """Return a frame without the time of its last change."""
    return [int(row.start.timestamp()), int(row.end.timestamp()), row.project, identity, list(row.tags)]


def assert_report_is_exact(tasks: list[TaskValues], zone: ZoneInfo, run: Run, now: datetime, *database: str) -> None:
    """Compare our report of the days of tasks with the exact times; a running task counts until now."""
    rows = [Labelled(start, end or now, project, tags) for start, end, _, project, tags in tasks]
    first, last = days_around(rows, zone)
    command = (*database, "report", "--from", first, "--to", last, "--tz", zone.key, "--json")
    found: Times = {}
    for keys, mark in (("day", ""), ("day,project", ""), ("day,tag", "+")):
        for row in json.loads(run(*command, "--by", keys, now=now).out)["rows"]:
            day, *labels = row["keys"]
            if row["seconds"] and labels != [None]:
                found[day, "".join(mark + label for label in labels)] = timedelta(seconds=row["seconds"])
    assert found == exact_times(rows, zone)


def assert_times_of_watson(reports: dict[str, Any], rows: list[Labelled], zone: ZoneInfo) -> None:
    """Compare the days that Watson measures correctly with the exact times."""
    found, exact = times_by_label(reports), exact_times(rows, zone)
    by_label = histories_by_label(rows)
    days = [day for day in map(date.fromisoformat, reports) if watson_is_right(day, zone)]
    assert len(days) > 2
    for day, label in product(days, by_label):
        key = f"{day}", label
        assert found.get(key, ZERO) == exact.get(key, ZERO) - time_cut_off(by_label[label], day, zone), key


def listed_tasks(run: Run, now: datetime, *database: str) -> list[TaskValues]:
    tasks = json.loads(run(*database, "list", "all", "--json", now=now).out)
    return in_order(
        (
            datetime.fromisoformat(task["start_time"]).astimezone(UTC),
            None if task["running"] else datetime.fromisoformat(task["end_time"]).astimezone(UTC),
            task["description"],
            task["project"],
            tuple(task["tags"]),
        )
        for task in tasks
    )


def in_order(tasks: Iterable[TaskValues]) -> list[TaskValues]:
    return sorted(tasks, key=str)  # as text, because a running task has no end


def import_from(path: Path, run: Run, now: datetime, *database: str) -> tuple[int, int, int]:
    """Return how many tasks were added, were there before, and were rejected."""
    done = run(*database, "import", str(path), "--json", now=now)
    [file] = json.loads(done.out)["files"]
    assert file["format"] == "watson"
    return file["added"], file["present"], file["rejected"]


@in_zones
def test_frames_and_the_running_one_are_imported(
    name: str, eve: date, run: Run, tmp_path: Path, environ: dict[str, str]
) -> None:
    zone, dice, in_zone = ZoneInfo(name), Random(f"{name} {eve}"), environ | {"TZ": name}
    history = random_history(dice, eve, zone)
    now = history[-1][1] + DAY
    theirs, tasks = label_history(dice, [*history, (now - DAY, now)], IMPORTED)
    *frames, (start, _, project, _, tags) = [frame_of(row, f"{dice.getrandbits(128):032x}") for row in theirs]
    dice.shuffle(frames)
    write_frames(tmp_path, ([*frame, frame[1]] for frame in frames))
    (tmp_path / "state").write_text(json.dumps({"project": project, "start": start, "tags": tags}))

    assert import_from(tmp_path, run, now) == (len(tasks), 0, 0)
    assert import_from(tmp_path, run, now) == (0, len(tasks), 0)
    running = (now - DAY, None, *tasks[-1][2:])
    assert listed_tasks(run, now) == in_order([*tasks[:-1], running])
    assert read_log(tmp_path, environ=in_zone) == frames
    assert_report_is_exact(tasks, zone, run, now)
    first, last = days_around(theirs, zone)
    day_before = f"{date.fromisoformat(last) - DAY}"  # on the last one, the task is still running in Watson
    assert_times_of_watson(read_reports(tmp_path, first, day_before, "--current", environ=in_zone), theirs, zone)


class Exported(NamedTuple):
    """Tasks that were exported to a file, and what they are in Watson."""

    path: Path
    tasks: list[TaskValues]
    theirs: list[Labelled]
    now: datetime


@pytest.fixture
def exported(name: str, eve: date, run: Run, data_file: Path, tmp_path: Path) -> Exported:
    dice = Random(f"{name} {eve}")
    history = random_history(dice, eve, ZoneInfo(name))
    theirs, tasks = label_history(dice, history, EXPORTED)
    end = history[-1][1]
    add_tasks(data_file, [*tasks, (end, None, "runs", None, ())])
    made = Exported(tmp_path / "frames", tasks, theirs, end + timedelta(hours=1))
    assert run("export", "--to", "watson", "-o", str(made.path), now=made.now).exit_code == 0
    return made


def add_tasks(data_file: Path, tasks: list[TaskValues]) -> None:
    with closing(open_store(data_file)) as store:
        store.upgrade()
        with store.write() as connection:
            for start, end, description, project, tags in tasks:
                labels: dict[str, Any] = {"description": description, "project": project, "tags": tags}
                task_writes.insert_task(connection, user_id=1, start_time=start, end_time=end, **labels)


@in_zones
def test_exported_tasks_are_read_by_watson(name: str, exported: Exported, environ: dict[str, str]) -> None:
    zone, folder, in_zone = ZoneInfo(name), exported.path.parent, environ | {"TZ": name}
    log = read_log(folder, environ=in_zone)
    assert log == [frame[:5] for frame in json.loads(exported.path.read_text())]
    assert len({frame[3] for frame in log}) == len(exported.tasks)
    expected = [frame_of(row, "") for row in exported.theirs]
    assert sorted(([*frame[:3], "", frame[4]] for frame in log), key=str) == sorted(expected, key=str)
    reports = read_reports(folder, *days_around(exported.theirs, zone), environ=in_zone)
    assert_times_of_watson(reports, exported.theirs, zone)


@in_zones
def test_exported_tasks_are_imported_once(name: str, exported: Exported, run: Run, environ: dict[str, str]) -> None:
    path, tasks, theirs, now = exported
    content = path.read_text()
    assert run("export", "--to", "watson", now=now).out == content
    fresh = ("--database", str(path.with_name("fresh.db")))
    assert import_from(path, run, now, *fresh) == (len(tasks), 0, 0)
    # This renames nothing, but Watson writes the whole file again.
    project = str(theirs[0].project)
    run_watson(path.parent, "rename", "project", project, project, environ=environ | {"TZ": name})
    assert path.read_text() != content
    assert identities(path.read_text()) == identities(content)
    assert import_from(path.parent, run, now, *fresh) == (0, len(tasks), 0)
    assert listed_tasks(run, now, *fresh) == in_order(tasks)
    assert_report_is_exact(tasks, ZoneInfo(name), run, now, *fresh)


def identities(text: str) -> list[str]:
    return [frame[3] for frame in json.loads(text)]


def test_what_watson_writes_is_imported(run: Run, tmp_path: Path, environ: dict[str, str]) -> None:
    def watson(*arguments: str) -> None:
        run_watson(tmp_path, *arguments, environ=environ | {"TZ": "Europe/Berlin"})

    start = datetime(2025, 3, 29, 22, tzinfo=UTC)  # three hours before the clocks change
    at = [start + timedelta(hours=hours) for hours in range(6)]
    tags = ("+write", "the", "manual", "+docs")
    watson("add", "--from", "2025-03-29 23:00", "--to", "2025-03-30 03:00", "acme/web", *tags)
    watson("start", "--at", "2025-03-30 03:00", "\u00dcbung", "+\u00e9t\u00e9")
    watson("stop", "--at", "2025-03-30 04:00")
    watson("start", "--at", "2025-03-30 05:00", "acme", "+docs", "+docs", "+C++")
    assert import_from(tmp_path, run, at[5]) == (3, 0, 0)
    assert listed_tasks(run, at[5]) == [
        (at[0], at[3], "write the manual", "acme/web", ("docs",)),
        (at[3], at[4], "\u00dcbung", "\u00dcbung", ("\u00e9t\u00e9",)),
        (at[5], None, "acme", "acme", ("C++", "docs")),
    ]
