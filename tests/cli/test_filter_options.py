"""The flags that say which tasks are meant, where `times`, `stop --all`, `projects` and `tags` take them."""

import json
from functools import partial

import pytest
from tests.conftest import Prepare, Run

HOSTILE = ["'; DROP TABLE tasks;--", "%", "_", "!", '"', "\\", ":id", "🦀", "[bold]", "/* AND filter */"]


@pytest.fixture
def on(run: Run, database: str, monkeypatch: pytest.MonkeyPatch, prepare: Prepare) -> Run:
    """Run commands on each engine, where somebody has worked since yesterday; three tasks run."""
    monkeypatch.setenv("TASKTIMER_USER", "1")  # who gives the commands on all users' tasks
    on = partial(run, "--database", database)
    prepare("filters", database, lambda: work(on))
    return on


def work(on: Run) -> None:
    for user, words in [
        ("1", ["write docs", "+docs", "-p", "acme/web", "--at", "yesterday 23:00", "--until", "1:00"]),
        ("1", ["call", "+phone", "+docs", "-p", "acme", "--at", "8:00", "--for", "30m", "--note", "Invoice 100%"]),
        ("1", ["plan", "--at", "9:00", "--for", "2h"]),
        ("1", ["review", "+docs", "+it's", "-p", "acme", "--at", "11:00"]),
        ("1", ["mend", "-p", "home", "--at", "11:30"]),
        ("2", ["Straße", "-p", "acme2", "+phone", "--at", "11:45"]),
    ]:
        assert on("track", *words, "--user", user).exit_code == 0


# The flags, and what of today they leave: the tasks, and of these the running ones.
CASES: list[tuple[list[str], list[int]]] = [
    (["--project", "acme"], [1, 2, 4]),
    (["-p", "acme/web"], [1]),
    (["--tag", "docs"], [1, 2, 4]),
    (["-t", "docs", "-t", "+phone"], [2]),
    (["--not-tag", "docs"], [3, 5, 6]),
    (["--not-tag", "docs", "--not-tag", "phone"], [3, 5]),
    (["--running"], [4, 5, 6]),
    (["--untagged"], [3, 5]),
    (["--longer-than", "30m"], [1, 3, 4]),
    (["--shorter-than", "1h"], [2, 5, 6]),
    (["--longer-than", "15m", "--shorter-than", "1h"], [2, 5]),
    (["--search", "STRASSE"], [6]),
    (["--search", "invoice 100%"], [2]),
    (["--search", "e", "-t", "docs", "-p", "acme", "--not-tag", "phone"], [1, 4]),
    (["--tag", "it's"], [4]),
    (["--no-project"], [3]),
    (["--where", "project:acme and (tag:phone or running) and not straße"], [2, 4]),
    (["--where", "not project:acme"], [3, 5, 6]),
    (["--where", "project:none or project:home"], [3, 5]),
    (["--where", "user:2 or longer:1:30"], [1, 3, 6]),
    (["--where", "id:3 or (tag:docs untagged)"], [3]),
    (["--where", "from:11:00"], [4, 5, 6]),
    (["--where", "to:8:30 not from:1:00"], [1]),
    (["--where", "note:invoice or description:STRASSE"], [2, 6]),
    (["--where", "description:invoice"], []),
    (["--where", "RUNNING tag:docs", "--no-project"], []),
    (["--where", "running or untagged", "-p", "acme"], [4]),
]
RUNNING = {4, 5, 6}


@pytest.mark.parametrize(("flags", "expected"), CASES)
def test_times_shows_matching_tasks_only(on: Run, flags: list[str], expected: list[int]) -> None:
    everything = {line.split("\t")[0]: line for line in on("times", "--user", "all").out.splitlines()}
    result = on("times", *flags, "--user", "all")
    assert (result.exit_code, result.err) == (0, "")
    assert result.out.splitlines() == [everything[str(number)] for number in expected]
    assert [task["id"] for task in json.loads(on("times", *flags, "--user", "all", "--json").out)] == expected
    assert on("times", *flags, "--date", "2023-07-01", "--user", "all").out == ""
    ones = [number for number in expected if number != 6]
    assert [int(line.split("\t")[0]) for line in on("times", *flags, "--user", "1").out.splitlines()] == ones


@pytest.mark.parametrize(("flags", "expected"), CASES)
def test_stop_all_stops_matching_tasks_only(on: Run, flags: list[str], expected: list[int]) -> None:
    ended = [number for number in expected if number in RUNNING]
    before = {task["id"]: task for task in json.loads(on("list", "all", "--user", "all", "--json").out)}
    result = on("stop", "--all", *flags, "--user", "all")
    assert (result.exit_code, result.err) == (0, "")
    assert [int(line) for line in result.out.split()] == ended
    for task in json.loads(on("list", "all", "--user", "all", "--json").out):
        assert task["running"] == (task["id"] in RUNNING - set(ended))
        assert task["id"] in ended or task == before[task["id"]]


@pytest.mark.parametrize(("flags", "expected"), CASES)
@pytest.mark.parametrize("command", ["projects", "tags"])
def test_labels_are_counted_in_matching_tasks(on: Run, command: str, flags: list[str], expected: list[int]) -> None:
    all_ = json.loads(on("list", "all", "--user", "all", "--json").out)
    for user, tasks in (("all", all_), ("1", [task for task in all_ if task["user_id"] == 1])):
        counts: dict[str | None, int] = {}
        for task in tasks:
            for name in task["tags"] or [None] if command == "tags" else [task["project"]]:
                counts[name] = counts.get(name, 0) + (task["id"] in expected)
        usages = json.loads(on(command, *flags, "--user", user, "--json").out)
        assert {usage["name"]: usage["count"] for usage in usages} == {name: n for name, n in counts.items() if n}


def test_worked_time_is_of_matching_tasks(on: Run) -> None:
    lines = on("projects", "--longer-than", "45m", "--user", "all").out.splitlines()
    assert [line.split("\t")[::3] for line in lines] == [["acme", "3600"], ["acme/web", "7200"], ["", "7200"]]
    assert on("tags", "-p", "acme2", "--user", "2").out == "phone\t1\t2023-07-16T11:45:00+02:00\t900\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_search_matches_hostile_text_literally(on: Run, text: str) -> None:
    found = "2\t" if text == "%" else ""
    assert on("times", "--search", text, "--user", "1").out[:2] == found
    assert on("stop", "--all", "--search", text, "--user", "1").out == ""
    names = [line.split("\t")[0] for line in on("projects", "--search", text, "--user", "1").out.splitlines()]
    assert names == (["acme"] if found else [])
    assert len(on("tags", "--search", text, "--user", "1").out.splitlines()) == (2 if found else 0)
    assert len(on("list", "--running", "--user", "all").out.splitlines()) == 3


@pytest.mark.parametrize("tag", ['"', "%", "_", ":id", "🦀", "';--", "a/b", "docs%"])
def test_hostile_tag_is_matched_literally(run: Run, tag: str) -> None:
    run("track", "write", "-t", tag)
    run("track", "call", "-t", "docs")
    assert run("times", "-t", tag).out.startswith("1\t")
    assert run("times", "--not-tag", tag).out.startswith("2\t")
    assert run("tags", "-t", tag).out.startswith(f"{tag}\t1\t")
    assert run("stop", "--all", "-t", tag).out == "1\n"


COMMANDS = [["times"], ["stop", "--all"], ["projects"], ["tags"]]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (["--project", "a//b"], "invalid project 'a//b': a level cannot be empty"),
        (["--project", ""], "the project is blank"),
        (["--tag", "a b"], "invalid tag 'a b': tags cannot contain spaces or commas"),
        (["--tag", "a,b"], "invalid tag 'a,b': tags cannot contain spaces or commas"),
        (["--not-tag", ""], "the tag is blank"),
        (["--longer-than", "soon"], "invalid duration 'soon'"),
        (["--shorter-than", ""], "invalid duration ''"),
        (["--search", ""], "the search is blank"),
        (["--search", "x" * 1001], "the search is too long: 1,001 characters"),
        (["--search", "\x1b[31m"], "the search contains a control character"),
        (["--search", "\udcff"], "the search contains an undecodable byte"),
        (["--where", ""], "invalid expression: a term is missing\nhint: "),
        (["--where", "tag:docs)"], "invalid expression: unmatched ')'\n  tag:docs)\n          ^\nhint: remove it, or"),
        (
            ["--where", "a \udcff"],
            "the search contains an undecodable byte: '\\udcff' at character 1\n  a  \n    ^\nhint: ",
        ),
    ],
)
def test_impossible_filter_fails(run: Run, command: list[str], flags: list[str], word: str) -> None:
    run("track", "write")
    result = run(*command, *flags)
    assert (result.exit_code, result.out) == (2, "")
    assert word in result.err
    assert run("list", "--running").out.startswith("1\t")


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_label_prints_note(run: Run, command: list[str]) -> None:
    run("track", "write", "-p", "acme", "+docs")
    result = run(*command, "-p", "acne")
    assert (result.exit_code, result.out) == (0, "")
    assert result.err == "note: no task has the project 'acne'\nhint: did you mean 'acme'?\n"
    assert run(*command, "-t", "dosc").err == "note: no task has the tag 'dosc'\nhint: did you mean 'docs'?\n"


def test_unknown_excluded_tag_of_stop_prints_note(run: Run) -> None:
    run("track", "write", "+docs")
    result = run("stop", "--all", "--not-tag", "dosc")
    assert (result.exit_code, result.out) == (0, "1\n")
    assert result.err == "note: no task has the tag 'dosc'\nhint: did you mean 'docs'?\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["-p", "acme"], "error: a filter requires that all running tasks are selected\nhint: add --all to stop "),
        (["--running"], "error: a filter requires that all running tasks are selected\nhint: add --all to stop "),
        (["1", "-p", "acme"], "error: task IDs cannot be used with options that select tasks\nhint: "),
        (
            ["1", "--all", "-p", "acme"],
            "error: task IDs cannot be used with --all\nhint: ",
        ),
    ],
)
def test_stop_with_filter_requires_all(run: Run, arguments: list[str], error: str) -> None:
    run("track", "write", "-p", "acme")
    result = run("stop", *arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(error)
    assert run("list", "--running").out.startswith("1\t")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["times"], "No task matches on Sunday 2023-07-16, Europe/Berlin.\n"),
        (["stop", "--all"], "No running task matches.\n"),
        (["projects"], "No task matches.\n"),
        (["tags"], "No task matches.\n"),
    ],
)
def test_terminal_reports_no_match(run: Run, command: list[str], sentence: str) -> None:
    run("track", "write", "-p", "acme", "+docs")
    result = run(*command, "--search", "nothing", terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, sentence, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_filter_without_store_creates_nothing(
    run: Run, command: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("none") / "tasks.db"
    result = run("--database", str(path), *command, "-p", "acme")
    assert (result.exit_code, result.out) == (0, "")
    assert not path.exists()


def test_table_totals_are_of_matching_tasks(on: Run) -> None:
    lines = on("times", "-t", "docs", "--user", "1", terminal=True).out.splitlines()
    assert next(line for line in lines if "total" in line.lower()).split()[-1] == "2:30:00"


def test_filtered_stop_is_undone_as_one_command(on: Run) -> None:
    assert on("stop", "--all", "--not-tag", "phone", "--user", "1").out == "4\n5\n"
    assert on("undo", "--user", "1").exit_code == 0
    assert len(on("list", "--running", "--user", "all").out.splitlines()) == 3
