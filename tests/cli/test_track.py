"""`tasktimer track`, as people and scripts use it."""

import json
from datetime import datetime, timedelta

import pytest
from tests.conftest import NOW, Run
from tests.hostile import DESCRIPTIONS_KEPT, PROJECTS_KEPT, TAGS_KEPT


def task(run: Run, number: int = -1) -> dict[str, object]:
    """A task as `times` gives it, of today or yesterday."""
    days = [json.loads(run("times", "--json", "--user", "all", "--date", day).out) for day in ("-1", "today")]
    tasks = {task["id"]: task for day in days for task in day}
    found: dict[str, object] = tasks[max(tasks) if number == -1 else number]
    return found


def test_track_starts_task_now_for_user_1(run: Run) -> None:
    assert run("track", "write", "docs", terminal=True).out == "Tracking 1: write docs, since 12:00\n"
    assert task(run) == {
        "id": 1,
        "user_id": 1,
        "description": "write docs",
        "start_time": "2023-07-16T12:00:00+02:00",
        "end_time": None,
        "running": True,
        "project": None,
        "tags": [],
        "note": None,
        "time_spent": 0.0,
    }


def test_pipe_has_id_only(run: Run) -> None:
    assert [run("track", "write docs").out for _ in range(3)] == ["1\n", "2\n", "3\n"]


def test_json_has_whole_task(run: Run) -> None:
    out = run("track", "write", "docs", "--user", "42", "--at", "09:14", "--json", terminal=True).out
    assert json.loads(out) == {
        "id": 1,
        "user_id": 42,
        "description": "write docs",
        "start_time": "2023-07-16T09:14:00+02:00",
        "end_time": None,
        "running": True,
        "project": None,
        "tags": [],
        "note": None,
    }


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--at", "09:14"], "Tracking 1: write docs, since 09:14"),
        (["--at", "yesterday 20:30"], "Tracking 1: write docs, since 2023-07-15 20:30"),
        (["--start", "09:14"], "Tracking 1: write docs, since 09:14"),
        (["--start", "9:00", "--end", "10:30"], "Tracked 1: write docs, 09:00 to 10:30 (1:30:00)"),
        (["--end", "10:30", "--for", "90m"], "Tracked 1: write docs, 09:00 to 10:30 (1:30:00)"),
        (["--at", "-15m"], "Tracking 1: write docs, since 11:45"),
        (["--at", "9:00", "--until", "10:30"], "Tracked 1: write docs, 09:00 to 10:30 (1:30:00)"),
        (["--at", "9:00", "--for", "90m"], "Tracked 1: write docs, 09:00 to 10:30 (1:30:00)"),
        (["--until", "10:30", "--for", "90m"], "Tracked 1: write docs, 09:00 to 10:30 (1:30:00)"),
        (["--for", "1:15:30"], "Tracked 1: write docs, 10:44:30 to 12:00:00 (1:15:30)"),
        (
            ["--at", "-1 23:00", "--until", "1:00"],
            "Tracked 1: write docs, 2023-07-15 23:00 to 2023-07-16 01:00 (2:00:00)",
        ),
    ],
)
def test_terminal_shows_tracked_task(run: Run, options: list[str], line: str) -> None:
    result = run("track", "write", "docs", *options, terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, line + "\n", "")


def test_options_work_in_any_position(run: Run) -> None:
    run("track", "--user", "7", "write", "--at", "9:00", "docs")
    assert (task(run)["user_id"], task(run)["description"]) == (7, "write docs")


@pytest.mark.parametrize("text", DESCRIPTIONS_KEPT)
def test_description_is_stored_as_typed(run: Run, text: str) -> None:
    assert run("track", "--", text).exit_code == 0
    assert task(run)["description"] == text


@pytest.mark.parametrize(
    ("words", "description", "tags"),
    [
        (["write", "+docs"], "write", ["docs"]),
        (["write", "+later", "the", "+docs", "today", "-t", "home"], "write the today", ["docs", "home", "later"]),
        (["write", "+docs", "+docs", "--tag", "+docs"], "write", ["docs"]),
        (["+first", "write", "+docs"], "write", ["docs", "first"]),
        (["write", "+C++", "+🦀", "+it's"], "write", ["C++", "it's", "🦀"]),
        (["write", "+do this"], "write +do this", []),
        (["C++ +1"], "C++ +1", []),
    ],
)
def test_word_with_plus_is_tag(run: Run, words: list[str], description: str, tags: list[str]) -> None:
    assert run("track", *words).exit_code == 0
    assert (task(run)["description"], task(run)["tags"]) == (description, tags)


def test_project_and_note_are_stored(run: Run) -> None:
    run("track", "write", "-p", "acme corp/web site", "--note", "first\nsecond line")
    assert (task(run)["project"], task(run)["note"]) == ("acme corp/web site", "first\nsecond line")
    assert run("times").out.endswith("\t0\tacme corp/web site\t\tfirst\\nsecond line\n")


@pytest.mark.parametrize("tag", TAGS_KEPT)
def test_tag_is_stored_and_found(run: Run, tag: str) -> None:
    assert run("track", "write", f"+{tag}").exit_code == 0
    assert task(run)["tags"] == [tag]
    assert run("list", "--tag", tag).out.startswith("1\t")
    assert run("list", "--not-tag", tag).out == ""
    assert run("edit", "1", "--remove-tag", tag).exit_code == 0
    assert task(run)["tags"] == []


@pytest.mark.parametrize("project", PROJECTS_KEPT)
def test_project_is_stored_and_found(run: Run, project: str) -> None:
    assert run("track", "write", "-p", project).exit_code == 0
    assert task(run)["project"] == project
    assert run("list", "-p", project).out == run("list", "-p", project.partition("/")[0]).out != ""


@pytest.mark.parametrize("words", [["C++", "lesson"], ["C++ +1"], ["+1 for", "it"], ["+", "one"]])
def test_other_plus_signs_are_text(run: Run, words: list[str]) -> None:
    run("track", *words)
    assert task(run)["description"] == " ".join(words)


def test_user_flag_overrides_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "42")
    run("track", "write")
    assert task(run)["user_id"] == 42
    run("track", "write", "--user", "7")
    assert task(run)["user_id"] == 7


def test_control_characters_are_shown_escaped(run: Run) -> None:
    assert run("track", "two\nlines\tof text", terminal=True).out == "Tracking 1: two\\nlines\\tof text, since 12:00\n"


def test_time_of_running_task_grows(run: Run) -> None:
    run("track", "write")
    out = run("times", "--json", now=NOW + timedelta(hours=1, seconds=5)).out
    assert json.loads(out)[0]["time_spent"] == 3605


def test_clock_is_truncated_to_seconds_and_given_time_is_not(run: Run) -> None:
    now = NOW + timedelta(milliseconds=700)
    run("track", "write", now=now)
    given = (NOW + timedelta(milliseconds=900)).isoformat()  # later than the clock, but in the same second
    assert run("stop", "--at", given, now=now).exit_code == 0
    (task,) = json.loads(run("times", "--json", now=now).out)
    assert [task["start_time"], task["time_spent"]] == ["2023-07-16T12:00:00+02:00", 0.9]
    later = run("track", "call", "--at", (NOW + timedelta(seconds=1)).isoformat(), now=now)
    assert (later.exit_code, later.out) == (1, "")
    assert run("track", "call", now=now).exit_code == 0
    assert json.loads(run("stop", "--json", now=now).out)[0]["end_time"] == "2023-07-16T12:00:00+02:00"


@pytest.mark.parametrize("now", ["2024-03-31T04:00+02:00", "2024-10-27T03:30+01:00", "2024-10-27T02:30+01:00"])
@pytest.mark.parametrize("options", [["--for", "3h"], ["--at", "3h ago", "--until", "now"]])
def test_duration_is_exact_across_clock_change(run: Run, now: str, options: list[str]) -> None:
    run("track", "write", *options, now=datetime.fromisoformat(now))
    out = run("times", "--json", "--date", now[:10], now=datetime.fromisoformat(now)).out
    yesterday = run("times", "--json", "--date", "yesterday", now=datetime.fromisoformat(now)).out
    assert sum(task["time_spent"] for task in json.loads(out) + json.loads(yesterday)) == 3 * 3600


def test_long_description_is_truncated_only_in_sentences(run: Run) -> None:
    long = "x" * 9000
    sentences = [
        ("track", long),
        ("status",),
        ("switch", f"{long}y"),
        ("stop",),
        ("resume", "2"),
        ("cancel",),
        ("undo",),
    ]
    for command in sentences:
        out = run(*command, terminal=True).out
        assert f": {'x' * 59}…" in out
        assert "x" * 60 not in out
    for command in [("show", "1"), ("show", "1", "--json"), ("status", "--format", "{description}"), ("list",)]:
        assert long in run(*command, terminal=command[-1] == "1").out


def test_task_longer_than_working_day_prints_note(run: Run) -> None:
    late = "note: task 1 now lasts 25:30:00, more than 16 hours\nhint: to undo this, run: tasktimer undo\n"
    run("track", "a", "--at", "2023-07-15 9:00", "--for", "1h")
    assert run("edit", "1", "--end", "2023-07-16 10:30").err == late
    assert run("edit", "1", "--start", "2023-07-15 10:00").err == ""  # it was so before, and longer
    assert run("edit", "1", "--start", "2023-07-15 9:00").err == late
    run("edit", "1", "--end", "none")
    assert run("stop", "1", "--at", "10:30").err == late
    assert run("edit", "1", "--for", "16h").err == ""
    assert run("edit", "--search", "a", "--yes", "--for", "25:30", "--user", "1").err == late.replace(
        "tasktimer undo", "tasktimer undo --user 1"
    )
    assert run("track", "b", "--for", "25:30").err.startswith("note: task 2 now lasts 25:30:00, more than 16 hours\n")
    run("edit", "1", "2", "--for", "1h")
    assert run("edit", "1", "2", "--for", "25h").err == (
        "note: 2 tasks now last more than 16 hours each: 1 2\nhint: to undo this, run: tasktimer undo\n"
        "note: task 1 overlaps task 2 (b, 2023-07-15 10:30 to 2023-07-16 11:30)\n"
    )
    run("track", "c", "--at", "2023-07-15 9:00")
    assert run("switch", "d").err.startswith("note: task 3 now lasts 27:00:00")
