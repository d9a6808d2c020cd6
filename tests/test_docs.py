"""The documents say what the program does."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from tasktimer.cli.exits import ExitCode
from tasktimer.output.data import COLUMNS
from tasktimer.settings import FORMATS
from tasktimer.store import open_store, queries

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTING = (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8")


def texts(svg: str) -> list[str]:
    return [unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_the_picture_shows_what_the_program_prints() -> None:
    code = "import make_picture; print(make_picture.picture())"
    drawn = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    assert texts(drawn.stdout) == texts((ROOT / "docs" / "times.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_documented(code: ExitCode) -> None:
    assert f"| {int(code)} |" in SCRIPTING


def test_columns_and_formats_are_documented() -> None:
    assert ", ".join(f"`{column}`" for column in COLUMNS) in SCRIPTING
    assert all(re.search(rf"`[^`]*\b{name}`", SCRIPTING) for name in FORMATS)


def test_no_page_is_unfinished() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        assert len(text) > 500, page
        assert not re.search(r"^[A-Z]+$|TODO|<!-- figures -->\s*<!--", text, re.MULTILINE), page


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_nobody_is_told_to_install_another_project() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("src/**/*.py")]
    for page in pages:
        assert not re.search(r"install '?tasktimer(?!-)\b", page.read_text(encoding="utf-8")), page


def test_the_sql_of_the_readme_answers(tmp_path: Path) -> None:
    path = tmp_path / "tasks.db"
    now = datetime.now(UTC)
    with open_store(path).write(create=True) as connection:
        for start, end in [(now - timedelta(hours=9), now - timedelta(hours=8)), (now - timedelta(minutes=85), None)]:
            queries.insert_task(connection, user_id=1, description="write docs", start_time=start, end_time=end)
    statements = re.findall(r'"(select [^"]+)"', README)
    with closing(sqlite3.connect(path)) as reader:
        prompt, timesheet = (reader.execute(statement).fetchall() for statement in statements)
    assert prompt in ([("write docs 85m ",)], [("write docs 84m ",)])
    assert [(row[0], row[5]) for row in timesheet][1] == (1, 3600)
