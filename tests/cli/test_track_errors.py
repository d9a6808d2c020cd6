"""What `tasktimer track` refuses: nothing is stored then."""

from itertools import product
from pathlib import Path

import pytest
from tests.cli.test_track import task
from tests.conftest import NOW, Run
from tests.hostile import DESCRIPTIONS_REFUSED, PROJECTS_REFUSED, TAGS_REFUSED, TIMES_REFUSED, USERS_REFUSED


@pytest.mark.parametrize("text", DESCRIPTIONS_REFUSED)
def test_invalid_description_fails(run: Run, text: str) -> None:
    result = run("track", "--", text)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: the description ")
    assert "\nhint: " in result.err
    assert "\x1b" not in result.err


@pytest.mark.parametrize(("flag", "text"), [*product("t", TAGS_REFUSED), *product("p", PROJECTS_REFUSED)])
def test_invalid_label_fails(run: Run, data_file: Path, flag: str, text: str) -> None:
    result = run("track", "x", f"-{flag}", text)
    assert (result.exit_code, result.out) == (2, "")
    noun = "tag" if flag == "t" else "project"
    assert result.err.startswith((f"error: invalid {noun} ", f"error: the {noun} "))
    assert "\nhint: " in result.err
    assert "\x1b" not in result.err
    assert not data_file.exists()


def test_missing_description_shows_example(run: Run) -> None:
    result = run("track")
    assert result.exit_code == 2
    assert result.err == "error: missing argument 'DESCRIPTION...'\nhint: for example: tasktimer track 'write docs'\n"


@pytest.mark.parametrize(
    "options",
    [
        *(["-t", tag] for tag in ("two words", "a,b", "", "+", "++docs", "x" * 101, "a\tb", "\x1b[31m", "a\u2028b")),
        *(["-p", name] for name in ("", " ", "a//b", "/a", "a/", "a/ b", "x" * 201, "a\nb", "a\x07b")),
        *(["--note", text] for text in ("", " \n", "x" * 10_001, "a\0b")),
    ],
)
def test_invalid_label_stores_nothing(run: Run, options: list[str]) -> None:
    run("track", "before")
    result = run("track", "write", *options)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(("error: the ", "error: invalid "))
    assert "\nhint: " in result.err
    assert "\x1b" not in result.err
    assert task(run)["description"] == "before"


@pytest.mark.parametrize("user", [*USERS_REFUSED, "all"])
def test_invalid_user_fails(run: Run, user: str) -> None:
    result = run("track", "write", f"--user={user}")
    assert (result.exit_code, result.out) == (2, "")
    assert ("hint: use --user with a user number or name\n" if user == "all" else "hint: use ") in result.err


@pytest.mark.parametrize("when", TIMES_REFUSED)
@pytest.mark.parametrize("option", ["--at", "--until"])
def test_invalid_time_fails(run: Run, option: str, when: str) -> None:
    result = run("track", "write", *(["--at", "1:00"] if option == "--until" else []), f"{option}={when}")
    assert (result.exit_code, result.out) == (2, "")
    assert "hint: " in result.err


@pytest.mark.parametrize(
    ("options", "exit_code", "words"),
    [
        (["--at", "23:50"], 1, ["start is in the future: 23:50", "'yesterday 23:50'"]),
        (["--at", "09:00", "--until", "23:50"], 1, ["end is in the future", "between the start at 09:00 and now"]),
        (["--at", "today 23:50"], 1, ["'yesterday 23:50'"]),
        (["--at", "2023-07-16T23:50"], 1, ["'yesterday 23:50'"]),
        (["--at", "2023-07-17 09:00"], 1, ["start is in the future: 2023-07-17 09:00 (it is 12:00 now)"]),
        (["--at", "9:00", "--until", "12:01"], 1, ["end is in the future"]),
        (["--at", "11:00", "--for", "2h"], 1, ["end is in the future"]),
        (["--at", "11:00", "--until", "10:00"], 1, ["cannot end at 10:00, before its start"]),
        (["--at", "9:00", "--until", "10:00", "--for", "1h"], 2, ["cannot all be given"]),
        (["--until", "10:00"], 2, ["an end time requires a start time or a duration"]),
        (["--until", "23:50", "--for", "5m"], 1, ["the end is in the future"]),
        (["--for", "soon"], 2, ["invalid duration 'soon'"]),
        (["--for=-5m"], 2, ["invalid duration '-5m'"]),
        (["--for", "999999999h"], 2, ["is too long"]),
        (["--at", "2023-01-01T00:00Z", "--for", "69924935h"], 2, ["out of range"]),  # the last hour of 9999
        (["--at"], 2, ["requires an argument"]),
        (["--att", "9:00"], 2, ["no such option '--att'", "did you mean '--at'?"]),
    ],
)
def test_invalid_times_store_nothing(run: Run, options: list[str], exit_code: int, words: list[str]) -> None:
    run("track", "before")
    result = run("track", "write", *options)
    assert (result.exit_code, result.out) == (exit_code, "")
    for word in words:
        assert word in result.err
    assert task(run)["description"] == "before"


def test_ambiguous_hour_is_shown_with_offset(run: Run) -> None:
    autumn = NOW.replace(year=2024, month=10, day=27)
    line = run("track", "shift", "--at", "2024-10-27T02:30+01:00", now=autumn, terminal=True).out
    assert line == "Tracking 1: shift, since 02:30+01:00\n"
    ends = ["--at", "2024-10-27T02:30+02:00", "--until", "2024-10-27T02:15+01:00"]
    line = run("track", "shift", *ends, now=autumn, terminal=True).out
    assert line == "Tracked 2: shift, 02:30+02:00 to 02:15+01:00 (0:45:00)\n"


@pytest.mark.parametrize("options", [["--at", "2023-07-17 09:00"], ["--at", "11:00", "--for", "2h"]])
def test_yesterday_is_suggested_only_for_typed_time(run: Run, options: list[str]) -> None:
    assert "yesterday" not in run("track", "write", *options).err
