"""The tags in klog's summaries: `#name`, `#name=value` and `#name="any value"`.

`#project=acme` is the project `acme`, also in `#project=acme/web`, where klog's value ends before the slash, and
`#tag="c++"` is the tag `c++`, which cannot be the name of a tag in klog. Tags are words of klog's texts, and remain in
the description, as in `Coding on #acme`, but not the project and further tags at the end of a line. If a value contains
a space or a comma, the tag is only its name, and the description contains all of it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from tasktimer.core.labels import parse_project
from tasktimer.errors import InvalidValue
from tasktimer.formats.names import is_tag
from tasktimer.formats.text_cache import cache_short_texts

_NAME = "(?:[^\\W\\d_]|[0-9_-])"  # letters of all languages, but only ASCII digits
_LEVELS = f"(?i:(?<=#project=))({_NAME}+(?:/{_NAME}+)+)"
_TAG = re.compile(rf"""#({_NAME}+)(?:=(?:"([^"\n]*)"|'([^'\n]*)'|{_LEVELS}|({_NAME}*)))?""")


class Tag(NamedTuple):
    """A tag of klog as a project or as a tag; `is_whole` means that nothing of it is left out."""

    project: str | None
    tag: str | None
    is_whole: bool = True


class Tags(NamedTuple):
    """The project and the tags in a summary; `are_whole` means that nothing of them is left out."""

    project: str | None
    tags: frozenset[str]
    are_whole: bool = True


def list_tags(lines: Iterable[str]) -> list[Tag]:
    """Return all tags in lines of text."""
    return [tag for line in lines if "#" in line for tag in _interpret_line(line)]


def merge_tags(found: Iterable[Tag]) -> Tags:
    """Return the project and the other tags; of several projects, the others are tags."""
    project = None
    tags: set[str] = set()
    are_whole = True
    for each in found:
        if each.project is not None and project not in {None, each.project}:
            tags.add(f"project={each.project}")
        project = project or each.project
        are_whole = are_whole and each.is_whole
        if each.tag is not None:
            tags.add(each.tag)
    return Tags(project, frozenset(filter(is_tag, tags)), are_whole)


def strip_tags(line: str) -> str:
    """Return a line without spaces around it, and without the tags at its end, except the first one after other words.

    >>> strip_tags("Review the #draft of #acme #docs #ticket=7"), strip_tags("Coding #project=acme #docs")
    ('Review the #draft of #acme', 'Coding')
    """
    text = line.strip()
    return _strip_tags(text) if "#" in text else text


@cache_short_texts  # lines are repeated from day to day
def _strip_tags(text: str) -> str:
    tags = _find_last_tags(text)
    if not tags:
        return text
    words = text[: tags[0].start()].rstrip()
    kept = 1 if words and _interpret(tags[0][0]).project is None else 0
    for place, match in enumerate(tags, 1):
        if not _interpret(match[0]).is_whole:
            kept = place
    return text[: tags[kept - 1].end()] if kept else words


def _find_last_tags(text: str) -> list[re.Match[str]]:
    """Return the tags at the end of a text, between spaces."""
    matches = list(_TAG.finditer(text))
    next_start, first = len(text), len(matches)
    for place in range(len(matches) - 1, -1, -1):
        start, end = matches[place].span()
        if text[end:next_start].strip() or (start and not text[start - 1].isspace()):
            break
        next_start, first = start, place
    return matches[first:]


def append_tags(text: str, project: str | None, tags: Iterable[str]) -> list[str]:
    """Return a text with the tags for a project and tags that it does not contain yet.

    They are on a line of their own if they would be read as words of the text.

    >>> append_tags("Write", "acme", ["docs"]), append_tags("Write", None, ["docs"])
    (['Write #project=acme #docs'], ['Write', '#docs'])
    """
    present = merge_tags(list_tags([text])) if "#" in text else Tags(None, frozenset())
    labels = [None if project in {None, present.project} else format_project(project or "")]
    labels += [format_tag(tag) for tag in tags if tag not in present.tags]
    if not (added := " ".join(filter(None, labels))):
        return [text] if text else []
    line = f"{text} {added}".strip()
    return [line] if strip_tags(line) == text.strip() else [text, added]


def format_project(project: str) -> str | None:
    """Return the tag for a project; None if klog cannot represent it."""
    return _format("project", project)


def format_tag(tag: str) -> str | None:
    """Return a tag in the form of klog; None if klog cannot represent it.

    >>> [format_tag(tag) for tag in ("docs", "ticket=22/48", "c++")]
    ['#docs', '#ticket="22/48"', '#tag="c++"']
    """
    name, separator, value = tag.partition("=")
    if _is_name(name) and name not in {"project", "tag"} and bool(separator) == bool(value):
        text = f"#{name}" if not separator else _format(name, value)
        if text is not None:
            return text
    return _format("tag", tag)


@cache_short_texts
def _interpret_line(line: str) -> list[Tag]:
    return [_interpret(match[0]) for match in _TAG.finditer(line)]


@cache_short_texts  # few tags are used again and again
def _interpret(text: str) -> Tag:
    match = _TAG.fullmatch(text)
    assert match is not None
    name, value = match[1].lower(), match[2] or match[3] or match[4] or match[5]
    if not value:
        return Tag(None, name) if is_tag(name) else Tag(None, None, is_whole=False)
    if name == "project":
        try:
            return Tag(parse_project(value), None)
        except InvalidValue:
            pass
    tag = value if name == "tag" else f"{name}={value}"
    return Tag(None, tag) if is_tag(tag) else Tag(None, name, is_whole=False)


def _format(name: str, value: str) -> str | None:
    if _is_name(value):
        return f"#{name}={value}"
    for quote in "\"'":
        if quote not in value:
            return f"#{name}={quote}{value}{quote}"
    return None


def _is_name(text: str) -> bool:
    return bool(text) and all(
        character.isalpha() or (character.isascii() and character.isalnum()) or character in "_-" for character in text
    )
