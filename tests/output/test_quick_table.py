"""Quick tables look like those that Rich draws."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tasktimer.output.levels import Levels
from tasktimer.output.quick_table import QuickTable

STYLES = st.sampled_from(["", "bold", "green", "dim", "red on blue", "color(133)", "not bold"])
WORDS = st.text(st.sampled_from("abc/+-[]:日本é🦀\u0301\u200d "), max_size=12) | st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12
)
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)


@st.composite
def cells(draw: st.DrawFn) -> str | Text:
    text = draw(TEXTS)
    if draw(st.booleans()):
        return text
    if draw(st.booleans()):
        return Levels(text, draw(STYLES))
    cell = Text(text, style=draw(STYLES), justify=draw(st.sampled_from([None, None, None, "right", "center"])))
    return cell.append(draw(WORDS), style=draw(STYLES)) if draw(st.booleans()) else cell


@st.composite
def tables(draw: st.DrawFn) -> QuickTable:
    table = QuickTable()
    count = draw(st.integers(1, 5))
    for _ in range(count):
        table.add_column(
            draw(WORDS),
            style=draw(STYLES),
            justify=draw(st.sampled_from(["left", "right"])),
            no_wrap=draw(st.booleans()),
            overflow=draw(st.sampled_from(["fold", "crop", "ellipsis"])),
            min_width=draw(st.none() | st.integers(1, 20)),
        )
    for row in draw(st.lists(st.lists(cells(), min_size=count, max_size=count), max_size=5)):
        table.add_row(*row, style=draw(STYLES))
    return table


def lines(segments: RenderResult) -> list[list[tuple[str, Style]]]:
    """Return the lines of segments, with adjacent segments of the same style joined."""
    styled = [Segment(part.text, part.style or Style.null()) for part in segments if isinstance(part, Segment)]
    return [
        [(part.text, part.style or Style.null()) for part in Segment.simplify(line)]
        for line in Segment.split_lines(styled)
    ]


@given(tables(), st.integers(20, 200))
def test_segments_are_those_of_rich(table: QuickTable, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    options = console.options
    if table.fit(width):
        assert lines(table.__rich_console__(console, options)) == lines(Table.__rich_console__(table, console, options))


def test_texts_and_levels_with_the_same_characters_wrap_differently() -> None:
    table = QuickTable()
    table.add_column("x", min_width=1)
    for cell in (Text("aaa bbb/ccc"), Levels("aaa bbb/ccc", "")):
        table.add_row(cell)
    console = Console(file=io.StringIO(), width=12, markup=False, emoji=False, highlight=False)
    table.fit(12)
    rows = [
        "".join(text for text, _ in line).strip() for line in lines(table.__rich_console__(console, console.options))
    ]
    assert rows[3:7] == ["aaa", "bbb/ccc", "aaa bbb/", "ccc"]
