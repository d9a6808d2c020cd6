"""The projects, tags, days and times that are offered after TAB."""

import pytest
from tests.cli.conftest import Complete
from tests.conftest import Run


def test_projects_complete_for_user_on_line(run: Run, complete: Complete) -> None:
    for user, project in [(1, "zeta"), (1, "acme"), (7, "acme/website"), (1, "acme"), (1, "Über")]:
        run("track", "x", "-p", project, "--user", str(user))
    assert complete("bash", "tasktimer track y -p ").split("\n") == ["acme", "acme/website", "zeta", "Über"]
    assert complete("bash", "tasktimer track y --user 1 -p a") == "acme"
    assert complete("bash", "tasktimer track y --user 7 --project ").split("\n") == ["acme", "acme/website"]
    assert complete("bash", "tasktimer track y -p nope") == ""


def test_upper_project_levels_complete(run: Run, complete: Complete) -> None:
    for project in ("acme/web/shop", "acme/web", "acme-2", "home/b", "home/a"):
        run("track", "x", "-p", project)
    all_ = ["acme", "acme-2", "acme/web", "acme/web/shop", "home", "home/a", "home/b"]
    assert complete("bash", "tasktimer list -p ").split("\n") == all_
    assert complete("bash", "tasktimer list -p acme/").split("\n") == ["acme/web", "acme/web/shop"]
    assert complete("bash", "tasktimer rename project ho").split("\n") == ["home", "home/a", "home/b"]
    for level in all_:
        assert run("list", "-p", level).err == ""


def test_tags_complete_once_with_or_without_plus(run: Run, complete: Complete) -> None:
    run("track", "x", "+docs", "+urgent", "+deep-work")
    run("track", "other", "+docs", "+home", "--user", "7")
    assert complete("bash", "tasktimer track y -t d").split("\n") == ["deep-work", "docs"]
    assert complete("bash", "tasktimer track y +d").split("\n") == ["+deep-work", "+docs"]
    assert complete("bash", "tasktimer track y +docs -t urgent +") == "+deep-work\n+home"
    assert complete("bash", "tasktimer track y --user 7 -t docs -t ") == "home"
    assert complete("bash", "tasktimer track +do") == "+docs"
    assert complete("bash", "tasktimer track y d") == ""


def test_recent_descriptions_complete_with_labels(run: Run, complete: Complete) -> None:
    run("track", "write docs", "--start", "8:00")
    run("track", "write docs", "-p", "acme/web", "+docs", "+urgent", "--start", "10:00")
    run("track", "write mail", "--start", "9:00")
    run("track", "theirs", "--user", "7")
    for text in ("--dashed", "two\nlines", "+1 from Zoe"):
        run("track", "--user", "1", "--", text)
    for command in ("track", "switch"):
        assert complete("fish", f"tasktimer {command} wr") == "write docs\tacme/web +docs +urgent\nwrite mail\t"
        assert complete("fish", f"tasktimer {command} write ") == "docs\tacme/web +docs +urgent\nmail\t"
        assert complete("fish", f"tasktimer {command} write +docs -p acme m") == "mail\t"
        assert complete("fish", f"tasktimer {command} write x") == ""
        assert complete("fish", f"tasktimer {command} --user 7 ") == "theirs\t"
    assert complete("bash", "tasktimer track write\\ d") == r"write\ docs"
    assert complete("bash", "tasktimer track ").split("\n") == [
        *("theirs", r"write\ docs  -- acme/web +docs +urgent", r"write\ mail"),
    ]


def test_zones_complete(complete: Complete) -> None:
    assert complete("bash", "tasktimer times --tz Europe/Ber") == "Europe/Berlin"
    assert complete("bash", "tasktimer list --tz America/New").split("\n") == ["America/New_York"]
    assert {"UTC", "Asia/Tokyo"} < set(complete("bash", "tasktimer list --tz ").split("\n"))
    assert complete("bash", "tasktimer list --tz Mars") == ""


def test_dates_complete(complete: Complete, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = complete("fish", "tasktimer times --date ").split("\n")
    assert [line.split("\t")[0] for line in offered][:3] == ["today", "yesterday", offered[2].split("\t")[0]]
    assert len(offered) == 7
    assert complete("fish", "tasktimer times ").split("\n") == offered
    assert complete("fish", "tasktimer times yesterday ") == ""
    assert all(len(complete("fish", f"tasktimer times --date {line.split()[0]}").split("\n")) == 1 for line in offered)
    monkeypatch.setenv("TASKTIMER_TZ", "Mars")
    assert complete("fish", "tasktimer times --date ") == ""
    assert complete("fish", "tasktimer stop --at ") == ""


@pytest.mark.parametrize("option", ["track x --at", "track x --at 9:00 --until", "stop --at"])
def test_accepted_times_complete(run: Run, complete: Complete, option: str) -> None:
    offered = complete("fish", f"tasktimer {option} ").split("\n")
    texts = [line.split("\t")[0] for line in offered]
    assert {"now", "15m ago", "yesterday 17:00"} <= set(texts)
    for text in texts:
        assert run("track", "x", "--at", text).exit_code == 0


def test_none_completes_as_end(complete: Complete) -> None:
    assert complete("fish", "tasktimer edit 7 --end n").split("\n") == [
        "now\tSun 12:00",
        "none\tmark the task as running again",
    ]
    assert complete("bash", "tasktimer edit 7 --start n") == "now"


def test_date_ranges_and_labels_complete(run: Run, complete: Complete) -> None:
    run("track", "x", "-p", "acme", "+docs")
    offered = [line.split("\t")[0] for line in complete("fish", "tasktimer list ").split("\n")]
    assert {"today", "week", "last month", "all"} <= set(offered)
    assert all(run("list", *span.split()).exit_code == 0 for span in offered)
    assert complete("bash", "tasktimer list last w") == "week"
    assert complete("bash", "tasktimer list --from yest") == "yesterday"
    for line, name in [
        *(("list -p ", "acme"), ("list -t ", "docs"), ("list --not-tag ", "docs"), ("show ", "1"), ("resume ", "1")),
        *(("rename project ", "acme"), ("rename tag ", "docs"), ("rename tag +", "+docs")),
    ]:
        assert complete("bash", f"tasktimer {line}") == name


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["project:", "tag:", "user:", "id:", "longer:", "shorter:", "from:", "to:", "description:", "note:"]),
        ("pro", ["project:"]),
        ("run", ["running"]),
        ("project:a", ["project:acme", "project:acme/web"]),
        ("project:", ["project:acme", "project:acme/web", 'project:"big client"']),
        ("tag:d", ["tag:docs"]),
        ("tag:docs o", ["tag:docs or"]),
        ("not (tag:docs or t", ["not (tag:docs or tag:", "not (tag:docs or to:"]),
        ("not (project:acme/", ["not (project:acme/web"]),
        ("user:", [""]),
        ("10:", [""]),
    ],
)
def test_last_word_of_expression_completes(run: Run, complete: Complete, typed: str, expected: list[str]) -> None:
    run("track", "x", "-p", "acme/web", "+docs")
    run("track", "x", "-p", "big client")
    offered = [line.split("\t")[0] for line in complete("fish", f"tasktimer list --where '{typed}").split("\n")]
    assert offered[: len(expected)] == expected
    assert typed == "" or len(offered) == len(expected)
