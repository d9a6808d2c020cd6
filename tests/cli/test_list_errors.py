"""What `tasktimer list` cannot be asked, and what may have been meant."""

import re

import pytest
from tests.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["soon"], "invalid date range 'soon'"),
        (["today", "--from", "monday"], "date range 'today' cannot be used with --from or --to"),
        (["--from", "today", "--to", "yesterday"], "is not after"),
        (["7", "days"], "did you mean 'last 7 days', or '7 days ago'?"),
        (["+docs"], "hint: instead, run: tasktimer list --tag docs\n"),
        (["week", "+a", "+c"], "hint: instead, run: tasktimer list week --tag a --tag c\n"),
        (["+"], "invalid date range '+'"),
        (["--tz", "Mars"], "'Mars'"),
        (["--limit", "0"], "invalid limit '0'"),
        (["--longer-than", "long"], "invalid duration 'long'"),
        (["--search", ""], "the search is blank"),
        (["-t", "a b"], "invalid tag 'a b': tags cannot contain spaces or commas"),
        (["-p", "/"], "invalid project '/'"),
        (["--json", "--format", "csv"], "cannot be used together"),
    ],
)
def test_invalid_arguments_fail(week: Run, arguments: list[str], words: str) -> None:
    result = week("list", *arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert words in result.err
    assert "hint: " in result.err


def test_mistyped_date_range_gets_suggestion(week: Run) -> None:
    assert week("list", "wek").err.endswith("hint: did you mean 'week'?\n")
    assert week("list", "last", "wek").err.endswith("hint: did you mean 'last week'?\n")
    assert week("list", "--from", "yesterdy").err.endswith("hint: did you mean 'yesterday'?\n")


@pytest.mark.parametrize(
    ("words", "number", "days"),
    [("-1", "-1", "yesterday"), ("-7", "-7", "7 days ago"), ("-p acme -12", "-12", "12 days ago")],
)
def test_number_with_dash_gets_hint(week: Run, words: str, number: str, days: str) -> None:
    result = week("list", *words.split())
    hint = f"hint: to show the tasks from {days}, run: tasktimer list {days}\n"
    assert (result.exit_code, result.err) == (
        2,
        f"error: '{number}' was interpreted as an option, not as a date range\n{hint}",
    )
    assert week("list", *days.split()).out == week("list", "--", number).out


@pytest.mark.parametrize("word", ["-1x", "-x1", "-9999999", "--7", "-\u0661"])
def test_word_with_dash_is_option(week: Run, word: str) -> None:
    assert week("list", word).err.startswith("error: no such option '-")
    assert week("list", word).err.endswith("hint: see tasktimer list --help\n")


def test_mistyped_label_gets_suggestion(week: Run) -> None:
    result = week("list", "-p", "acmee", "-t", "dcs")
    assert (result.exit_code, result.out) == (0, "")
    assert "note: no task has the project 'acmee'\nhint: did you mean 'acme'?\n" in result.err
    assert "note: no task has the tag 'dcs'\nhint: did you mean 'docs'?\n" in result.err
    err = week("list", "-p", "ACME", "-t", "DOCS").err
    assert re.findall("did you mean (.*)", err) == ["'acme'?", "'docs'?"]
    assert week("list", "today", "-p", "acme").err == ""  # there is one, only not today


def test_empty_date_range_fails(run: Run) -> None:
    for words in ([""], ["", "-p", "acme"], ["", "--from", "monday"]):
        assert run("list", *words).exit_code == 2
