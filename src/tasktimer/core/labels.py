"""What makes a project, a tag and a note valid, and which words of a description are tags."""

import re
from collections.abc import Iterable, Sequence

from tasktimer.core.task import MAX_DESCRIPTION_LENGTH, normalize_nfc, validate_text
from tasktimer.errors import InvalidValue, quote_value

MAX_PROJECT_LENGTH = 200
MAX_TAG_LENGTH = 100

_JOINERS = "\u200c\u200d"  # they stand unseen within words of some languages, and within emoji of several parts


def split_tags(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Part the words of a command line into a description and tags: words of their own that begin with a plus.

    The first word is never a tag, nor is what was quoted together with other words.

    Raises:
        InvalidValue: a tag cannot be one.

    >>> split_tags(["write", "docs", "+urgent", "C++ +1"])
    ('write docs C++ +1', ('urgent',))
    """
    marked = [is_tag_word(word) and number > 0 for number, word in enumerate(words)]
    description = " ".join(word for word, is_tag in zip(words, marked, strict=True) if not is_tag)
    return description, parse_tags(word for word, is_tag in zip(words, marked, strict=True) if is_tag)


def is_tag_word(word: str) -> bool:
    """Whether a word is written as a tag.

    >>> [is_tag_word(word) for word in ("+docs", "docs", "+1 by me", "+")]
    [True, False, False, False]
    """
    return word.startswith("+") and len(word) > 1 and not any(character.isspace() for character in word)


def parse_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Read tags, with or without a plus before each, and give them in order, none twice.

    Raises:
        InvalidValue: one cannot be a tag, or they are one text, which would be taken for its letters.
    """
    if isinstance(texts, str):
        raise InvalidValue(
            "invalid-tag", f"{quote_value(texts)} is one text, not a list of tags", 'give a list: ["docs"]'
        )
    return tuple(sorted({parse_tag(text) for text in texts}))


def parse_tag(text: str) -> str:
    """Read a tag, with or without a plus before it.

    Raises:
        InvalidValue: it is blank or too long, or has a space, a comma or a control character.
    """
    tag = normalize_nfc(text.removeprefix("+"))
    validate_text(tag, "tag", longest=MAX_TAG_LENGTH)
    # In TSV and CSV a comma stands between two tags.
    if not _is_visible(tag) or any(character.isspace() or character == "," for character in tag):
        raise InvalidValue(
            "invalid-tag",
            f"the tag {quote_value(tag)} is not one word of characters that can be seen",
            "spaces and commas part tags: write-docs is one",
        )
    if tag.startswith("+"):
        hint = f"write +{tag.lstrip('+')}" if tag.strip("+") else "give it a name: +docs"
        raise InvalidValue("invalid-tag", f"the tag {quote_value(text)} has two pluses", hint)
    return tag


def parse_project(text: str) -> str:
    """Read the name of a project, a slash between its levels.

    Raises:
        InvalidValue: it is blank or too long, has a control character, or a level that is empty or begins or ends
            with a space.
    """
    text = normalize_nfc(text)
    validate_text(text, "project", longest=MAX_PROJECT_LENGTH)
    if any(level != level.strip() or not _is_visible(level) for level in text.split("/")):
        raise InvalidValue(
            "invalid-project",
            f"the project {quote_value(text)} has a level that is empty or ends with a space, or what cannot be seen",
            "write it like acme or acme/website",
        )
    return text


def _is_visible(name: str) -> bool:
    return (
        bool(name)
        and name == name.strip(_JOINERS)
        and all(part.isprintable() for part in re.split(f"[{_JOINERS}]", name))
    )


def ancestors(project: str) -> list[str]:
    """A project's upper levels, the highest first, and the project itself.

    >>> ancestors("acme/website/shop")
    ['acme', 'acme/website', 'acme/website/shop']
    """
    ends = [*(place for place, character in enumerate(project) if character == "/"), len(project)]
    return [project[:end] for end in ends if end]


def validate_note(text: str) -> None:
    """Refuse text that cannot be a note.

    Raises:
        InvalidValue: it is blank, too long, undecodable or has control characters other than tab and newline.
    """
    validate_text(text, "note", longest=MAX_DESCRIPTION_LENGTH)
