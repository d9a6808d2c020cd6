"""Validation of projects, tags and notes, and detection of tags among the words of a description."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tasktimer.core.task import MAX_DESCRIPTION_LENGTH
from tasktimer.core.text import normalize_nfc, strip_accents, validate_text
from tasktimer.errors import InvalidValue, quote_value

MAX_PROJECT_LENGTH = 200
MAX_TAG_LENGTH = 100

_MOST_COMPOSED = 4  # characters that are one in NFC, such as omega with three accents
_JOINERS = "\u200c\u200d"  # invisible, but part of words in some languages and of composed emoji


def split_tags(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Split the words of a command line into a description and tags, which are words that start with a plus sign.

    An argument that contains spaces is never a tag.

    >>> split_tags(["+urgent", "write", "docs", "C++ +1"])
    ('write docs C++ +1', ('urgent',))
    """
    return " ".join(word for word in words if not is_tag_word(word)), parse_tags(filter(is_tag_word, words))


def is_tag_word(word: str) -> bool:
    """Return whether a word consists of a plus sign and text without spaces.

    >>> [is_tag_word(word) for word in ("+docs", "docs", "+1 by me", "+")]
    [True, False, False, False]
    """
    return word.startswith("+") and len(word) > 1 and not any(character.isspace() for character in word)


def parse_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Parse tags, each with or without a leading plus sign, and return them sorted, without duplicates."""
    if isinstance(texts, str):  # a string would be treated as a list of characters
        raise InvalidValue(
            "invalid-tag", f"invalid tags {quote_value(texts)}: a list is required", 'use a list, such as ["docs"]'
        )
    return tuple(sorted({parse_tag(text) for text in texts}))


def parse_tag(text: str) -> str:
    """Parse a tag, with or without a leading plus sign; a tag cannot contain spaces, commas or invisible characters."""
    tag = _normalize(text.removeprefix("+"), "tag", longest=MAX_TAG_LENGTH)
    # TSV and CSV separate tags with commas.
    if any(character.isspace() or character == "," for character in tag):
        message = f"invalid tag {quote_value(tag)}: tags cannot contain spaces or commas"
        raise InvalidValue("invalid-tag", message, "use hyphens instead, as in write-docs")
    if not _is_visible(tag):
        message = f"invalid tag {quote_value(tag)}: tags cannot contain invisible characters"
        raise InvalidValue("invalid-tag", message, "use visible characters, as in write-docs")
    if tag.startswith("+"):
        hint = f"use +{tag.lstrip('+')}" if tag.strip("+") else "add a name, as in +docs"
        raise InvalidValue("invalid-tag", f"invalid tag {quote_value(text)}: it starts with two plus signs", hint)
    return tag


def parse_project(text: str) -> str:
    """Parse a project name, which consists of levels separated by slashes; no level can begin or end with a space."""
    text = _normalize(text, "project", longest=MAX_PROJECT_LENGTH)
    if any(level != level.strip() or not _is_visible(level) for level in text.split("/")):
        raise InvalidValue(
            "invalid-project",
            f"invalid project {quote_value(text)}: a level cannot be empty, or begin or end with a space",
            "use a name like acme or acme/website",
        )
    return text


def _normalize(text: str, noun: str, *, longest: int) -> str:
    if len(text) <= _MOST_COMPOSED * longest:  # a longer text is too long in NFC, too
        text = normalize_nfc(text)
    validate_text(text, noun, longest=longest)
    return text


def _is_visible(name: str) -> bool:
    return (
        bool(name)
        and name == name.strip(_JOINERS)
        and all(part.isprintable() for part in re.split(f"[{_JOINERS}]", name))
    )


def ancestors(project: str) -> list[str]:
    """Return a project's parent projects, from the top level down, followed by the project itself.

    >>> ancestors("acme/website/shop")
    ['acme', 'acme/website', 'acme/website/shop']
    """
    ends = [*(place for place, character in enumerate(project) if character == "/"), len(project)]
    return [project[:end] for end in ends if end]


def sort_key(name: str) -> tuple[Sequence[str], str]:
    """Return a key for sorting projects (level by level) or tags, ignoring case and accents.

    >>> sorted(["Zoo", "acme-x", "Éclair", "acme/web", "acme", "eclipse"], key=sort_key)
    ['acme', 'acme/web', 'acme-x', 'Éclair', 'eclipse', 'Zoo']
    """
    return [_fold(level) for level in name.split("/")], name


def _fold(name: str) -> str:
    if name.isascii():
        return name.lower()
    return strip_accents(name.casefold())


def validate_note(text: str) -> None:
    """Raise InvalidValue if a note is not valid text or is too long."""
    validate_text(text, "note", longest=MAX_DESCRIPTION_LENGTH)


def parse_labels(project: str | None, tags: Sequence[str], note: str | None) -> dict[str, Any]:
    """Return a new task's project, tags and note as fields of `Task`, or an empty dictionary if none of them is set."""
    if project is None and note is None and not tags:
        return {}
    if note is not None:
        validate_note(note)
    return {"project": None if project is None else parse_project(project), "tags": parse_tags(tags), "note": note}
