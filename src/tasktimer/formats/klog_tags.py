"""The tags in klog's summaries: `#name`, `#name=value` and `#name="any value"`.

`#project=acme` is the project `acme`, and `#tag="c++"` the tag `c++`, which cannot be the name of a tag in klog. Tags
at the end of a line are not a part of the description; others are, because they are words of a sentence. If a value
contains a space or a comma, the tag is only its name, and the description contains all of it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from tasktimer.core.labels import parse_project
from tasktimer.errors import InvalidValue
from tasktimer.formats.names import is_tag

_NAME = "(?:[^\\W\\d_]|[0-9_-])"  # letters of all languages, but only ASCII digits
_TAG = re.compile(rf"""#({_NAME}+)(?:=(?:"([^"\n]*)"|'([^'\n]*)'|({_NAME}*)))?""")


class Tag(NamedTuple):
    """A tag of klog as a project or as a tag; `is_whole` means that nothing of it is left out."""

    project: str | None
    tag: str | None
    is_whole: bool = True


class Tags(NamedTuple):
    """The project and the tags in a summary."""

    project: str | None
    tags: frozenset[str]


def find_tags(lines: Iterable[str]) -> Tags:
    """Return the project and the tags in lines of text; of several projects, the others are tags."""
    project = None
    tags: set[str] = set()
    for line in lines:
        for match in _TAG.finditer(line) if "#" in line else ():
            found = _interpret(match[0])
            if found.project is not None and project not in {None, found.project}:
                tags.add(f"project={found.project}")
            project = project or found.project
            if found.tag is not None:
                tags.add(found.tag)
    return Tags(project, frozenset(filter(is_tag, tags)))


def strip_tags(line: str) -> str:
    """Return a line without the tags at its end, and without spaces around it.

    >>> strip_tags("Review #draft of #acme #docs #ticket=7")
    'Review #draft of'
    """
    text = line.strip()
    matches = list(_TAG.finditer(text)) if "#" in text else []
    while matches and (last := matches.pop()).end() == len(text) and _interpret(last[0]).is_whole:
        if last.start() and not text[last.start() - 1].isspace():
            break
        text = text[: last.start()].rstrip()
    return text


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


@lru_cache(maxsize=1024)  # few tags are used again and again
def _interpret(text: str) -> Tag:
    match = _TAG.fullmatch(text)
    assert match is not None
    name, value = match[1].lower(), match[2] or match[3] or match[4]
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
