"""Validation of the text of tasks, its normalization for storage and searches, and escaping of what is invalid."""

import re
from typing import Literal

from tasktimer.errors import InvalidValue

# Patterns are compiled on first use, and cached by re: most text needs none.
_SURROGATE = r"[\ud800-\udfff]"
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all but tab and newline

_SHORT = 500  # characters; to order a run of combining characters, `normalize` takes quadratic time


def validate_text(text: str, noun: str, *, longest: int) -> None:
    """Raise InvalidValue if text is blank, undecodable or longer than `longest`, or contains control characters.

    Tabs and newlines are allowed. `noun` is the name of the text in error messages.
    """
    if len(text) > longest:
        raise InvalidValue(
            f"{noun}-too-long",
            f"the {noun} is too long: {len(text):,} characters",
            f"use at most {longest:,} characters",
        )
    if not text.isprintable():
        _reject_control_characters(text, noun)
    if not any(character.isprintable() and not character.isspace() for character in text):
        hint = "describe what you are working on" if noun == "description" else f"enter some text, or omit the {noun}"
        raise InvalidValue(f"blank-{noun}", f"the {noun} is blank", hint)


def _reject_control_characters(text: str, noun: str) -> None:
    if match := re.search(_SURROGATE, text):
        raise InvalidValue(
            f"undecodable-{noun}",
            f"the {noun} contains an undecodable byte: {match[0]!r} at character {match.start() + 1}",
        )
    if match := re.search(_CONTROL, text):
        raise InvalidValue(
            "control-character",
            f"the {noun} contains a control character: {match[0]!r} at character {match.start() + 1}",
            "remove it; only tabs and newlines are allowed",
        )


def escape_control_chars(text: str) -> str:
    """Escape control characters that are invalid in a description, but that another program may have stored."""
    if text.isprintable():
        return text
    return re.sub(f"{_CONTROL}|{_SURROGATE}", lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def normalize_nfc(text: str) -> str:
    """Return text in Unicode normalization form NFC, for storage and comparison: é is one character, not two.

    >>> normalize_nfc("cafe\u0301") == "caf\u00e9"
    True
    """
    return text if text.isascii() else _normalize("NFC", text)


def strip_accents(text: str) -> str:
    """Return text without accents and other combining characters, in Unicode form NFD.

    >>> strip_accents("caf\u00e9")
    'cafe'
    """
    if text.isascii():
        return text
    from unicodedata import combining  # lazy, as in _normalize

    return "".join(part for part in _normalize("NFD", text) if not combining(part))


def search_key(text: str) -> str:
    """Return text normalized for case-insensitive searches: in Unicode form NFC, and case-folded."""
    return normalize_nfc(text).casefold()


def _normalize(form: Literal["NFC", "NFD"], text: str) -> str:
    from unicodedata import is_normalized, normalize  # lazy: most text is ASCII

    if len(text) <= _SHORT:
        return normalize(form, text)
    return text if is_normalized(form, text) else normalize(form, _decompose(text))


def _decompose(text: str) -> str:
    """Return a text in Unicode form NFD, with its combining characters in order."""
    from itertools import groupby
    from unicodedata import combining, normalize  # lazy, as in _normalize

    characters = "".join([normalize("NFD", character) for character in text])
    runs = groupby(characters, key=lambda character: combining(character) > 0)
    return "".join(["".join(sorted(run, key=combining) if is_combining else run) for is_combining, run in runs])
