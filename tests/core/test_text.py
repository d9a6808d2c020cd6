"""Unicode normalization: the same as that of Python, but in linear time."""

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.labels import parse_project, parse_tag
from tasktimer.core.text import normalize_nfc, search_key, strip_accents
from tasktimer.errors import InvalidValue

MARKS = "\u0301\u0316\u0344\u0345\u05b0\u093c\u0f71\u0f73\u3099"
OTHERS = "aA \u00e9\u1faf\u03c9\uac00\u1100\u1161\u11a8\u0958\u2126\u034f\u200d\U0001f469\U0001d1c0\n"
LENGTH = 300_000  # Python takes minutes

texts = st.text(MARKS + OTHERS) | st.text(MARKS)


@given(texts)
def test_long_texts_are_normalized_as_short_ones(text: str) -> None:
    filler = "x" * 600  # makes it long
    long = filler + text + filler + text
    assert normalize_nfc(long) == normalize("NFC", long)
    assert strip_accents(long) == "".join(part for part in normalize("NFD", long) if not combining(part))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" + "\u0301\u0316" * LENGTH, "\u00e1" + "\u0316" * LENGTH + "\u0301" * (LENGTH - 1)),
        ("\u0f73" * LENGTH, "\u0f71" * LENGTH + "\u0f72" * LENGTH),
        ("a" * LENGTH + "\u0301", "a" * (LENGTH - 1) + "\u00e1"),
        ("a" + "\u0301" * LENGTH, "\u00e1" + "\u0301" * (LENGTH - 1)),
    ],
    ids=["alternating", "decomposed", "letters", "ordered"],
)
def test_long_runs_of_combining_characters(text: str, expected: str) -> None:
    assert normalize_nfc(text) == expected
    assert search_key(text) == expected.casefold()
    assert not any(map(combining, strip_accents(text)))


def test_the_length_of_labels_is_that_in_nfc() -> None:
    omega = "\u03c9\u0314\u0342\u0345"  # four characters, which are one in NFC
    assert parse_tag(omega * 100) == "\u1fa7" * 100
    assert parse_project(omega * 200) == "\u1fa7" * 200
    for parse, most in ((parse_tag, 100), (parse_project, 200)):
        with pytest.raises(InvalidValue, match="too long"):
            parse(omega * (most + 1))
        with pytest.raises(InvalidValue, match="too long"):
            parse("a" + "\u0301\u0316" * LENGTH)
