"""Words of a description that look like labels, such as @acme, project:acme, #docs or tag:docs, or like an option."""

import re
from collections.abc import Sequence
from contextlib import suppress

from tasktimer.core.labels import parse_project, parse_tag
from tasktimer.errors import InvalidValue

_LABEL = r"(?:(@|proj(?:ect)?[:=])|#|tags?[:=])((?<=[:=])\S+|[^\W\d_][\w/-]*)"


def split_labels(words: Sequence[str], *, has_project: bool) -> tuple[list[str], list[str], list[str]]:
    """Return the remaining words, the words that look like labels, and the options to write instead.

    A task has one project: other words that look like projects remain, or all of them if it already has one.
    """
    text, labels, options = list[str](), list[str](), list[str]()
    for word in words:
        option = _label_option(word)
        if not option or (option[0] == "-p" and has_project):
            text.append(word)
            continue
        has_project = has_project or option[0] == "-p"
        labels.append(word)
        options += option
    return text, labels, options


def _label_option(word: str) -> list[str]:
    if word == ":adjust":  # as in Timewarrior
        return ["--adjust"]
    with suppress(InvalidValue):
        if match := re.fullmatch(_LABEL, word, re.IGNORECASE):
            return ["-p", parse_project(match[2])] if match[1] else [f"+{parse_tag(match[2])}"]
    return []
