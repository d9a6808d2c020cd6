"""Parsing of expressions: precedence, quoting, limits, and errors that show the mistake."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.expression_parser import KEYS, MAX_DEPTH, STATES, parse_expression
from tasktimer.core.expressions import And, Expression, Not, Or, Term, conjuncts, format_term, iterate_terms
from tasktimer.core.task_filter import MAX_TERMS, TaskFilter
from tasktimer.errors import InvalidValue

NOW = datetime(2023, 7, 16, 12, tzinfo=ZoneInfo("Europe/Berlin"))
A, B, C, D = (Term("text", name) for name in "abcd")


def parse(text: str) -> Expression:
    return parse_expression(text, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a and b", And((A, B))),
        ("a and b c", And((A, B, C))),
        ("a or b", Or((A, B))),
        ("a or b or c", Or((A, B, C))),
        ("a b or c d", Or((And((A, B)), And((C, D))))),
        ("a or b and c or d", Or((A, And((B, C)), D))),
        ("a and (b or c)", And((A, Or((B, C))))),
        ("a (b or c) d", And((A, Or((B, C)), D))),
        ("(a)", A),
        ("((a)(b))", And((A, B))),
        ("not a", Not(A)),
        ("not not a", Not(Not(A))),
        ("not a b", And((Not(A), B))),
        ("a not b", And((A, Not(B)))),
        ("not (a b)", Not(And((A, B)))),
        ("not a or b", Or((Not(A), B))),
        ("a AND b Or NOT c", Or((And((A, B)), Not(C)))),
        ("(not a)", Not(A)),
        ("\ta\n b ", And((A, B))),
    ],
)
def test_or_binds_less_tightly_than_and_than_not(text: str, expected: Expression) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("project:acme", "project", "acme"),
        ("PROJECT:acme/web", "project", "acme/web"),
        ('project:"big client"', "project", "big client"),
        ("project:'big client'", "project", "big client"),  # inside the double quotes of a shell
        ("project:none", "project", None),
        ("project:None", "project", None),
        ('project:"none"', "project", "none"),
        ("project:acme/none", "project", "acme/none"),
        ("project:not", "project", "not"),
        ("tag:docs", "tag", "docs"),
        ("tag:+docs", "tag", "docs"),
        ("tag:none", "tag", "none"),
        ('tag:"(x)"', "tag", "(x)"),
        ("user:42", "user", 42),
        ("id:7", "id", 7),
        ("running", "running", None),
        ("Untagged", "untagged", None),
        ('"running"', "text", "running"),
        ("'untagged'", "text", "untagged"),
        ("longer:2h", "longer", timedelta(hours=2)),
        ('longer:"1h 30m"', "longer", timedelta(minutes=90)),
        ("longer:1:30", "longer", timedelta(minutes=90)),
        ("shorter:15m", "shorter", timedelta(minutes=15)),
        ("from:yesterday", "from", datetime(2023, 7, 14, 22, tzinfo=UTC)),
        ("from:10:30", "from", datetime(2023, 7, 16, 8, 30, tzinfo=UTC)),
        ('to:"last week"', "to", datetime(2023, 7, 9, 22, tzinfo=UTC)),
        ("to:2023-07-14", "to", datetime(2023, 7, 14, 22, tzinfo=UTC)),  # includes the day
        ("description:lunch", "description", "lunch"),
        ('note:"a \\"b\\" \\\\ c"', "note", 'a "b" \\ c'),
        ("lunch", "text", "lunch"),
        ('"and"', "text", "and"),
        ("android", "text", "android"),
        ("10:30", "text", "10:30"),
        ("don't", "text", "don't"),
        ('"don\'t"', "text", "don't"),
        ('"project:acme"', "text", "project:acme"),
        ('"a\nb"', "text", "a\nb"),
        ("+docs", "text", "+docs"),
        ("50%", "text", "50%"),
        ("🦀", "text", "🦀"),
    ],
)
def test_terms_are_parsed(text: str, key: str, value: object) -> None:
    assert parse(text) == Term(key, value)


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
    ("(shorter:15)", " ^^^^^^^^^^", "invalid duration '15'", DURATION),
    ("from:2023-02-30", "^" * 15, "the date 2023-02-30 does not exist", "use a day from 01 to 28"),
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


def test_levels_in_sequence_are_not_counted_together() -> None:
    parse(" ".join(["((not a))"] * MAX_TERMS))


def test_terms_and_conjuncts_are_found_at_every_level() -> None:
    tree = parse("(a (b)) not (c or d)")
    assert list(iterate_terms(tree)) == [A, B, C, D]
    assert conjuncts(tree) == (A, B, Not(Or((C, D))))


def test_arguments_of_filter_build_the_same_tree() -> None:
    given = TaskFilter(
        project="acme",
        no_project=True,
        tags=["+b", "a"],
        exclude_tags=["c"],
        running=True,
        untagged=True,
        longer_than=timedelta(hours=2),
        shorter_than=timedelta(minutes=15),
        search="lunch break",
        where=parse("d or e"),
    )
    text = (
        "project:acme project:none tag:a tag:b not tag:c running untagged longer:2h shorter:15m 'lunch break' (d or e)"
    )
    assert given.parts == conjuncts(parse(text)) == TaskFilter(where=parse(text)).parts


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
words = texts.filter(lambda text: any(character.isprintable() and not character.isspace() for character in text))
trees = st.recursive(
    words.map(lambda text: Term("text", text))
    | words.map(lambda text: Term("note", text))
    | st.sampled_from([*(Term(state) for state in STATES), Term("id", 7)]),
    lambda parts: (
        parts.map(Not)
        | st.lists(parts.filter(lambda part: not isinstance(part, And)), min_size=2, max_size=3).map(tuple).map(And)
        | st.lists(parts.filter(lambda part: not isinstance(part, Or)), min_size=2, max_size=3).map(tuple).map(Or)
    ),
    max_leaves=12,
)


def write(tree: Expression) -> str:
    if isinstance(tree, Not):
        return f"not ({write(tree.part)})"
    if isinstance(tree, And | Or):
        return f" {'and' if isinstance(tree, And) else 'or'} ".join(f"({write(part)})" for part in tree.parts)
    if tree.value is None:
        return tree.key
    quoted = str(tree.value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"' if tree.key == "text" else f'{tree.key}:"{quoted}"'


@given(trees)
def test_written_expression_is_parsed_to_the_same_tree(tree: Expression) -> None:
    assert parse(write(tree)) == tree


@given(
    st.sampled_from(["project", "tag", "note"]), st.sampled_from(["a", "a b", "none", '"', "\\", "it's", "(a)", "a:b"])
)
def test_formatted_term_is_parsed_to_its_value(key: str, text: str) -> None:
    if key != "tag" or " " not in text:
        assert parse(format_term(key, text)) == Term(key, text)


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
