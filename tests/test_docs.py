"""The docs match the program."""

import ast
import doctest
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
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
from tasktimer.errors import InvalidValue, TasktimerError
from tasktimer.output import status
from tasktimer.output.json_tsv import COLUMNS
from tasktimer.server.app import build_app
from tasktimer.server.problem_details import STATUSES
from tasktimer.server.schemas import TaskResponse, TrackRequest
from tasktimer.server.settings import ServerOptions
from tasktimer.store.factory import open_store
from tasktimer.store.postgres import errors as postgres_errors
from tasktimer.store.sqlite import errors as sqlite_errors
from tasktimer.store.statements import task_writes
from tests.conftest import BERLIN, Run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTING = (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8")
SERVER = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")


def texts(svg: str) -> list[str]:
    return [unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_picture_matches_program_output() -> None:
    code = "import make_picture; print(make_picture.picture())"
    drawn = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    assert texts(drawn.stdout) == texts((ROOT / "docs" / "times.svg").read_text(encoding="utf-8"))


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


def test_guide_matches_program_output(run: Run, request: pytest.FixtureRequest) -> None:
    path = ROOT / "docs" / "guide.md"
    page = path.read_text(encoding="utf-8")

    def replay(block: re.Match[str]) -> str:
        now = datetime.fromisoformat(block[1]).replace(tzinfo=BERLIN)
        lines = [line for line in block[2].splitlines() if line.startswith("$ tasktimer ")]
        shown = []
        for line in lines:
            done = run(*shlex.split(line)[2:], now=now, terminal=True)
            assert done.exit_code == 0, done.err
            shown.append(f"{line}\n{done.out}{done.err}")
        return f"<!-- {block[1]} -->\n```console\n{''.join(shown)}```"

    replayed = re.sub(r"<!-- (\S+ \S+) -->\n```console\n(.*?)```", replay, page, flags=re.DOTALL)
    if request.config.getoption("--update-golden"):
        path.write_text(replayed, encoding="utf-8")
    assert replayed == path.read_text(encoding="utf-8")


def test_tracker_methods_are_documented() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    methods = {name for name in dir(Tracker) if not name.startswith("_")}
    rows = "".join(re.findall(r"^\| `.*", page, re.MULTILINE))
    assert set(re.findall(r"`(\w+)(?:\(|` \| the (?:zone|path))", rows)) == methods


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
    assert sorted(documented) == sorted(described | {f"GET {app.openapi_url}", f"GET {app.docs_url}"})
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
    variables = {"TASKTIMER_TZ", *re.findall('"((?:TASKTIMER|DATABASE)_[A-Z_]+|PORT)"', source)}
    assert {name for _, cell in rows for name in re.findall("`([A-Z_]+)`", cell)} == variables


# Codes that no HTTP response contains: only commands or the start of a server raise them.
NO_ANSWER = {
    *("address-unavailable", "already-revoked", "invalid-config", "invalid-database", "invalid-duration"),
    *(
        "invalid-env-file",
        "invalid-expiry",
        "invalid-format",
        "invalid-token-name",
        "no-home-directory",
        "nothing-running",
    ),
    "public-without-auth",
    *(
        "postgres-not-installed",
        "ambiguous-local-time",
        "multiple-running",
        "nonexistent-local-time",
        "time-out-of-range",
    ),
    *("concurrent-update", "end-and-duration", "tasks-not-adjacent", "same-task", "split-outside-task", "tag-not-set"),
    *("tag-added-and-removed", "incompatible-tasks"),
    *("token-not-found", "undo-conflict", "invalid-age", "invalid-date-range", "missing-user", "command-not-found"),
    *("already-running", "last-end-in-future", "not-running", "no-ended-task", "nothing-to-resume"),
    *("switch-before-start", "unknown-field", "backup-exists", "backup-failed"),
    *("backup-is-database", "backup-not-found", "backup-incomplete", "restore-with-pg-restore"),
    *(
        "multiple-days",
        "pg-dump-not-found",
        "secret-parameter",
        "invalid-path",
        "no-gap-and-start",
        "filter-without-all",
        "ids-and-all",
        "ids-and-filter",
    ),
    "too-many-tags",
    *("store-missing", "task-of-other-user"),  # reported as an empty list and as task-not-found
}
# Codes built from parts, by their pattern.
SHAPED = {
    "store-*": [
        *(f"store-{explanation[1]}" for explanation in sqlite_errors._EXPLANATIONS),
        *(f"store-{kind}" for kind, _ in postgres_errors._EXPLANATIONS.values()),
    ],
    "*-in-future": ["start-in-future", "end-in-future"],
    **{
        shape: [shape.replace("*", noun) for noun in ("description", "project", "tag", "note")]
        for shape in ("*-too-long", "undecodable-*", "blank-*")
    },
    "*-not-found": [],  # labels, which only commands look up
    "invalid-*": [],  # server settings, which prevent the start
}
# Errors that the framework raises itself.
FRAMEWORK = {("not-found", 404), ("method-not-allowed", 405)}


def test_problem_codes_are_documented_with_status() -> None:
    rows = re.findall(r"^\| (`.+`) \| ([0-9]{3}) \|", section("Problems"), re.MULTILINE)
    documented = [(code, int(status)) for cell, status in rows for code in re.findall("`([^`]+)`", cell)]
    found = {
        problem
        for path in (ROOT / "src" / "tasktimer").rglob("*.py")
        if not path.is_relative_to(ROOT / "src" / "tasktimer" / "cli") and not path.stem.startswith("client")
        for problem in problems(path)
    }
    assert {code for code, _ in found} > NO_ANSWER
    answers = {(code, int(status)) for code, status in found if code not in NO_ANSWER}
    assert sorted(documented) == sorted(answers | FRAMEWORK)


def problems(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the error codes in a module, each with its HTTP status."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = {error.__name__: error for error in TasktimerError.__subclasses__()}
    own = {
        call: kinds[ast.unparse(node.bases[0])]
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.bases and ast.unparse(node.bases[0]) in kinds
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        kind = own.get(call) or kinds.get(name)
        if kind is not None:
            yield from ((code, STATUSES[kind]) for code in codes(call.args[0]))
        if name == "Problem" and isinstance(call.args[0], ast.Constant):
            yield from ((code, int(str(ast.literal_eval(call.args[0])))) for code in codes(call.args[1]))
        for keyword in call.keywords:
            if keyword.arg == "code":  # passed to a function that raises InvalidValue
                yield from ((code, STATUSES[InvalidValue]) for code in codes(keyword.value))


def codes(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from codes(body)
            yield from codes(other)
        case ast.JoinedStr(values=parts):
            yield from SHAPED["".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)]
