"""Errors in expressions show the place of the mistake."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.expression_parser import KEYS, MAX_DEPTH, parse_expression
from tasktimer.core.expressions import Expression
from tasktimer.core.task_filter import MAX_TERMS
from tasktimer.errors import InvalidValue

NOW = datetime(2023, 7, 16, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def parse(text: str) -> Expression:
    return parse_expression(text, NOW)


KEY_LIST = "project:, tag:, user:, id:, longer:, shorter:, from:, to:, description: or note:"
TERMS = "use terms such as project:acme, tag:docs, running or lunch"
APOSTROPHE = 'close it, or put the apostrophe in double quotes, as in "it\'s"'
DURATION = "use a format like 90m, 1h30m, 1.5h, 2d, 1w, 1:30, 1:30:05 or PT1H30M"
SPACE = "add it without a space, as in project:acme"
MEANT = "to search for text, put it in quotes"
NO_ID = "use an integer, such as 7"
WRONG = [
    ("and", "and", "^^^", "a term is missing", TERMS),
    ("a or", "a or", "    ^", "a term is missing", TERMS),
    ("a and", "a and", "     ^", "a term is missing", TERMS),
    ("or a", "or a", "^^", "a term is missing", TERMS),
    ("a and and b", "a and and b", "      ^^^", "a term is missing", TERMS),
    ("a or or b", "a or or b", "     ^^", "a term is missing", TERMS),
    ("a and or b", "a and or b", "      ^^", "a term is missing", TERMS),
    ("not", "not", "   ^", "a term is missing", TERMS),
    ("not and a", "not and a", "    ^^^", "a term is missing", TERMS),
    ("()", "()", " ^", "a term is missing", TERMS),
    ("a ()", "a ()", "   ^", "a term is missing", TERMS),
    ("(", "(", " ^", "a term is missing", TERMS),
    ("(a", "(a", "^", "unmatched '('", "add ')'"),
    ("a (b or (c)", "a (b or (c)", "  ^", "unmatched '('", "add ')'"),
    ("a)", "a)", " ^", "unmatched ')'", "remove it, or add '('"),
    (") a", ") a", "^", "a term is missing", TERMS),
    ("(a)) b", "(a)) b", "   ^", "unmatched ')'", "remove it, or add '('"),
    ('a "b', 'a "b', "  ^", "unmatched quotation mark", APOSTROPHE),
    ("'tis", "'tis", "^", "unmatched quotation mark", APOSTROPHE),
    ('project:"a', 'project:"a', "        ^", "unmatched quotation mark", APOSTROPHE),
    ("prject:acme", "prject:acme", "^^^^^^^", "unknown key 'prject'", f"did you mean project:? {MEANT}"),
    ("a and Tags:b", "a and Tags:b", "      ^^^^^", "unknown key 'Tags'", f"did you mean tag:? {MEANT}"),
    ("runing:yes", "runing:yes", "^^^^^^^", "unknown key 'runing'", f"did you mean running? {MEANT}"),
    ("https://x.y", "https://x.y", "^^^^^^", "unknown key 'https'", f"use {KEY_LIST}, or put text in quotes"),
    ("text:a", "text:a", "^^^^^", "unknown key 'text'", f"use {KEY_LIST}, or put text in quotes"),
    ("été x:1", "été x:1", "    ^^", "unknown key 'x'", f"use {KEY_LIST}, or put text in quotes"),
    ("ＡＢ x:1", "ＡＢ x:1", "     ^^", "unknown key 'x'", f"use {KEY_LIST}, or put text in quotes"),
    ("a\tx:1", "a x:1", "  ^^", "unknown key 'x'", f"use {KEY_LIST}, or put text in quotes"),
    ("project: acme", "project: acme", "^^^^^^^^", "a value is missing after 'project:'", SPACE),
    ("(tag:)", "(tag:)", " ^^^^", "a value is missing after 'tag:'", SPACE),
]
RANGE = "use a format like today, monday, week, 'last month', 'last 7 days', 2026-W34, 2026-03, 2026-Q1 or '3 days ago'"
INVALID = [
    ('project:""', "^^^^^^^^^^", "the project is blank", "enter some text, or omit the project"),
    (
        "project:a//b",
        "^^^^^^^^^^^^",
        "invalid project 'a//b': a level cannot be empty, or begin or end with a space",
        "use a name like acme or acme/website",
    ),
    (
        "a tag:b,c",
        "  ^^^^^^^",
        "invalid tag 'b,c': tags cannot contain spaces or commas",
        "use hyphens instead, as in write-docs",
    ),
    (
        'tag:"b c"',
        "^^^^^^^^^",
        "invalid tag 'b c': tags cannot contain spaces or commas",
        "use hyphens instead, as in write-docs",
    ),
    ("user:me", "^^^^^^^", "invalid user 'me'", NO_ID),
    ("user:0", "^^^^^^", "invalid user '0'", "use an integer from 1 to 9223372036854775807"),
    ("id:x", "^^^^", "invalid task ID 'x'", NO_ID),
    (
        "id:99999999999999999999",
        "^" * 23,
        "invalid task ID '99999999999999999999'",
        "use an integer from 1 to 9223372036854775807",
    ),
    ("longer:soon", "^^^^^^^^^^^", "invalid duration 'soon'", DURATION),
    ("longer:-1h", "^^^^^^^^^^", "invalid duration '-1h'", DURATION),
    ("(shorter:15)", " ^^^^^^^^^^", "invalid duration '15'", "add a unit, as in 15m or 15h"),
    (
        "from:2023-02-30",
        "^" * 15,
        "the date 2023-02-30 does not exist",
        "did you mean 2023-02-28, the last day of the month?",
    ),
    ("to:0000", "^^^^^^^", "the date range '0000' does not exist", RANGE),
    ("from:soon", "^^^^^^^^^", "invalid date range 'soon'", RANGE),
    ('not ""', "    ^^", "the search is blank", "enter some text, or omit the search"),
    ('note:" "', "^^^^^^^^", "the search is blank", "enter some text, or omit the search"),
    ('description:""', "^" * 14, "the search is blank", "enter some text, or omit the search"),
]


@pytest.mark.parametrize(("text", "line", "underline", "message", "hint"), WRONG)
def test_wrong_form_is_underlined(text: str, line: str, underline: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse(text)
    assert (error.value.message, error.value.hint) == (f"invalid expression: {message}", hint)
    assert (error.value.code, tuple(error.value.details)) == ("invalid-expression", (line, underline))


@pytest.mark.parametrize(("text", "underline", "message", "hint"), INVALID)
def test_invalid_value_is_underlined(text: str, underline: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse(text)
    assert (error.value.message, error.value.hint) == (message, hint)
    assert tuple(error.value.details) == (text, underline)


LEVELS = f"use at most {MAX_DEPTH} levels of 'not' and parentheses"


@pytest.mark.parametrize(
    ("before", "after", "most", "message", "hint"),
    [
        ("a ", "", MAX_TERMS - 1, "too many terms", f"use at most {MAX_TERMS} terms"),
        ("a or ", "", MAX_TERMS - 1, "too many terms", f"use at most {MAX_TERMS} terms"),
        ("(", ")", MAX_DEPTH, "too many levels", LEVELS),
        ("not ", "", MAX_DEPTH, "too many levels", LEVELS),
        ("not (", ")", MAX_DEPTH // 2, "too many levels", LEVELS),
    ],
)
def test_terms_and_levels_are_limited(before: str, after: str, most: int, message: str, hint: str) -> None:
    parse(f"{before * most}a{after * most}")
    with pytest.raises(InvalidValue) as error:
        parse(f"{before * (most + 1)}a{after * (most + 1)}")
    assert (error.value.message, error.value.hint) == (f"invalid expression: {message}", hint)
    line, underline = error.value.details
    assert underline.endswith("^")
    assert max(len(line), len(underline)) <= 80  # only the part around the mistake


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_blank_expression_is_rejected(text: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse(text)
    assert (error.value.message, error.value.details) == ("invalid expression: a term is missing", ())


SYMBOLS = [
    "a",
    " ",
    "(",
    ")",
    '"',
    "'",
    "\\",
    ":",
    "and ",
    "or ",
    "not ",
    "é",
    "字",
    "\n",
    "\udcff",
    *(f"{key}:" for key in KEYS),
]


@given(st.lists(st.sampled_from(SYMBOLS), max_size=20).map("".join) | st.text(max_size=80))
def test_any_text_is_parsed_or_underlined(text: str) -> None:
    try:
        parse(text)
    except InvalidValue as error:
        assert bool(error.details) == bool(text.strip())
        for line, underline in zip(error.details[::2], error.details[1::2], strict=True):
            assert "\n" not in line
            assert set(underline) <= {" ", "^"}
            assert underline.endswith("^")
