"""Long runs of one character: reading them takes linear time; otherwise, these tests would not end."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.format_files import NOW, read

from tasktimer.errors import InvalidValue
from tasktimer.formats import klog_tags, org_notes
from tasktimer.formats.registry import recognize
from tasktimer.formats.rows import Row
from tasktimer.formats.source import Source
from tasktimer.services.import_checks import valid_rows

FILES = Path(__file__).parent / "files"
SAMPLES = sorted(FILES.glob("*/*"))
LENGTH = 30_000
MOST_LINES = 5  # of a sample
UNITS = [
    *(" ", "\t", "\n", '"', "'", "\\", "|", ",", ":", "#", "-", "+", "(", "[", "]", "{", "1", "a", "/", "*"),
    *("a ", "#a ", '\\"', "[[a]", "\u0301\u0316"),
]

MakeSource = Callable[..., Source]


def hostile_files(text: str, unit: str) -> Iterator[str]:
    """Yield a file with a long run of a text at the start, in the middle and at the end of each of its lines."""
    run = unit * (LENGTH // len(unit))
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines[:MOST_LINES]):
        end = len(line.rstrip("\n"))
        for place in (0, end // 2, end):
            yield "".join((*lines[:number], line[:place], run, line[place:], *lines[number + 1 :]))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(FILES)))
@pytest.mark.parametrize("unit", UNITS)
def test_long_runs_in_samples(source: MakeSource, path: Path, unit: str) -> None:
    for content in hostile_files(path.read_text(), unit):
        with suppress(InvalidValue):
            assert all(valid_rows(read(source(content, path.name), name=path.parent.name), NOW))


@pytest.mark.parametrize("unit", UNITS)
def test_long_runs_alone_are_in_no_format(source: MakeSource, unit: str) -> None:
    with pytest.raises(InvalidValue):
        recognize(source(unit * LENGTH))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Write" + " #a" * LENGTH, "Write #a"),
        ("Write " + "#a" * LENGTH, "Write " + "#a" * LENGTH),
        ("#a " * LENGTH + "is it", "#a " * LENGTH + "is it"),
    ],
)
def test_many_tags_of_klog(line: str, expected: str) -> None:
    assert klog_tags.strip_tags(line) == expected


@pytest.mark.parametrize(
    ("line", "is_note"),
    [
        ("[2024-03-04" * LENGTH, True),
        ("[2024-03-04" * LENGTH + "]", False),
        ("[2024-03-04] " * LENGTH + "x", True),
        ("[2024-03-04]" + " " * LENGTH + "\\\\", False),
        ("x]" * LENGTH + "[2024-03-04] \\\\", False),
        ("[2024-03-04]" + "x]" * LENGTH, True),
    ],
)
def test_notes_of_org_with_many_times(line: str, is_note: bool) -> None:
    assert org_notes.NoteReader(enabled=True).take(f"- {line}") == is_note


def test_a_json_value_of_many_lines_after_the_settings_of_timewarrior(source: MakeSource) -> None:
    spaces = "\n" * (2 * LENGTH)
    (row,) = read(source(f'temp.db: x\n\n[\n{{"start":{spaces}"20240304T080000Z"}}]'), name="timewarrior")
    assert isinstance(row, Row)
