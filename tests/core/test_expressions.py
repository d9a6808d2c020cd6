"""Parsing of expressions: precedence, keys and quoting."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.expression_parser import STATES, parse_expression
from tasktimer.core.expressions import And, Expression, Not, Or, Term, conjuncts, format_term, iterate_terms
from tasktimer.core.task_filter import MAX_TERMS, TaskFilter

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
