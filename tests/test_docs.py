"""The docs match the program."""

import doctest
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from runpy import run_path

import pytest

from tasktimer import Tracker
from tasktimer.cli.commands import times
from tasktimer.cli.lazy_group import COMMAND_NAMES, LazyGroup
from tasktimer.cli.streams import ExitCode
from tasktimer.config.settings import FORMATS
from tasktimer.core.task import COLUMNS
from tasktimer.output import status
from tasktimer.server.app import build_app
from tasktimer.server.schemas import TaskResponse, TrackRequest
from tasktimer.server.settings import ServerOptions
from tasktimer.store.factory import open_store
from tasktimer.store.statements import task_writes
from tests.conftest import BERLIN, Run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTING = (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8")
SERVER = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
_SHARED = {"TASKTIMER_TZ", "TASKTIMER_DAY_STARTS_AT", "TASKTIMER_WEEK_STARTS_ON"}  # variables for every command


def texts(svg: str) -> list[str]:
    return [unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs").glob("*.svg")))
def test_picture_matches_program_output(name: str) -> None:
    code = f"import make_pictures; print(make_pictures.picture({name!r}))"
    drawn = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    assert texts(drawn.stdout) == texts((ROOT / "docs" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", ExitCode)
def test_exit_codes_are_documented(code: ExitCode) -> None:
    assert f"| {int(code)} |" in SCRIPTING


def test_columns_and_formats_are_documented() -> None:
    assert ", ".join(f"`{column}`" for column in COLUMNS) in SCRIPTING
    assert ", ".join(COLUMNS) in re.sub(r" \([^)]*\)", "", " ".join(times.EPILOG.split()))
    assert all(re.search(rf"`[^`]*\b{name}`", SCRIPTING) for name in FORMATS)
    assert set(re.findall(r"`\{(\w+)\}`", SCRIPTING)) == set(status.FIELDS)


def test_pages_are_complete() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        assert len(text) > 500, page
        assert not re.search(r"^[A-Z]+$|TODO|<!-- figures -->\s*<!--", text, re.MULTILINE), page


def test_links_have_targets() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_command_reference_matches_help(golden: Callable[[str, str, Path], None]) -> None:
    page = run_path(str(ROOT / "docs" / "reference.py"))["reference"]()
    golden("commands.md", page, ROOT / "docs" / "commands.md")
    assert {f"## tasktimer {name}" for name in COMMAND_NAMES} <= set(page.splitlines())
    assert not re.search("[\x1b│╭]", page)


def test_api_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 1
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "docs/api.md", "docs/api.md", 0)
    assert doctest.DocTestRunner().run(example).failed == 0


_WEEK = (ROOT / "docs" / "example_week.txt").read_text(encoding="utf-8").splitlines()
# The tasks that exist before the examples of a page.
TASKS_OF_PAGES = {
    **dict.fromkeys(("docs/days.md", "docs/guide.md", "docs/moving.md"), ()),
    **dict.fromkeys(("README.md", "docs/reports.md", "docs/timelines.md"), _WEEK),
}


@pytest.mark.parametrize("name", TASKS_OF_PAGES)
def test_page_matches_program_output(
    run: Run, request: pytest.FixtureRequest, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ROOT / name
    page = path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for file, content in re.findall(r"<!-- file (\S+) -->\n```\w+\n(.*?)```", page, re.DOTALL):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content, encoding="utf-8")
    for words in TASKS_OF_PAGES[name]:
        assert run("track", *shlex.split(words), now=datetime(2026, 11, 27, 16, 5, tzinfo=BERLIN)).exit_code == 0

    def replay(block: re.Match[str]) -> str:
        now = datetime.fromisoformat(block[1]).replace(tzinfo=BERLIN)
        lines = [line for line in block[3].splitlines() if line.startswith("$ tasktimer ")]
        shown = []
        for line in lines:
            done = run(*shlex.split(line)[2:], now=now, terminal=True)
            assert done.exit_code == int(block[2] or 0), done.err
            # On a terminal, the rows that an import rejects come before its report.
            rows, *messages = re.split("^(?=(?:error|note|hint): )", done.err, maxsplit=1, flags=re.MULTILINE)
            shown.append(f"{line}\n{rows}{done.out}{''.join(messages)}")
        heading = block[0].partition("\n")[0]
        return f"{heading}\n```console\n{''.join(shown)}```"

    replayed = re.sub(r"<!-- (\S+ \S+?)(?:, exit code (\d))? -->\n```console\n(.*?)```", replay, page, flags=re.DOTALL)
    if request.config.getoption("--update-golden"):
        path.write_text(replayed, encoding="utf-8")
    assert replayed == path.read_text(encoding="utf-8")


def test_tracker_methods_are_documented() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    methods = {name for name in dir(Tracker) if not name.startswith("_")}
    rows = "".join(re.findall(r"^\| `.*", page, re.MULTILINE))
    assert set(re.findall(r"`(\w+)(?:\(|` \| the (?:time zone|path))", rows)) == methods


def test_pages_name_the_right_distribution() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("src/**/*.py")]
    for page in pages:
        assert not re.search(r"install '?tasktimer(?!-)\b", page.read_text(encoding="utf-8")), page


def test_readme_sql_returns_rows(tmp_path: Path) -> None:
    path = tmp_path / "tasks.db"
    now = datetime.now(UTC)
    with open_store(path).write(create=True) as connection:
        for start, end in [(now - timedelta(hours=9), now - timedelta(hours=8)), (now - timedelta(minutes=85), None)]:
            task_writes.insert_task(connection, user_id=1, description="write docs", start_time=start, end_time=end)
    statements = re.findall(r'"(select [^"]+)"', README)
    with closing(sqlite3.connect(path)) as reader:
        prompt, timesheet = (reader.execute(statement).fetchall() for statement in statements)
    assert prompt in ([("write docs 85m ",)], [("write docs 84m ",)])
    assert [(row[0], row[5]) for row in timesheet][1] == (1, 3600)


def section(title: str) -> str:
    return SERVER.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_routes_are_documented(tmp_path: Path) -> None:
    app = build_app(ServerOptions(tmp_path / "tasks.db"))
    described = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    documented = re.findall(r"^\| `([A-Z]+ /\S*)` \|", section("The API at a glance"), re.MULTILINE)
    assert sorted(documented) == sorted(described | {f"GET {app.openapi_url}", "GET /docs"})
    (takes,) = re.findall(r"^\| `POST /track` \|(.*?)\|", section("The API at a glance"), re.MULTILINE)
    assert re.findall(r"`([a-z_]+)`", takes) == list(TrackRequest.model_fields)
    (has,) = re.findall(r"^A task has (.*?)\. ", section("The API at a glance"), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([a-z_]+)`", has)) - {"null"} == set(TaskResponse.model_fields)


def test_server_settings_are_documented() -> None:
    rows = [line.split("|")[1:3] for line in section("Settings").splitlines() if line.startswith("|")]
    parameters = LazyGroup().commands["serve"].params
    flags = {flag for parameter in parameters for flag in (*parameter.opts, *parameter.secondary_opts)}
    assert {flag for cell, _ in rows for flag in re.findall("`(--[a-z-]+)`", cell)} == flags | {"--database"}
    source = (ROOT / "src" / "tasktimer" / "server" / "settings.py").read_text(encoding="utf-8")
    variables = {*_SHARED, *re.findall('"((?:TASKTIMER|DATABASE)_[A-Z_]+|PORT)"', source)}
    assert {name for _, cell in rows for name in re.findall("`([A-Z_]+)`", cell)} == variables


def test_error_codes_match_table(golden: Callable[[str, str, Path], None]) -> None:
    generator = run_path(str(ROOT / "docs" / "error_codes.py"))
    golden("error-codes.md", generator["error_codes_page"](), ROOT / "docs" / "error-codes.md")
    golden("server.md", generator["server_page"](SERVER), ROOT / "docs" / "server.md")
    assert generator["problems_table"]() in (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
