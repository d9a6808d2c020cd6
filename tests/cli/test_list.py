"""`tasktimer list`, `show`, `projects`, `tags` and `rename`, as people and scripts use them."""

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from tests.conftest import Run

Golden = Callable[[str, str], None]


@pytest.fixture
def week(run: Run) -> Run:
    """A week of work, with a night, an overlap, a running task and another user."""
    run("track", "plan", "-p", "acme", "--at", "2023-07-10 09:00", "--until", "2023-07-10 10:30")
    run("track", "write", "docs", "+docs", "+urgent", "-p", "acme/web", "--at", "2023-07-14 22:00", "--for", "3h")
    run("track", "Call Zoë", "+phone", "--at", "yesterday 09:00", "--for", "90m", "--note", "invoice 17")
    run("track", "support", "--at", "yesterday 10:00", "--for", "1h")
    run("track", "other", "--at", "8:00", "--for", "15m", "--user", "2")
    run("track", "review", "+docs", "--at", "11:00")
    return run


def ids(run: Run, *arguments: str) -> list[int]:
    return [task["id"] for task in json.loads(run("list", *arguments, "--json").out)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("list-week.txt", ["week"]),
        ("list-reverse.txt", ["all", "--reverse", "--limit", "3"]),
        ("list-user.txt", ["--from", "2023-07-14 23:00", "--to", "yesterday", "--user", "1"]),
        ("list-nothing.txt", ["2022-Q1", "-p", "acme"]),
    ],
)
def test_what_people_see(week: Run, golden: Golden, name: str, arguments: list[str]) -> None:
    result = week("list", *arguments, terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    golden(name, result.out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], [5, 6]),
        (["yesterday"], [2, 3, 4]),
        (["last", "week"], []),
        (["week"], [1, 2, 3, 4, 5, 6]),
        (["last", "3", "days"], [2, 3, 4, 5, 6]),
        (["last 2 weeks"], [1, 2, 3, 4, 5, 6]),
        (["--from", "last 3 days", "--to", "yesterday"], [2, 3, 4]),
        (["2023-07-14"], [2]),
        (["2 days ago"], [2]),
        (["-p", "acme"], [1, 2]),
        (["today", "-p", "acme"], []),
        (["-t", "docs"], [2, 6]),
        (["-t", "docs", "-t", "+urgent"], [2]),
        (["--not-tag", "docs", "--user", "1"], [1, 3, 4]),
        (["--running"], [6]),
        (["--untagged"], [1, 4, 5]),
        (["--longer-than", "90m"], [2]),
        (["--shorter-than", "1h"], [5]),
        (["--search", "ZOË"], [3]),
        (["--search", "invoice"], [3]),
        (["--search", "100%"], []),
        (["all", "--limit", "2"], [5, 6]),
        (["all", "--limit", "2", "--reverse"], [6, 5]),
        (["--from", "monday", "--to", "2023-07-14"], [1, 2]),
        (["--from", "yesterday 10:30"], [4, 5, 6]),
        (["--to", "2023-07-13"], [1]),
    ],
)
def test_spans_and_filters_choose(week: Run, arguments: list[str], expected: list[int]) -> None:
    assert ids(week, *arguments) == expected


def test_json_has_the_plain_tasks(week: Run) -> None:
    (task,) = json.loads(week("list", "2023-07-14", "--json").out)
    assert task == {
        "id": 2,
        "user_id": 1,
        "description": "write docs",
        "start_time": "2023-07-14T22:00:00+02:00",
        "end_time": "2023-07-15T01:00:00+02:00",
        "running": False,
        "project": "acme/web",
        "tags": ["docs", "urgent"],
        "note": None,
    }


def test_a_pipe_gets_each_task_once_with_its_time_in_the_span(week: Run) -> None:
    line = "2\t1\twrite docs\t2023-07-14T22:00:00+02:00\t2023-07-15T01:00:00+02:00\t{}\tacme/web\tdocs,urgent\t\n"
    assert week("list", "2023-07-14").out == line.format(7200)
    assert week("list", "-p", "acme/web").out == line.format(10800)
    assert week("list", "2023-07-14", "--format", "csv").out.startswith("id,user_id,")


def test_nothing_there_yet_creates_nothing(run: Run) -> None:
    for command in (["list"], ["list", "-p", "acme"], ["projects"], ["tags"]):
        for terminal in (False, True):
            result = run(*command, terminal=terminal)
            assert result.exit_code == 0
            assert "nothing is tracked yet" in result.err
    assert run("list", "--json").out == run("projects", "--json").out == "[]\n"
    assert run("show", "1").exit_code == run("rename", "tag", "a", "b").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["soon"], "cannot read the span of days 'soon'"),
        (["today", "--from", "monday"], "'today' and --from or --to are both given"),
        (["--from", "today", "--to", "yesterday"], "does not lie after"),
        (["7", "days"], "did you mean 'last 7 days', or '7 days ago'?"),
        (["+docs"], "hint: for the tasks with this tag give --tag docs\n"),
        (["week", "+a b", "+c"], "hint: for the tasks with these tags give --tag 'a b' --tag c\n"),
        (["+"], "cannot read the span of days '+'"),
        (["--tz", "Mars"], "'Mars'"),
        (["--limit", "0"], "'0' is not a limit"),
        (["--longer-than", "long"], "cannot read the duration 'long'"),
        (["--search", ""], "the search is blank"),
        (["-t", "a b"], "the tag 'a b' is not one word"),
        (["-p", "/"], "the project '/'"),
        (["--json", "--format", "csv"], "are both given"),
    ],
)
def test_what_cannot_be_is_refused(week: Run, arguments: list[str], words: str) -> None:
    result = week("list", *arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert words in result.err
    assert "hint: " in result.err


def test_a_mistyped_span_is_told_with_the_one_that_may_be_meant(week: Run) -> None:
    assert week("list", "wek").err.endswith("hint: did you mean week?\n")
    assert week("list", "last", "wek").err.endswith("hint: did you mean 'last week'?\n")
    assert week("list", "--from", "yesterdy").err.endswith("hint: did you mean yesterday?\n")


@pytest.mark.parametrize(
    ("words", "number", "days"),
    [("-1", "-1", "yesterday"), ("-7", "-7", "7 days ago"), ("-p acme -12", "-12", "12 days ago")],
)
def test_a_number_after_a_dash_is_told_how_such_days_are_named(week: Run, words: str, number: str, days: str) -> None:
    result = week("list", *words.split())
    hint = f"hint: write tasktimer list {days}, or tasktimer list -- {number}\n"
    assert (result.exit_code, result.err) == (2, f"error: {number} is read as a flag\n{hint}")
    assert week("list", *days.split()).out == week("list", "--", number).out


@pytest.mark.parametrize("word", ["-1x", "-x1", "-9999999", "--7", "-\u0661"])
def test_what_is_no_number_after_a_dash_is_a_flag(week: Run, word: str) -> None:
    assert week("list", word).err.startswith("error: No such option: -")
    assert week("list", word).err.endswith("hint: see tasktimer list --help\n")


def test_a_mistyped_name_is_told_with_the_one_that_may_be_meant(week: Run) -> None:
    result = week("list", "-p", "acmee", "-t", "dcs")
    assert (result.exit_code, result.out) == (0, "")
    assert "note: no task has the project 'acmee'\nhint: did you mean 'acme'?\n" in result.err
    assert "note: no task has the tag 'dcs'\nhint: did you mean 'docs'?\n" in result.err
    err = week("list", "-p", "ACME", "-t", "DOCS").err
    assert re.findall("did you mean (.*)", err) == ["'acme'?", "'docs'?"]
    assert week("list", "today", "-p", "acme").err == ""  # there is one, only not today


def test_a_task_is_shown_whole(week: Run, golden: Golden) -> None:
    golden("show.txt", week("show", "3", terminal=True).out)
    assert week("show", "2").out == week("list", "-p", "acme/web").out
    assert json.loads(week("show", "3", "--json").out)["note"] == "invoice 17"
    for arguments, code in ((["99"], 1), (["3", "--user", "2"], 1), (["x"], 2)):
        assert week("show", *arguments).exit_code == code


def test_names_are_listed_with_their_use(week: Run, golden: Golden) -> None:
    golden("projects.txt", week("projects", terminal=True).out)
    golden("tags.tsv", week("tags").out)
    assert json.loads(week("projects", "--json").out)[1] == {
        "name": "acme/web",
        "count": 1,
        "last_time": "2023-07-14T22:00:00+02:00",
        "worked": 10800.0,
    }
    assert week("tags", "--user", "2", terminal=True).out == "There are no tags.\n"


def test_a_name_is_changed_everywhere_and_back(week: Run) -> None:
    assert week("rename", "project", "acme", "acme corp", terminal=True).out == "acme is now acme corp in 2 tasks\n"
    assert week("rename", "tag", "+docs", "writing").out == "2\n"
    assert ids(week, "-p", "acme corp/web", "-t", "writing") == [2]
    week("undo", "2")
    assert ids(week, "-p", "acme", "-t", "docs") == [2]
    refused = week("rename", "project", "acm", "x")
    assert (refused.exit_code, refused.err) == (
        1,
        "error: no task has the project 'acm'\nhint: did you mean 'acme'?\n",
    )


def test_a_long_word_is_folded_and_the_table_stays_in_the_terminal(run: Run) -> None:
    run("track", "see https://example.org/" + "x" * 300, "+" + "y" * 90, "-p", "z" * 150, "--for", "1h")
    run("track", "日本" * 60, "--for", "1h")
    for command in (["list"], ["times"], ["history"], ["projects"], ["tags"]):
        lines = run(*command, terminal=True).out.splitlines()
        assert max(cell_len(line) for line in lines) <= 80, command


def test_a_project_whose_name_only_begins_so_is_another(run: Run) -> None:
    for name in ("acme", "acme/web", "acme0", "acme-x", "acme.x", "acmé"):
        run("track", "x", "-p", name)
    assert [line.split("\t")[0] for line in run("list", "-p", "acme").out.splitlines()] == ["1", "2"]


def test_a_table_says_where_a_limit_left_tasks_out(run: Run) -> None:
    for hour in (8, 9, 10):
        run("track", "limited", "--at", f"{hour}:00", "--for", "30m")
    told = ", only the last 2 tasks\n"
    assert told in run("list", "--search", "limited", "--limit", "2", terminal=True).out
    one = run("list", "--search", "limited", "--limit", "1", terminal=True).out
    assert ", only the last task\n" in one
    assert "0:30:00  limited" in one
    for limit in ("3", str(2**63 - 1)):
        assert "only" not in run("list", "--search", "limited", "--limit", limit, terminal=True).out
    assert len(run("list", "--search", "limited", "--limit", "2").out.splitlines()) == 2


def test_an_empty_span_is_no_span(run: Run) -> None:
    for words in ([""], ["", "-p", "acme"], ["", "--from", "monday"]):
        assert run("list", *words).exit_code == 2


@pytest.mark.parametrize("command", [["list", "2011-12-30"], ["times", "--date", "2011-12-30"]])
def test_a_day_that_was_left_out_is_said_to_be(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("TASKTIMER_TZ", "Pacific/Apia")
    run("track", "over it", "--at", "2011-12-29 12:00", "--until", "2011-12-31 12:00")
    assert run(*command, terminal=True).out == (
        "There was no Friday 2011-12-30 in Pacific/Apia: its clocks went on to the next day.\n"
    )


def test_names_are_kept_in_one_of_the_ways_to_write_them(run: Run) -> None:
    run("track", "call", "-p", "cafe\u0301", "+cafe\u0301", "--for", "1m")
    (task,) = json.loads(run("list", "-p", "caf\u00e9", "--json").out)
    assert (task["project"], task["tags"]) == ("caf\u00e9", ["caf\u00e9"])
    assert run("edit", "-p", "bar", "--tag", "cafe\u0301", "--yes").out == f"{task['id']}\n"
    assert run("rename", "tag", "cafe\u0301", "pub").out == "1\n"
    run("undo", "2")
    assert run("rename", "project", "cafe\u0301", "pub").out == "1\n"


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["week"], "2023-07-10 to 2023-07-16"),
        (["2023"], "2023-01-01 to 2023-12-31"),
        (["month", "-p", "acme/web"], "2023-07-01 to 2023-07-31"),
        (["--from", "2023-07-14"], "from 2023-07-14 on"),
        (["all"], "2023-07-10 to 2023-07-16"),
        (["-t", "docs"], "2023-07-14 to 2023-07-16"),
        ([], "2023-07-16"),
    ],
)
def test_the_title_is_the_span_that_was_asked_for(week: Run, arguments: list[str], title: str) -> None:
    assert week("list", *arguments, terminal=True).out.startswith(f"{title}, Europe/Berlin\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2022-01"], "Nothing tracked from 2022-01-01 to 2022-01-31, Europe/Berlin."),
        (["2022-01", "--running"], "No task matches from 2022-01-01 to 2022-01-31, Europe/Berlin."),
        (["2022-01-31"], "Nothing tracked on Monday 2022-01-31, Europe/Berlin."),
        (["--from", "monday", "--search", "zzz"], "No task matches from 2023-07-10 on, Europe/Berlin."),
        (["--to", "2022"], "Nothing tracked up to 2022-12-31, Europe/Berlin."),
        (["--search", "zzz"], "No task matches."),
        (["all", "--user", "3"], "Nothing tracked."),
    ],
)
def test_where_there_is_nothing_it_says_so(week: Run, arguments: list[str], said: str) -> None:
    assert week("list", *arguments, terminal=True).out == f"{said}\n"


def test_the_days_are_those_of_the_zone_that_is_given(week: Run) -> None:
    assert ids(week, "today", "--tz", "Pacific/Kiritimati", "--user", "1") == []  # where the 17th begins
    assert ids(week, "yesterday", "--tz", "Pacific/Kiritimati", "--user", "1") == [6]
    assert (ids(week, "--from", "11:30"), ids(week, "--from", "11:30", "--tz", "America/New_York")) == ([6], [])
    shown = week("list", "2023-07-14", "--tz", "UTC", terminal=True).out
    assert shown.startswith("2023-07-14, UTC\n")
    assert "20:00  23:00" in shown
    (task,) = json.loads(week("list", "2023-07-14", "--tz", "UTC", "--json").out)
    assert task["start_time"] == "2023-07-14T20:00:00+00:00"
    assert week("list", "2023-07-15", "--tz", "Europe/London", "--search", "docs").out == ""


def test_names_are_counted_in_a_span(week: Run, golden: Golden) -> None:
    golden("projects-span.txt", week("projects", "2023-07-14", terminal=True).out)
    assert week("projects", "--from", "2023-07-14 23:30", "--to", "2023-07-15").out == (
        "acme/web\t1\t2023-07-14T22:00:00+02:00\t5400\n"
    )
    assert week("tags", "yesterday").out == (
        "docs\t1\t2023-07-14T22:00:00+02:00\t3600\n"
        "phone\t1\t2023-07-15T09:00:00+02:00\t5400\n"
        "urgent\t1\t2023-07-14T22:00:00+02:00\t3600\n"
    )
    assert [usage["name"] for usage in json.loads(week("tags", "today", "--json").out)] == ["docs"]
    assert week("tags", "all").out == week("tags").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["projects", "today"], "There are no projects on Sunday 2023-07-16, Europe/Berlin."),
        (["tags", "2022"], "There are no tags from 2022-01-01 to 2022-12-31, Europe/Berlin."),
        (["tags", "--to", "2022", "--running"], "No task with a tag matches up to 2022-12-31, Europe/Berlin."),
        (["projects", "--running"], "No task with a project matches."),
    ],
)
def test_where_there_are_no_names_it_says_so(week: Run, arguments: list[str], said: str) -> None:
    assert week(*arguments, terminal=True).out == f"{said}\n"


@pytest.mark.parametrize("command", ["projects", "tags"])
def test_a_span_that_cannot_be_is_refused_for_names(week: Run, command: str) -> None:
    for words in (["soon"], [""], ["today", "--from", "monday"], ["--from", "today", "--to", "yesterday"], ["+docs"]):
        result = week(command, *words)
        assert (result.exit_code, result.out) == (2, "")
        assert "hint: " in result.err


def seen(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, *command: str) -> str:
    """What people see of a command on a terminal of so many columns, without its colours."""
    monkeypatch.setenv("TERM", "xterm")  # of one that is said to be dumb, Rich takes 80 for granted
    monkeypatch.setenv("COLUMNS", str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", run(*command, terminal=True).out)


TABLES = (["list", "week"], ["times"], ["projects"], ["tags"], ["history"])


@pytest.mark.parametrize("columns", [40, 56])
def test_what_people_see_on_a_narrow_terminal(
    week: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    shown = "\n".join(seen(week, monkeypatch, columns, *command) for command in TABLES)
    assert max(map(cell_len, shown.splitlines())) <= columns
    golden(f"narrow-{columns}.txt", shown)


@pytest.mark.parametrize("columns", [1, 20, 30, 40, 50, 60])
def test_a_narrow_terminal_loses_nothing(week: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    week("track", "see https://example.org/" + "x" * 300, "日本" * 60, "-p", "z" * 90, "--for", "1h")
    for command in TABLES:
        wide, narrow = (seen(week, monkeypatch, width, *command) for width in (999, columns))
        _, *lines = narrow.splitlines()  # the title goes on where the line ends
        assert max(map(cell_len, lines)) <= max(columns, 20), command
        lost = Counter("".join(wide.split())) - Counter("".join(narrow.split()))
        assert set(lost) <= {"─"}, command


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (
            ["acme", "big corp", "--user", "7"],
            "it is not said whether 'acme' is a project or a tag",
            "tasktimer rename project acme 'big corp' --user 7, or tasktimer rename tag acme 'big corp' --user 7",
        ),
        (
            ["tax"],  # which is spelt nearly like a command
            "it is not said whether 'tax' is a project or a tag",
            "tasktimer rename project tax NEW, or tasktimer rename tag tax NEW",
        ),
        (["projects", "a", "b"], "No such command 'projects'. Did you mean 'project'?", "see tasktimer rename --help"),
    ],
)
def test_what_is_renamed_must_be_said(run: Run, words: list[str], what: str, hint: str) -> None:
    result = run("rename", *words)
    assert (result.exit_code, result.out, result.err) == (2, "", f"error: {what}\nhint: {hint}\n")
