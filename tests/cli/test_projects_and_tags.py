"""`tasktimer projects`, `tags` and `rename`, as people and scripts use them."""

import csv
import json

import pytest
from tests.cli.test_list import ids
from tests.conftest import Golden, Run


def test_labels_are_listed_with_usage(week: Run, golden: Golden) -> None:
    golden("projects.txt", week("projects", terminal=True).out)
    golden("tags.tsv", week("tags").out)
    assert json.loads(week("projects", "--json").out)[1] == {
        "name": "acme/web",
        "count": 1,
        "last_time": "2023-07-14T22:00:00+02:00",
        "worked": 10800.0,
    }
    golden("tags.txt", week("tags", terminal=True).out)
    golden("projects.csv", week("projects", "--format", "csv", terminal=True).out)
    assert week("tags", "--user", "3", terminal=True).out == "Nothing tracked.\n"


def test_rename_changes_every_task_and_undo_reverts(week: Run) -> None:
    assert (
        week("rename", "project", "acme", "acme corp", terminal=True).out
        == "Renamed project acme to acme corp in 2 tasks\n"
    )
    assert week("rename", "tag", "+docs", "writing").out == "2\n"
    assert ids(week, "-p", "acme corp/web", "-t", "writing") == [2]
    week("undo", "2", "--user", "1")
    assert ids(week, "-p", "acme", "-t", "docs") == [2]
    refused = week("rename", "project", "acm", "x")
    assert (refused.exit_code, refused.err) == (
        1,
        "error: no task has the project 'acm'\nhint: did you mean 'acme'?\n",
    )


def test_rename_into_existing_name_says_what_it_joins(week: Run) -> None:
    assert week("rename", "tag", "urgent", "phone", terminal=True).out == (
        "Renamed tag urgent to phone in 1 task\n"
        "1 task already had tag phone; to undo this, run: tasktimer undo --user 1\n"
    )
    week("rename", "project", "acme/web", "site")
    assert week("rename", "project", "site", "acme", "--user", "1", terminal=True).out == (
        "Renamed project site to acme in 1 task\n"
        "1 task already had project acme; to undo this, run: tasktimer undo --user 1\n"
    )
    assert week("rename", "tag", "phone", "docs").out == "2\n"


def test_labels_keep_one_unicode_form(run: Run) -> None:
    run("track", "call", "-p", "cafe\u0301", "+cafe\u0301", "--for", "1m")
    (task,) = json.loads(run("list", "-p", "caf\u00e9", "--json").out)
    assert (task["project"], task["tags"]) == ("caf\u00e9", ["caf\u00e9"])
    assert run("edit", "-p", "bar", "--where", "tag:cafe\u0301", "--yes").out == f"{task['id']}\n"
    assert run("rename", "tag", "cafe\u0301", "pub").out == "1\n"
    run("undo", "2")
    assert run("rename", "project", "cafe\u0301", "pub").out == "1\n"


def test_backslash_is_escaped_in_tsv(run: Run) -> None:
    run("track", "x", "-p", "a\\b", "+c\\d")
    assert [run(command).out.split("\t")[0] for command in ("projects", "tags")] == ["a\\\\b", "c\\\\d"]
    run("token", "create", "--name", "x\\ty")
    assert "\tx\\\\ty\t" in run("token", "list").out


def test_labels_are_counted_in_date_range(week: Run, golden: Golden) -> None:
    golden("projects-range.txt", week("projects", "2023-07-14", terminal=True).out)
    assert week("projects", "--from", "2023-07-14 23:30", "--to", "2023-07-15").out == (
        "acme/web\t1\t2023-07-14T22:00:00+02:00\t5400\n\t2\t2023-07-15T10:00:00+02:00\t9000\n"
    )
    assert week("tags", "yesterday").out == (
        "docs\t1\t2023-07-14T22:00:00+02:00\t3600\n"
        "phone\t1\t2023-07-15T09:00:00+02:00\t5400\n"
        "urgent\t1\t2023-07-14T22:00:00+02:00\t3600\n"
        "\t1\t2023-07-15T10:00:00+02:00\t3600\n"
    )
    assert [usage["name"] for usage in json.loads(week("tags", "today", "--json").out)] == ["docs", None]
    assert week("tags", "all").out == week("tags").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["projects", "2023-07-12"], "Nothing tracked on Wednesday 2023-07-12, Europe/Berlin."),
        (["tags", "2022"], "Nothing tracked from 2022-01-01 to 2022-12-31, Europe/Berlin."),
        (["tags", "--to", "2022", "--running"], "No task matches up to 2022-12-31, Europe/Berlin."),
        (["projects", "--running", "-t", "urgent"], "No task matches."),
    ],
)
def test_missing_labels_are_reported(week: Run, arguments: list[str], said: str) -> None:
    assert week(*arguments, terminal=True).out == f"{said}\n"


@pytest.mark.parametrize("command", ["projects", "tags"])
def test_invalid_date_range_fails(week: Run, command: str) -> None:
    for words in (["soon"], [""], ["today", "--from", "monday"], ["--from", "today", "--to", "yesterday"], ["+docs"]):
        result = week(command, *words)
        assert (result.exit_code, result.out) == (2, "")
        assert "hint: " in result.err


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["acme", "big corp", "--user", "7"],
            "'acme' is neither 'project' nor 'tag'",
            "put project or tag before the names; see tasktimer rename --help",
        ),
        (
            ["tax"],  # which is spelt nearly like a command
            "'tax' is neither 'project' nor 'tag'",
            "put project or tag before the names; see tasktimer rename --help",
        ),
        (["projects", "a", "b"], "no such command 'projects'", "instead, run: tasktimer rename project a b"),
    ],
)
def test_rename_requires_kind(run: Run, words: list[str], message: str, hint: str) -> None:
    result = run("rename", *words)
    assert (result.exit_code, result.out, result.err) == (2, "", f"error: {message}\nhint: {hint}\n")


LISTED = [(), ("all",), ("2023-07-10", "--longer-than", "1h"), ("last", "7", "days"), ("all", "-t", "docs"), ("today",)]
LISTED += [("--where", "tag:docs or call"), ("all", "--where", "from:2023-07-15"), ("all", "--no-project")]


@pytest.mark.parametrize("words", LISTED)
def test_totals_agree_with_list(week: Run, words: tuple[str, ...]) -> None:
    listed = words or ("all",)
    _, total, *_ = week("list", *listed, terminal=True).out.splitlines()[-1].split()
    count = len(week("list", *listed).out.splitlines())
    for command in ("projects", "tags"):
        shown = week(command, *words, terminal=True).out.splitlines()
        assert [line.split() for line in shown if line.startswith(" Total")] == [["Total", str(count), total]]
    assert sum_of_column(week("projects", *words).out, 3) == sum_of_column(week("list", *listed).out, 5)


def sum_of_column(text: str, number: int) -> float:
    return sum(float(line.split("\t")[number]) for line in text.splitlines())


def test_levels_add_up_to_their_parents(run: Run, golden: Golden) -> None:
    for project in ("acme", "acme/web", "acme/web/shop", "Acme/x", "acme/api", "solo/deep/er", "(none)"):
        run("track", "work", "--for", "1h30m", "-p", project)
    run("track", "lunch", "--for", "10m", "+a/b", "+c")
    golden("projects-levels.txt", run("projects", terminal=True).out)
    assert "a/b" in run("tags", terminal=True).out


@pytest.mark.parametrize("command", [["projects"], ["tags"], ["history"], ["token", "list"]])
def test_format_is_accepted_by_every_table(week: Run, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    week("token", "create", "--user", "1", "--name", "x")
    piped = week(*command).out
    assert week(*command, "--format", "tsv", terminal=True).out == piped
    shown = week(*command, terminal=True).out
    assert week(*command, "--format", "table").out == shown
    objects = week(*command, "--json").out
    assert week(*command, "--format", "json").out == objects
    header, *rows = csv.reader(week(*command, "--format", "csv").out.splitlines())
    assert header[: len(keys := [key for key in json.loads(objects)[0] if key != "changes"])] == keys
    assert [tuple(line.split("\t")) for line in piped.splitlines()] == list(map(tuple, rows))
    monkeypatch.setenv("TASKTIMER_FORMAT", "json")
    assert week(*command, terminal=True).out == objects
    refused = week(*command, "--json", "--format", "csv")
    assert (refused.exit_code, refused.err.splitlines()[0]) == (
        2,
        "error: --json and --format csv cannot be used together",
    )
