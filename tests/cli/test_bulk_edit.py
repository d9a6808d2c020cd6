"""`tasktimer edit` and `delete` of the tasks that a filter leaves."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import answer
from tests.conftest import Prepare, Run

COMMANDS = [["edit", "+x"], ["delete"]]


@pytest.fixture(autouse=True)
def _tasks(run: Run, data_file: Path, prepare: Prepare) -> None:
    prepare("bulk", data_file, lambda: track_many(run))


def track_many(run: Run) -> None:
    for number in range(1, 26):
        run("track", f"write {number}", "--for", f"{number}m", "-p", "acme", *(["+x"] if number == 25 else []))
    run("track", "call", "--user", "42")


def journal(run: Run) -> list[str]:
    lines = [line.split("\t") for line in run("history", "--limit", "999").out.splitlines()]
    return [f"{line[2]} {line[6]}" for line in lines if line[2] != "track"]


def test_bulk_edit_shows_tasks_and_asks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "n\ny\n")
    result = run("edit", "--where", "project:acme", "+x", "--longer-than", "22m", terminal=True)
    assert (result.exit_code, result.out) == (1, "")
    question = """\
 ID  Start  End     Length  Project  Description
 ────────────────────────────────────────────────
 Sun 16 July
 24  11:36  12:00  0:24:00  acme     write 24
     tags none -> +x
 23  11:37  12:00  0:23:00  acme     write 23
     tags none -> +x

Edit 2 tasks? [y/N] """
    assert result.err == question + "note: nothing was changed\n"
    assert journal(run) == []
    result = run("edit", "--where", "project:acme", "+x", "--longer-than", "22m", terminal=True)
    assert (result.exit_code, result.out) == (0, "2 tasks edited; to undo this, run: tasktimer undo --user 1\n")
    assert result.err == question
    assert journal(run) == ["edit 23,24"]


def test_bulk_edit_of_many_tasks_shows_first_and_count(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y\n")
    result = run("delete", "-p", "acme", terminal=True)
    _, _, day, first, *rest = result.err.splitlines()
    assert day == " Sun 16 July"
    assert first.split() == ["25", "11:35", "12:00", "0:25:00", "acme", "write", "25", "+x"]
    assert (len(rest), rest[-3:]) == (21, [" and 6 more", "", "Delete 25 tasks? [y/N] "])
    assert run("list", "all").out.startswith("26\t")
    run("undo", "--user", "1")
    assert len(run("list", "all").out.splitlines()) == 26


def test_yes_does_not_ask(run: Run) -> None:
    assert run("edit", "--search", "WRITE 2", "-p", "home", "--yes").out.split() == [
        *("25", "24", "23", "22", "21", "20", "2"),
    ]
    result = run("delete", "--search", "write 24", "--yes", terminal=True)
    assert result.out.endswith(
        " 24  11:36  12:00  0:24:00  home     write 24\n\n1 task deleted; to undo this, run: tasktimer undo --user 1\n"
    )
    assert [task["id"] for task in json.loads(run("delete", "--tag", "x", "-y", "--json").out)] == [25]
    assert journal(run) == ["edit 2,20,21,22,23,24,25", "delete 24", "delete 25"]


@pytest.mark.parametrize("command", COMMANDS)
def test_dry_run_shows_and_changes_nothing(run: Run, command: list[str]) -> None:
    before = run("list", "all", "--json").out
    assert run(*command, "--search", "write 24", "--dry-run", "--yes").out == "24\n"
    out = run(*command, "--search", "write 24", "--dry-run", terminal=True).out
    assert out.startswith(f"1 task would be {command[0].removesuffix('e')}ed:\n\n ID  Start  End ")
    assert " 24  11:36  12:00  0:24:00  acme     write 24" in out
    assert len(json.loads(run(*command, "--shorter-than", "5m", "--user", "1", "--dry-run", "--json").out)) == 4
    assert run("list", "all", "--json").out == before


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ["--where", "project:acme"],
            "error: cannot ask for confirmation: not running in a terminal\nhint: add --yes ",
        ),
        (
            ["1", "--where", "project:acme", "--yes"],
            "error: task IDs cannot be used with options that select tasks\nhint: ",
        ),
        (["--yes"], "error: no tasks selected\nhint: add IDs, or options"),
        (["--yes", "--user", "1"], "error: no tasks selected\nhint: add IDs, or options"),
        (["--dry-run"], "error: no tasks selected\nhint: add IDs, or options"),
        (["--search", "", "--yes"], "error: the search is blank\nhint: "),
        (["--not-tag", "a b", "--yes"], "error: invalid tag 'a b': tags cannot contain spaces or commas"),
        (["--longer-than", "soon", "--yes"], "error: invalid duration 'soon'\nhint: "),
    ],
)
def test_unclear_selection_fails(run: Run, command: list[str], words: list[str], error: str) -> None:
    before = run("list", "all", "--json").out
    result = run(*command, *words)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(error)
    assert run("list", "all", "--json").out == before


@pytest.mark.parametrize("words", [["edit"], ["edit", "--start", "9:00"], ["delete"]])
def test_command_without_selection_fails(run: Run, words: list[str]) -> None:
    result = run(*words)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: no tasks selected\nhint: add IDs, or options")


@pytest.mark.parametrize("text", ["'; DROP TABLE tasks;--", "%", "_", '"', "\\", ":id", "🦀", "[bold]"])
@pytest.mark.parametrize("command", COMMANDS)
def test_filter_without_match_changes_nothing(run: Run, command: list[str], text: str) -> None:
    result = run(*command, "--yes", "--search", text)
    assert (result.exit_code, result.out, result.err) == (0, "", "")
    assert run(*command, "--yes", "--search", text, terminal=True).out == "No task matches.\n"
    assert run(*command, "--yes", "--search", text, "--json").out == "[]\n"


def test_unknown_label_prints_note(run: Run) -> None:
    result = run("delete", "--project", "acne", "--yes")
    assert (result.exit_code, result.out) == (0, "")
    assert result.err == "note: no task has the project 'acne'\nhint: did you mean 'acme'?\n"


def test_unknown_excluded_tag_prints_note(run: Run) -> None:
    result = run("delete", "--project", "acme", "--not-tag", "y", "--dry-run")
    assert len(result.out.splitlines()) == 25
    assert result.err == "note: no task has the tag 'y'\nhint: to list the tags, run: tasktimer tags\n"
    assert run("delete", "--project", "acme", "--not-tag", "x", "--dry-run").err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_repeated_id_is_shown_once(run: Run, command: list[str]) -> None:
    assert run(*command, "3", "2", "3", "--dry-run").out == "3\n2\n"


def test_remove_tag_changes_only_tasks_with_tag(run: Run) -> None:
    assert run("edit", "--where", "project:acme", "--remove-tag", "x", "--yes").out == "25\n"
    result = run("edit", "--where", "project:acme", "--remove-tag", "x", "--yes")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == "error: cannot remove tag 'x': the tasks have no tags\nhint: omit --remove-tag x\n"


def test_bulk_edit_is_all_or_nothing(run: Run) -> None:
    result = run("edit", "--where", "project:acme", "--end", "11:49:30", "--yes")
    assert (result.exit_code, result.out) == (1, "")
    assert "cannot end at 11:49" in result.err
    assert journal(run) == []
    out = run("edit", "--where", "project:acme", "-p", "acme", "--yes", terminal=True).out
    assert out == "Nothing to change in 25 tasks.\n"


def test_bulk_edit_uses_user_of_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("edit", "--running", "+x", "--user", "1", "--yes").out == ""
    monkeypatch.setenv("TASKTIMER_USER", "1")
    assert run("edit", "--running", "+x", "--yes").out == ""
    assert run("edit", "--running", "+x", "--user", "all", "--yes").out == "26\n"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (["--from", "yesterday", "--to", "yesterday"], [28, 27]),
        (["--to", "yesterday"], [28, 27]),
        (["--to", "last week"], [28]),
        (["--from", "today", "--user", "42"], [26]),
        (["--from", "11:50", "--where", "project:home"], [27]),
        (["--from", "11:57", "--shorter-than", "3m"], [26, 2, 1]),
        (["--from", "2023", "--to", "2023-07-08"], []),
    ],
)
def test_from_and_to_select_as_in_list(run: Run, command: list[str], bounds: list[str], expected: list[int]) -> None:
    run("track", "night", "--at", "yesterday 23:00", "-p", "home", "--user", "1")
    run("track", "week", "--at", "2023-07-09 10:00", "--until", "yesterday 1:00", "--user", "1")
    listed = [task["id"] for task in json.loads(run("list", *bounds, "--json").out)]
    assert sorted(listed) == sorted(expected)
    before = run("list", "all", "--json").out
    assert [int(line) for line in run(*command, *bounds, "--dry-run").out.split()] == listed
    assert run("list", "all", "--json").out == before
    assert [int(line) for line in run(*command, *bounds, "--yes").out.split()] == listed


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["1", "--from", "today", "--yes"], "error: task IDs cannot be used with options that select tasks\nhint: "),
        (
            ["--from", "today", "--to", "yesterday", "--yes"],
            "error: the end 'yesterday' is not after the start 'today'",
        ),
        (["--from", "soon", "--yes"], "error: invalid date range 'soon'\nhint: "),
        (["--to", "", "--yes"], "error: invalid date range ''\nhint: "),
        (["--from", "today"], "error: cannot ask for confirmation: not running in a terminal\nhint: add --yes "),
        (
            ["yesterday"],
            "error: invalid task ID 'yesterday'\nhint: to select tasks by date, use --from yesterday --to yest",
        ),
        (
            ["last", "week", "--yes"],
            "error: invalid task ID 'week'\nhint: to select tasks by date, use --from 'last week' --to 'last we",
        ),
        (["1", "yesterday"], "error: invalid task ID 'yesterday'\nhint: use an integer"),
        (["$(reboot)"], "error: invalid task ID '$(reboot)'\nhint: use an integer"),
    ],
)
def test_unclear_from_and_to_fail(run: Run, command: list[str], words: list[str], error: str) -> None:
    before = run("list", "all", "--json").out
    result = run(*command, *words)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(error)
    assert run("list", "all", "--json").out == before


def test_edit_without_store_prints_note(run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("none") / "tasks.db"
    result = run("--database", str(path), "delete", "--search", "x", "--yes")
    assert (result.exit_code, result.out) == (0, "")
    assert result.err.startswith("note: nothing has been tracked yet")
    assert not path.exists()
