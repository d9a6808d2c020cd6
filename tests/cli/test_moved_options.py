"""`edit --project` and `edit --tag` of selected tasks ask, and show the command that selects tasks by them."""

import re
import shlex

import pytest
from tests.cli.conftest import answer
from tests.conftest import Run

MOVED = "note: --project and --tag now set the project and add tags; in earlier versions, they selected tasks\n"

# The options, the command without a question, and the command that selects tasks instead, if any.
CASES = [
    (["--search", "write", "--project", "home"], "edit -p home --search write --yes", None),
    (
        ["+x", "--search", "write", "--project", "big client"],
        "edit +x -p 'big client' --search write --yes",
        """edit +x --search write --where 'project:"big client"'""",
    ),
    (
        ["--running", "--tag", "docs", "--tag", "it's", "--note", "hey"],
        """edit -t docs -t 'it'"'"'s' --note hey --running --yes""",
        """edit --note hey --running --where 'tag:docs tag:"it'"'"'s"'""",
    ),
    (
        ["--where", "running or tag:docs", "--project", "acme", "--tag", "x", "-t", "y"],
        "edit -p acme -t y -t x --where 'running or tag:docs' --yes",
        "edit -t y --where '(running or tag:docs) project:acme tag:x'",
    ),
]


@pytest.fixture(autouse=True)
def _tasks(run: Run) -> None:
    run("track", "write", "-p", "acme", "+docs")
    run("track", "call", "-p", "big client", "+docs", "+it's")


def hint(err: str) -> str:
    (found,) = re.findall("^hint: (.*)$", err, re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("yes", [[], ["--yes"]])
@pytest.mark.parametrize(("words", "setting", "selecting"), CASES)
def test_long_options_ask_and_show_both_commands(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], setting: str, selecting: str | None, yes: list[str]
) -> None:
    answer(monkeypatch, "n\n")
    result = run("edit", *words, *yes, terminal=True)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith(MOVED)
    assert result.err.endswith("? [y/N] note: nothing was changed\n")
    shown = hint(result.err)
    assert f"without confirmation, run: tasktimer {setting}" in shown
    select = f"run: tasktimer {selecting}{' --yes' if yes else ''}"
    assert shown.endswith(select) == (selecting is not None)


@pytest.mark.parametrize(("words", "setting", "selecting"), CASES)
def test_long_options_never_change_tasks_without_a_question(
    run: Run, words: list[str], setting: str, selecting: str | None
) -> None:
    before = run("list", "all", "--json").out
    result = run("edit", *words, "--yes")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: cannot ask for confirmation: not running in a terminal\nhint: to set the ")
    assert f"run: tasktimer {setting}" in hint(result.err)
    assert run("list", "all", "--json").out == before
    for command in filter(None, (setting, selecting and f"{selecting} --yes")):  # the shown commands work
        assert run(*shlex.split(command)).exit_code == 0
        run("undo")


def test_answer_yes_sets_labels(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y\n")
    result = run("edit", "--where", "tag:docs", "--project", "home", "--tag", "x", "--yes", terminal=True)
    assert (result.exit_code, result.out) == (0, "2 tasks edited; to undo this, run: tasktimer undo\n")
    assert [line.split("\t")[6:8] for line in run("list", "all").out.splitlines()] == [
        ["home", "docs,x"],
        ["home", "docs,it's,x"],
    ]


def test_dry_run_and_ids_do_not_ask(run: Run) -> None:
    assert run("edit", "--running", "--project", "home", "--dry-run").out == "1\n2\n"
    assert run("edit", "1", "2", "--project", "home", "--tag", "x").out == "1\n2\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--project", "acme", "+x"], "to select tasks by project, run: tasktimer edit +x --where project:acme"),
        (["--tag", "docs", "--no-note"], "to select tasks by tag, run: tasktimer edit --no-note --where tag:docs"),
        (["--project", "acme"], "add IDs, or options that select tasks, such as --search TEXT"),
        (["+x"], "add IDs, or options that select tasks, such as --search TEXT"),
    ],
)
def test_missing_selection_shows_where(run: Run, words: list[str], expected: str) -> None:
    result = run("edit", *words)
    assert (result.exit_code, result.err) == (2, f"error: no tasks selected\nhint: {expected}\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["1"], "omit one of them"),
        (["--running"], "to select tasks by project, run: tasktimer edit -p home --running --where project:acme"),
    ],
)
def test_project_given_twice_fails(run: Run, words: list[str], expected: str) -> None:
    result = run("edit", *words, "--project", "acme", "-p", "home")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == f"error: -p and --project cannot be used together\nhint: {expected}\n"
