"""`tasktimer list` and `show`, as people and scripts use them."""

import json

import pytest
from tests.conftest import Golden, Run


def ids(run: Run, *arguments: str) -> list[int]:
    return [task["id"] for task in json.loads(run("list", *arguments, "--json").out)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("list-week.txt", ["week"]),
        ("list-skip-empty.txt", ["week", "--skip-empty"]),
        ("list-reverse.txt", ["all", "--reverse", "--limit", "3"]),
        ("list-user.txt", ["--from", "2023-07-14 23:00", "--to", "yesterday", "--user", "1"]),
        ("list-nothing.txt", ["2022-Q1", "-p", "acme"]),
    ],
)
def test_table_of_week(week: Run, golden: Golden, name: str, arguments: list[str]) -> None:
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
def test_date_ranges_and_filters_select(week: Run, arguments: list[str], expected: list[int]) -> None:
    assert ids(week, *arguments) == expected


def test_json_has_tasks_with_time_in_range(week: Run) -> None:
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
        "time_spent": 2 * 3600,
    }


def test_pipe_has_each_task_once_with_time_in_range(week: Run) -> None:
    line = "2\t1\twrite docs\t2023-07-14T22:00:00+02:00\t2023-07-15T01:00:00+02:00\t{}\tacme/web\tdocs,urgent\t\n"
    assert week("list", "2023-07-14").out == line.format(7200)
    assert week("list", "-p", "acme/web").out == line.format(10800)
    assert week("list", "2023-07-14", "--format", "csv").out.startswith("id,user_id,")


def test_list_without_store_creates_nothing(run: Run) -> None:
    for command in (["list"], ["list", "-p", "acme"], ["projects"], ["tags"]):
        for terminal in (False, True):
            result = run(*command, terminal=terminal)
            assert result.exit_code == 0
            assert result.err.count("note: ") == result.err.count("nothing has been tracked yet") == 1
    assert run("list", "--json").out == run("projects", "--json").out == "[]\n"
    assert run("show", "1").exit_code == run("rename", "tag", "a", "b").exit_code == 1


def test_show_prints_whole_task(week: Run, golden: Golden) -> None:
    golden("show.txt", week("show", "3", terminal=True).out)
    assert week("show", "2").out == week("list", "-p", "acme/web").out
    assert json.loads(week("show", "3", "--json").out)["note"] == "invoice 17"
    for arguments, code in ((["99"], 1), (["3", "--user", "2"], 1), (["x"], 2)):
        assert week("show", *arguments).exit_code == code


def test_project_with_same_prefix_does_not_match(run: Run) -> None:
    for name in ("acme", "acme/web", "acme0", "acme-x", "acme.x", "acmé"):
        run("track", "x", "-p", name)
    assert [line.split("\t")[0] for line in run("list", "-p", "acme").out.splitlines()] == ["1", "2"]


def test_title_reports_limit(run: Run) -> None:
    for hour in (8, 9, 10):
        run("track", "limited", "--at", f"{hour}:00", "--for", "30m")
    told = ", only the last 2 tasks\n"
    assert told in run("list", "--search", "limited", "--limit", "2", terminal=True).out
    one = run("list", "--search", "limited", "--limit", "1", terminal=True).out
    assert ", only the last task\n" in one
    assert "0:30:00  limited" in one
    assert "0:00:00" not in run("list", "week", "--limit", "1", terminal=True).out  # other days may have tasks
    for limit in ("3", str(2**63 - 1)):
        assert "only" not in run("list", "--search", "limited", "--limit", limit, terminal=True).out
    assert len(run("list", "--search", "limited", "--limit", "2").out.splitlines()) == 2


@pytest.mark.parametrize("command", [["list", "2011-12-30"], ["times", "--date", "2011-12-30"]])
def test_skipped_local_day_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("TASKTIMER_TZ", "Pacific/Apia")
    run("track", "over it", "--at", "2011-12-29 12:00", "--until", "2011-12-31 12:00")
    assert run(*command, terminal=True).out == (
        "There was no Friday 2011-12-30 in Pacific/Apia: the clocks skipped that day.\n"
    )


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
def test_title_is_requested_date_range(week: Run, arguments: list[str], title: str) -> None:
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
def test_empty_list_is_reported(week: Run, arguments: list[str], said: str) -> None:
    assert week("list", *arguments, terminal=True).out == f"{said}\n"


def test_tz_selects_days_of_zone(week: Run) -> None:
    assert ids(week, "today", "--tz", "Pacific/Kiritimati", "--user", "1") == []  # where the 17th begins
    assert ids(week, "yesterday", "--tz", "Pacific/Kiritimati", "--user", "1") == [6]
    assert (ids(week, "--from", "11:30"), ids(week, "--from", "11:30", "--tz", "America/New_York")) == ([6], [])
    shown = week("list", "2023-07-14", "--tz", "UTC", terminal=True).out
    assert shown.startswith("2023-07-14, UTC\n")
    assert "20:00  23:00" in shown
    (task,) = json.loads(week("list", "2023-07-14", "--tz", "UTC", "--json").out)
    assert task["start_time"] == "2023-07-14T20:00:00Z"
    assert week("list", "2023-07-15", "--tz", "Europe/London", "--search", "docs").out == ""
