"""Headlines of Org files, such as `** TODO [#A] Write the [[url][manual]] [1/2] :docs:`.

Written texts that Org would take for its own syntax contain zero-width spaces, the escape character of Org, which are
removed when they are read.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

ESCAPE = "\u200b"
KEYWORDS = frozenset({"TODO", "DONE"})

_STARS = re.compile(r"(\*+) (.*)", re.DOTALL)
_TAGS = re.compile(r":([\w@#%:]+):")
_PRIORITY = re.compile(r"\[#[A-Za-z0-9]{1,2}\][ \t]*")
_COMMENT = re.compile(r"COMMENT(?:[ \t]+|$)")
_COOKIE = re.compile(r" ?\[[0-9]*(?:%|/[0-9]*)\]")
_LINK = re.compile(r"\[\[([^][]+)\](?:\[([^]]+)\])?\]")
_NOT_IN_TAGS = re.compile(r"[^\w@#%]")


class Headline(NamedTuple):
    """A headline; level 1 is the top."""

    level: int
    title: str
    tags: tuple[str, ...]


def parse_headline(line: str, keywords: Collection[str] = KEYWORDS) -> Headline | None:
    """Parse a line as a headline; return None if it is something else. The title contains none of the `keywords`.

    >>> parse_headline("** TODO [#A] Write the [[https://example.com][manual]] [1/2] :docs:")
    Headline(level=2, title='Write the manual', tags=('docs',))
    """
    match = _STARS.match(line)
    if match is None:
        return None
    text, tags = match[2].strip(), ()
    last_word = max(text.rfind(" "), text.rfind("\t")) + 1
    if found := _TAGS.fullmatch(text, last_word):
        text, tags = text[:last_word].rstrip(" \t"), tuple(filter(None, found[1].split(":")))
    keyword, _, rest = text.partition(" ")
    if keyword in keywords:
        text = rest.lstrip()
    return Headline(len(match[1]), _plain_title(text), tags)


def format_title(text: str) -> str:
    """Return a text on a single line, which parse_headline returns as the title, if possible."""
    if "\n" not in text and _reads_as(text, text):
        return text
    line = " ".join(text.splitlines())
    return f"{ESCAPE}{line.replace('[', '[' + ESCAPE)}{ESCAPE}"


def is_kept(text: str) -> bool:
    """Return whether a text can be read again from the title that format_title returns."""
    return _reads_as(format_title(text), text)


def format_tag(tag: str) -> str:
    """Return a tag with an underscore for each character that tags of Org cannot contain."""
    return _NOT_IN_TAGS.sub("_", tag)


def _reads_as(title: str, text: str) -> bool:
    headline = parse_headline(f"* {title}")
    return headline is not None and headline.title == text and not headline.tags


def _plain_title(text: str) -> str:
    for start in (_PRIORITY, _COMMENT):
        if match := start.match(text):
            text = text[match.end() :]
    if "[" in text:
        text = _LINK.sub(lambda link: link[2] or link[1], _COOKIE.sub("", text))
    return text.strip().removeprefix(ESCAPE).removesuffix(ESCAPE).replace("[" + ESCAPE, "[")
