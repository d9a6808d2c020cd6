"""The data files that are written for Timewarrior, and the rows that are read from them again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from tests.format_files import read, write
from tests.formats.tasks import tasks

from tasktimer.core.labels import parse_tags
from tasktimer.core.task import Task
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import Conflict
from tasktimer.formats.registry import Loss
from tasktimer.formats.rows import Row
from tasktimer.formats.source import Source

EIGHT = datetime(2024, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def task(description: str = "write docs", hour: float = 0, hours: float | None = 1, **fields: Any) -> Task:
    start = EIGHT + hour * HOUR
    end = None if hours is None else start + hours * HOUR
    return Task(fields.pop("id", 1), fields.pop("user_id", 1), description, start, end, **fields)


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        (task(), ' # "write docs"'),
        (task("untitled"), ""),
        (task("untitled", tags=("docs",)), " # docs"),
        (task("untitled", note="long"), ' # "untitled " # "long"'),
        (task("untitled", project="acme"), ' # project:acme # "untitled"'),
        (task("write docs", project="acme/web site", tags=("C++", "a/b")), None),
        (task("docs", tags=("docs",)), ' # docs # "docs"'),
        (task("docs"), ' # # "docs"'),
        (task("docs "), ' # # "docs "'),
        (task("project:acme"), ' # # "project:acme"'),
        (task("a,b"), " # a,b"),
        (
            task("untitled", tags=("'a'", "1*")),
            """ # "'a'" "1*\"""",
        ),  # Timewarrior would read other tags without quotes
        (task("a\u00a0b"), " # a\u00a0b"),
        (task('say \\ or "it\'s"'), r""" # "say \\ or \"it's\"" """[:-1]),
        (task("a\nb\tc"), ' # "a\\nb\tc"'),
        (task("see U+00e9"), r' # "see U\+00e9"'),
        (task("two words", note='of "chapter" 1'), r' # "two words" # "of \"chapter\" 1"'),
    ],
)
def test_lines(written: Task, labels: str | None) -> None:
    labels = labels if labels is not None else ' # "C++" "a/b" "project:acme/web site" "write docs"'
    text, losses = write("timewarrior", [written])
    assert text == f"inc 20240301T080000Z - 20240301T090000Z{labels}\n"
    assert losses.keys() <= {Loss.ONE_WORD}


def test_running_and_old_tasks() -> None:
    first = Task(1, 1, "two words", datetime(987, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(987, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert write("timewarrior", [first, task(hours=None)])[0] == (
        'inc 09870102T030405Z - 09870102T030405Z # "two words"\ninc 20240301T080000Z # "write docs"\n'
    )
    assert write("timewarrior", []) == ("", {})


def test_losses_are_counted() -> None:
    written = [
        task(),
        task(hour=1, user_id=2),
        task(hour=2, hours=1 + 1e-6),
        task(hour=4, tags=("#", "docs")),
        task(hour=5, project="acme", tags=("project:web",)),
        task("docs", hour=6, note="why"),
        task("docs", hour=7),
    ]
    text, losses = write("timewarrior", written)
    assert +losses == {Loss.USER: 1, Loss.FRACTION: 1, Loss.TAGS: 2, Loss.ONE_WORD: 1}
    assert text.splitlines()[2:] == [
        'inc 20240301T100000Z - 20240301T110000Z # "write docs"',
        'inc 20240301T120000Z - 20240301T130000Z # docs "write docs"',
        'inc 20240301T130000Z - 20240301T140000Z # project:acme "write docs"',
        'inc 20240301T140000Z - 20240301T150000Z # "docs " # "why"',
        'inc 20240301T150000Z - 20240301T160000Z # # "docs"',
    ]


@pytest.mark.parametrize(
    "written",
    [
        [task(id=4), task(hour=0.5, id=9)],
        [task(hours=None, id=4), task(hour=5, id=9)],
        [task(hours=5, id=4), task(hour=2, hours=1, id=9)],
        [task(hours=5, id=4), task(hour=2, hours=0, id=9)],
        [task(hours=None, id=4), task(hours=None, id=9)],
    ],
)
def test_tasks_that_overlap_are_an_error(written: list[Task]) -> None:
    message = "^tasks 4 and 9 overlap, but Timewarrior allows only one task at a time$"
    with pytest.raises(Conflict, match=message) as error:
        write("timewarrior", written)
    assert (error.value.code, error.value.context) == ("export-overlaps", {"ids": (4, 9)})
    assert write("timewarrior", written, flatten=True)[1]


def test_flattened_tasks_are_cut() -> None:
    written = [task("long one"), task("short one", hour=0.25, hours=0.25, id=2)]
    text, losses = write("timewarrior", written, flatten=True)
    assert text == (
        'inc 20240301T080000Z - 20240301T081500Z # "long one"\n'
        'inc 20240301T081500Z - 20240301T083000Z # "short one"\n'
        'inc 20240301T083000Z - 20240301T090000Z # "long one"\n'
    )
    assert losses == {Loss.OVERLAP: 1, Loss.OVERLAP_SECONDS: 900}


@given(tasks(SECOND))
def test_written_tasks_are_read_again(tmp_path_factory: pytest.TempPathFactory, written: list[Task]) -> None:
    separate = [
        first._replace(end_time=min(first.end_time or first.start_time, second.start_time))
        for first, second in pairwise(written)
    ]
    separate += written[-1:]
    text, losses = write("timewarrior", separate)
    path = tmp_path_factory.mktemp("timewarrior") / "2024-03.data"
    path.write_text(text, newline="")
    rows = read(Source(path), name="timewarrior")
    assert losses.keys() <= {Loss.ONE_WORD}
    assert [row[2:8] for row in rows if isinstance(row, Row)] == [
        (
            *(task.start_time, task.end_time, task.description, task.project),
            parse_tags(map(normalize_nfc, task.tags)),
            task.note,
        )
        for task in separate
    ]
