"""The tags of klog, and what is the description and the note of an entry."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.format_files import read

from tasktimer.formats.klog_tags import format_project, format_tag
from tasktimer.formats.rows import Row
from tasktimer.formats.source import Source

MakeSource = Callable[..., Source]


def read_names(source: MakeSource, text: str) -> list[tuple[Any, ...]]:
    rows = [row for row in read(source(f"2024-03-01\n{text}"), name="klog") if isinstance(row, Row)]
    return [(row.description, row.project, row.tags) for row in rows]


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("", ("untitled", None, ())),
        ("docs", ("docs", None, ())),
        ("write #docs", ("write", None, ("docs",))),
        ("#docs", ("untitled", None, ("docs",))),
        ("review #draft of #acme #docs", ("review #draft of", None, ("acme", "docs", "draft"))),
        (
            "#Office day (#coding, #meetings)",
            ("#Office day (#coding, #meetings)", None, ("coding", "meetings", "office")),
        ),
        ("C#major", ("C#major", None, ("major",))),
        ("# and ## and #!", ("# and ## and #!", None, ())),
        ("a #home-office #读む_2", ("a", None, ("home-office", "读む_2"))),
        ("a #caf\u00e9-\u0663", ("a #caf\u00e9-\u0663", None, ("caf\u00e9-",))),  # only ASCII digits
        ("a #ticket=891", ("a", None, ("ticket=891",))),
        ("a #Ticket=AbC #TICKET=abc", ("a", None, ("ticket=AbC", "ticket=abc"))),
        ('a #ticket="22/48.3"', ("a", None, ("ticket=22/48.3",))),
        ("a #say='\"hi\"'", ("a", None, ('say="hi"',))),
        ('a #call="Liz Jones"', ('a #call="Liz Jones"', None, ("call",))),  # no tag contains a space
        ('a #list="b,c"', ('a #list="b,c"', None, ("list",))),
        ('a #open="b', ('a #open="b', None, ("open",))),  # no closing quotation mark
        ('a #empty= #none=""', ("a", None, ("empty", "none"))),
        ("a #project=acme", ("a", "acme", ())),
        ('a #project="acme/web site" #docs', ("a", "acme/web site", ("docs",))),
        ("a #project=acme #project=web", ("a", "acme", ("project=web",))),
        ('a #project="/" #project', ("a", None, ("project", "project=/"))),
        ('a #tag="c++"', ("a", None, ("c++",))),
        ("[bold]\x1b[31m\0 <b>", ("[bold]\x1b[31m\0 <b>", None, ())),  # left to the validation of tasks
    ],
)
def test_names(source: MakeSource, summary: str, expected: tuple[Any, ...]) -> None:
    assert read_names(source, f"    8:00 - 9:00 {summary}") == [expected]


def test_tags_of_a_record_are_those_of_its_entries(source: MakeSource) -> None:
    text = "At the #office for #project=acme\n    1h docs\n        with #notes\n    2h #project=web"
    assert read_names(source, text) == [
        ("docs", "acme", ("notes", "office")),
        ("At the #office for", "web", ("office", "project=acme")),
    ]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("Day\n  8:00 - 9:00 a\n  9:00 - 9:30 b", ["Day", None]),
        ("Day\n  -1h a\n  9:00 - 9:30 b", ["Day"]),  # a break is not a task
        ("Day\n  8:00 - 9:00\n  9:00 - 9:30 b", [None, None]),
        ("Day\n  8:00 - 9:00 #x\n  9:00 - 9:30", [None, None]),
        ("#x\n  8:00 - 9:00 a", [None]),
        ("  8:00 - 9:00 a\n    b\n      c #d", ["b\n  c #d"]),
        ("  8:00 - 9:00\n    a\n    b", ["b"]),
        ("\u3000", []),
        ("Day\n  8:00 - 9:00 a\n\n2024-03-02\nDay\n  8:00 - 9:00 a", ["Day", "Day"]),
    ],
)
def test_notes(source: MakeSource, text: str, notes: list[str | None]) -> None:
    rows = read(source(f"2024-03-01\n{text}"), name="klog")
    assert [row.note for row in rows if isinstance(row, Row)] == notes


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("docs", "#docs"),
        ("home-office", "#home-office"),
        ("Docs", "#Docs"),
        ("ticket=891", "#ticket=891"),
        ("ticket=22/48", '#ticket="22/48"'),
        ('say="hi"', "#say='\"hi\"'"),
        ("c++", '#tag="c++"'),
        ("a=", '#tag="a="'),
        ("=", '#tag="="'),
        ("tag=x", '#tag="tag=x"'),
        ("project", "#tag=project"),
        ("project=x", '#tag="project=x"'),
        ("it's", '#tag="it\'s"'),
        ("\"'", None),
    ],
)
def test_written_tags(source: MakeSource, tag: str, expected: str | None) -> None:
    assert format_tag(tag) == expected
    if expected is not None:
        assert read_names(source, f"    1h a {expected}") == [("a", None, (tag.lower() if tag == "Docs" else tag,))]


def test_written_projects() -> None:
    assert [format_project(name) for name in ("acme", "acme/web site", 'a"b', "\"'")] == [
        "#project=acme",
        '#project="acme/web site"',
        "#project='a\"b'",
        None,
    ]
