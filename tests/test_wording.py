"""The check of the wording, `.ci/wording.py`."""

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

WORDING: dict[str, Any] = run_path(str(Path(__file__).parents[1] / ".ci" / "wording.py"))


def words(line: str) -> list[str]:
    return [hit.word for hit in WORDING["find_hits"]("page.md", {1: line})]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("Seldom used.", "Seldom"),
        ('raise Problem("the server told you")', "told"),
        ("Whoever asks.", "Whoever"),
        ("def _said(self)", "said"),
        ("class RefusalReader(Door):", "Door"),
        ("it is no file", "is no"),
        ("the date cannot be one", "cannot be one"),
        ("of a user or (None) of all", "(None)"),
        ('    """The same, by user."""', '"""The same'),
        ("# Where a file exists, it wins.", "# Where a file exists,"),
        ("It exits. Where a file exists, it wins.", ". Where a file exists,"),
        ("the file, where there is one", "where there is"),
        ("whose=whose", "whose"),
    ],
)
def test_wording_finds_old_habit(line: str, word: str) -> None:
    assert word in words(line)


@pytest.mark.parametrize(
    "line",
    [
        "there is no task 7",
        "the token is no longer valid",
        "doorway, adverbial, foretold, outstanding",
        "T stands for the time",
        "values.append(None)",
        "a task whose end is in the future",
        "the folder where the file is, by default",
        "## Where your data is",
    ],
)
def test_wording_accepts_plain_english(line: str) -> None:
    assert words(line) == []


def test_wording_reads_only_names_of_tests(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    text = '"""Told."""\n\ndef test_nobody_waits() -> None:\n    run("told")\n'
    (tmp_path / "tests" / "test_door.py").write_text(text, encoding="utf-8")
    found = [line.rpartition(": use")[0] for line in WORDING["check"](tmp_path)]
    assert found == ["tests/test_door.py:1: door", "tests/test_door.py:3: nobody"]


def test_wording_prints_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("fine\nseldom\n", encoding="utf-8")
    assert WORDING["check"](tmp_path) == ["README.md:2: seldom: use rarely"]


def test_wording_skips_exception_and_reports_unused_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("a seldom word\n", encoding="utf-8")
    assert WORDING["check"](tmp_path, (("README.md", "a seldom"),)) == []
    unused = WORDING["check"](tmp_path, (("README.md", "a seldom"), ("README.md", "told")))
    assert unused == ["README.md: unused exception: told"]


def test_wording_has_at_most_ten_exceptions() -> None:
    assert len(WORDING["EXCEPTIONS"]) <= 10
