"""Watson: frames in both forms, the running task, and the frames that are written."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.format_files import read, write
from tests.formats.tasks import tasks

from tasktimer.core.labels import parse_tags
from tasktimer.core.task import Task
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import InvalidValue
from tasktimer.formats.registry import Loss, recognize
from tasktimer.formats.rows import Adaptation, RejectedRow, Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]

ID = "41dcffb7bd74442794b9385c3e8891fc"
START, END = 1539683175, 1539685649  # 2018-10-16, from 09:46:15 to 10:27:29 in UTC
FRAME = f'[{START}, {END}, "acme/web", "{ID}", ["docs"], {END}]'


def read_frame(source: MakeSource, **changes: Any) -> Row | RejectedRow:
    frame = {"start": START, "end": END, "project": "acme/web", "id": ID, "tags": ["docs"], "updated_at": END} | changes
    [row] = read(source(json.dumps([list(frame.values())])), name="watson")
    return row


@pytest.mark.parametrize(
    "text",
    [
        f"[{FRAME}]",
        f'[["{START}", 5, "a", "b"]]',
        '[\n {"id": "urn:uuid:1", "begin_at": "2024-01-05T04:33:12+00:00"}]',
        '{"project": "acme", "start": 1539683175, "tags": []}',
        "{}",
    ],
)
def test_watson_is_recognized(source: MakeSource, text: str) -> None:
    assert recognize(source(text)) == "watson"


@pytest.mark.parametrize(
    "text",
    [
        "[[https://example.com][a link of Org]]",
        "[[1][a link of Org]]",
        '[{"id":1,"start":"20160427T080000Z"}]',  # Timewarrior
        '[{"description": "\\"begin_at\\": 1"}]',
        '{"project": "acme", "start": 1539683175, "description": "docs"}',
        '{"project": "acme"',
        "[" * 100_000,
        '{"a":' * 50_000,
        "",
    ],
)
def test_other_files_are_not_recognized(source: MakeSource, text: str) -> None:
    from tasktimer.formats import watson

    assert not watson.recognize(source(text))


def test_both_forms_of_a_frame_are_the_same_row(source: MakeSource) -> None:
    sent = {
        "id": "urn:uuid:41dcffb7-bd74-4427-94b9-385c3e8891fc",
        "begin_at": "2018-10-16T09:46:15+00:00",
        "end_at": "2018-10-16T12:27:29+02:00",
        "project": "acme/web",
        "tags": ["docs"],
    }
    [first] = read(source(f"[{FRAME}]"))
    [second] = read(source(json.dumps([sent])))
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    expected = Row(
        "frame 1",
        FRAME,
        datetime(2018, 10, 16, 9, 46, 15, tzinfo=UTC),
        datetime(2018, 10, 16, 10, 27, 29, tzinfo=UTC),
        "acme/web",
        "acme/web",
        ("docs",),
        source_id=ID,
        adaptations=(Adaptation.PROJECT_AS_DESCRIPTION,),
    )
    assert first == expected
    assert second._replace(raw=FRAME) == expected


@pytest.mark.parametrize(
    ("project", "tags", "expected"),
    [
        ("acme", ["docs", "write the manual"], ("write the manual", "acme", ("docs",))),
        ("acme", ["a b", "c, d"], ("a b; c, d", "acme", ())),
        ("acme", ["write "], ("write", "acme", ())),  # the space marks a word as the description
        ("acme", ["write  "], ("write ", "acme", ())),
        ("acme", [""], ("acme", "acme", ())),
        ("24 / 7", None, ("24 \u2215 7", "24 \u2215 7", ())),
        ("(no project)", [], ("untitled", None, ())),
        ("", [], ("untitled", None, ())),
    ],
)
def test_names(source: MakeSource, project: str, tags: list[str] | None, expected: tuple[Any, ...]) -> None:
    row = read_frame(source, project=project, tags=tags)
    assert isinstance(row, Row)
    assert (row.description, row.project, row.tags) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start": None}, "the start is missing"),
        ({"start": True}, "invalid time 'True'"),
        ({"start": float("nan")}, "invalid time 'nan'"),
        ({"start": 10**30}, f"invalid time '{10**30}'"),
        ({"start": "yesterday"}, "invalid time 'yesterday'"),
        ({"start": []}, "invalid time '[]'"),
        ({"start": -62135596800}, "the date 0001-01-01 is out of range"),
        ({"end": 253402300799}, "the date 9999-12-31 is out of range"),
        ({"project": None}, "the project is missing"),
        ({"project": 1}, "the project is not text"),
        ({"tags": "docs"}, "the tags are not a list of text"),
        ({"tags": [1]}, "the tags are not a list of text"),
        ({"one": 1, "more": 2}, "the frame has 8 values, not 4 to 6"),
    ],
)
def test_invalid_frames(source: MakeSource, changes: dict[str, Any], reason: str) -> None:
    row = read_frame(source, **changes)
    assert isinstance(row, RejectedRow)
    assert row.reason == reason


def test_old_and_invalid_frames_are_read_one_by_one(source: MakeSource) -> None:
    text = f'[[1, 2, "a", "{ID}"], [1, 2, "a", "{ID}", null], [1, 2], 7, null, {{}}, [1, null, "a", null], {FRAME}]'
    rows = read(source(text))
    assert [row.place for row in rows] == [f"frame {number}" for number in range(1, 9)]
    assert [isinstance(row, Row) for row in rows] == [True, True, False, False, False, False, True, True]
    assert isinstance(rows[6], Row)
    assert (rows[6].end_time, rows[6].source_id) == (None, None)


def test_text_with_surrogates_is_left_to_the_validation_of_tasks(source: MakeSource) -> None:
    row = read_frame(source, project="\ud800", tags=["\ud800", "\x1b[31m", "a\0"])
    assert isinstance(row, Row)
    assert (row.description, row.project) == ("\ud800; \x1b[31m; a\0", "\ud800")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"[{FRAME},", "frame 2 is not valid JSON: expecting value"),
        (f"[{FRAME}", "the JSON list is not closed after frame 1"),
        (f"[{FRAME}]]", "']' follows the JSON list"),
        ("frames", "it is not a JSON list"),
        ('{"project": "acme"} {}', "'{' follows the state"),
        ('{"project": "acme"', "state is not valid JSON"),
    ],
)
def test_broken_files_are_errors(source: MakeSource, text: str, problem: str) -> None:
    with pytest.raises(InvalidValue, match="cannot import file: ") as error:
        read(source(text), name="watson")
    assert problem in error.value.message


@pytest.mark.parametrize(
    ("state", "open_rows"), [('{"project": "b", "start": 5, "tags": ["x"]}', 1), ("{}", 0), ("", 0)]
)
def test_the_folder_contains_frames_and_the_running_task(tmp_path: Path, state: str, open_rows: int) -> None:
    (tmp_path / "frames").write_text(f"[{FRAME}]")
    (tmp_path / "state").write_text(state)
    source = Source(tmp_path)
    assert recognize(source) == "watson"
    first, *others = read(source)
    assert first.place == "frame 1"
    assert [(row.place, row.end_time, row.description) for row in others if isinstance(row, Row)] == [
        ("state", None, "b")
    ] * open_rows


def test_a_folder_without_frames_is_not_recognized(tmp_path: Path) -> None:
    from tasktimer.formats import watson

    assert not watson.recognize(Source(tmp_path))
    (tmp_path / "frames").mkdir()
    assert not watson.recognize(Source(tmp_path))


def test_rejected_rows_are_a_file_of_frames(source: MakeSource) -> None:
    from tasktimer.formats import watson

    rejected = source(f'[[null, 2, "a", "b"], {FRAME}, [1]]')
    raws = [row.raw for row in read(rejected) if isinstance(row, RejectedRow)]
    assert json.loads("".join(watson.join_rows(rejected, raws))) == [[None, 2, "a", "b"], [1]]


def task(description: str, project: str | None = None, *, seconds: float = 60, **fields: Any) -> Task:
    start = datetime(2024, 3, 31, 0, 30, tzinfo=UTC)
    return Task(1, fields.pop("user_id", 1), description, start, start + timedelta(seconds=seconds), project, **fields)


@pytest.mark.parametrize(
    ("written", "project", "tags"),
    [
        (task("acme", "acme", tags=("docs",)), "acme", ["docs"]),
        (task("write docs", "acme"), "acme", ["write docs"]),
        (task("docs", "acme", tags=("docs",)), "acme", ["docs", "docs "]),
        (task("docs"), "(no project)", ["docs "]),
    ],
)
def test_the_description_is_a_tag_unless_it_is_the_project(written: Task, project: str, tags: list[str]) -> None:
    text, losses = write("watson", [written])
    [frame] = json.loads(text)
    assert frame == [1711845000, 1711845060, project, frame[3], tags, 1711845060]
    assert losses == Counter({Loss.ONE_WORD: any(tag.endswith(" ") for tag in tags)})


def test_losses_are_counted() -> None:
    running = Task(2, 1, "runs", datetime(2024, 4, 1, tzinfo=UTC), None)
    text, losses = write("watson", [task("a", note="n"), task("b", user_id=2), task("c", seconds=1.5), running])
    assert losses == {Loss.NOTE: 1, Loss.USER: 1, Loss.FRACTION: 1, Loss.RUNNING: 1, Loss.ONE_WORD: 3}
    assert len(json.loads(text)) == 3
    assert write("watson", []) == ("[]\n", {})


@given(tasks(timedelta(seconds=1)))
def test_written_frames_are_read_again(tmp_path_factory: pytest.TempPathFactory, written: list[Task]) -> None:
    text, _ = write("watson", written)
    assert text == write("watson", written)[0]
    path = tmp_path_factory.mktemp("watson") / "frames"
    path.write_text(text)
    rows = [row for row in read(Source(path), name="watson") if isinstance(row, Row)]
    assert [(row.start_time, row.end_time, row.description, row.project, row.tags) for row in rows] == [
        (task.start_time, task.end_time, task.description, task.project, parse_tags(map(normalize_nfc, task.tags)))
        for task in written
    ]
    assert len({row.source_id for row in rows}) == len(written)
