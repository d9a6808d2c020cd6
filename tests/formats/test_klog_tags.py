"""The tags of klog, and what is the description and the note of an entry."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.format_files import read

from tasktimer.formats.klog_tags import append_tags, format_project, format_tag
from tasktimer.formats.rows import Adaptation, Row
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
        ("write #docs", ("write #docs", None, ("docs",))),
        ("coding on #acme #urgent", ("coding on #acme", None, ("acme", "urgent"))),
        ("#docs", ("untitled", None, ("docs",))),
        ("review #draft of #acme #docs", ("review #draft of #acme", None, ("acme", "docs", "draft"))),
        (
            "#Office day (#coding, #meetings)",
            ("#Office day (#coding, #meetings)", None, ("coding", "meetings", "office")),
        ),
        ("C#major", ("C#major", None, ("major",))),
        ("# and ## and #!", ("# and ## and #!", None, ())),
        ("a #home-office #读む_2", ("a #home-office", None, ("home-office", "读む_2"))),
        ("a #caf\u00e9-\u0663", ("a #caf\u00e9-\u0663", None, ("caf\u00e9-",))),  # only ASCII digits
        ("a #ticket=891", ("a #ticket=891", None, ("ticket=891",))),
        ("a #Ticket=AbC #TICKET=abc", ("a #Ticket=AbC", None, ("ticket=AbC", "ticket=abc"))),
        ('a #ticket="22/48.3"', ('a #ticket="22/48.3"', None, ("ticket=22/48.3",))),
        ("a #say='\"hi\"'", ("a #say='\"hi\"'", None, ('say="hi"',))),
        ('a #call="Liz Jones"', ('a #call="Liz Jones"', None, ("call",))),  # no tag contains a space
        ('a #list="b,c"', ('a #list="b,c"', None, ("list",))),
        ('a #open="b', ('a #open="b', None, ("open",))),  # no closing quotation mark
        ('a #empty= #none=""', ("a #empty=", None, ("empty", "none"))),
        ("a #project=acme", ("a", "acme", ())),
        ("a #project=acme/web-site/1 #docs", ("a", "acme/web-site/1", ("docs",))),
        ("a #PROJECT=acme/web", ("a", "acme/web", ())),
        ("a #project=acme/ b", ("a #project=acme/ b", "acme", ())),
        ("a #ticket=22/48", ("a #ticket=22/48", None, ("ticket=22",))),  # as in klog
        ("a #docs #project=acme", ("a #docs", "acme", ("docs",))),
        ('a #project="acme/web site" #docs', ("a", "acme/web site", ("docs",))),
        ("a #project=acme #project=web", ("a", "acme", ("project=web",))),
        ('a #project="/" #project', ('a #project="/"', None, ("project", "project=/"))),
        ('a #tag="c++"', ('a #tag="c++"', None, ("c++",))),
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
        read_tags = (tag.lower() if tag == "Docs" else tag,)
        assert read_names(source, f"    1h a\n        {expected}") == [("a", None, read_tags)]
        assert append_tags("a", None, [tag]) == ["a", expected]


def test_written_projects() -> None:
    assert [format_project(name) for name in ("acme", "acme/web site", 'a"b', "\"'")] == [
        "#project=acme",
        '#project="acme/web site"',
        "#project='a\"b'",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "project", "tags", "lines"),
    [
        ("a", None, (), ["a"]),
        ("", None, (), []),
        ("", "acme", ("docs",), ["#project=acme #docs"]),
        ("a", None, ("docs", "x"), ["a", "#docs #x"]),  # otherwise, the first tag would be a word of the text
        ("a", "acme", ("docs",), ["a #project=acme #docs"]),
        ("coding on #acme", None, ("acme",), ["coding on #acme"]),
        ("coding on #acme", "acme", ("acme", "docs"), ["coding on #acme #project=acme #docs"]),
        ("for #project=acme only", "acme", (), ["for #project=acme only"]),
        ("for #project=acme only", "web", (), ["for #project=acme only #project=web"]),
    ],
)
def test_tags_are_appended_unless_the_text_contains_them(
    text: str, project: str | None, tags: tuple[str, ...], lines: list[str]
) -> None:
    assert append_tags(text, project, tags) == lines


def test_omitted_values_and_should_totals_are_reported(source: MakeSource) -> None:
    text = """\
2024-03-01 (8h!)
    -1h Lunch
    1h a #client="Big Co"
    2h b #client=Big

2024-03-02 (8h!)
    1h c

2024-03-03
    1h d
"""
    rows = [row for row in read(source(text), name="klog") if isinstance(row, Row)]
    unknown = Adaptation.UNKNOWN_TIMES
    assert [row.adaptations for row in rows] == [
        (unknown, Adaptation.TAG_VALUE, Adaptation.SHOULD_TOTAL),
        (unknown,),
        (unknown, Adaptation.SHOULD_TOTAL),
        (unknown,),
    ]
