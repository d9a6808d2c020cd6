"""The description, project and tags of rows, chosen from the names that a format has."""

from collections.abc import Iterable
from typing import NamedTuple

from tasktimer.core.labels import MAX_TAG_LENGTH, parse_project, parse_tag
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import InvalidValue
from tasktimer.formats.rows import Adaptation
from tasktimer.formats.text_cache import cache_short_texts

UNTITLED = "untitled"
DIVISION_SLASH = "\u2215"  # stands for a slash within the name of a project, which would start another level

_LONGEST_LABEL = 4 * MAX_TAG_LENGTH  # longer than a tag whose letters and accents are separate characters


class Names(NamedTuple):
    """The description, project and tags of a row."""

    description: str
    project: str | None
    tags: tuple[str, ...]
    adaptations: tuple[Adaptation, ...]


def choose_names(
    labels: Iterable[str] = (), *, description: str | None = None, note: str | None = None, project: str | None = None
) -> Names:
    """Return the names of a row with these labels.

    A label that is a valid tag becomes one; the others, of several words, are the description, unless there is one.
    Without any, the description is the note, else the project, else `untitled`.

    >>> choose_names(["docs", "write the manual"])[::2]
    ('write the manual', ('docs',))
    """
    tags: list[str] = []
    phrases: list[str] = []
    for label in labels:
        (tags if " " not in label and is_tag(label) else phrases).append(label)
    found = [] if description is None or not description.strip() else [description]
    adaptations: list[Adaptation] = []
    if phrases:
        adaptations.append(Adaptation.TAGS_JOINED if len(phrases + found) > 1 else Adaptation.TAG_AS_DESCRIPTION)
    text = "; ".join(found + phrases) or note
    if not text:
        adaptations.append(Adaptation.UNTITLED if project is None else Adaptation.PROJECT_AS_DESCRIPTION)
    unique = tuple(sorted({normalize_nfc(tag) for tag in tags}))
    return Names(text or project or UNTITLED, project, unique, tuple(adaptations))


def is_tag(label: str) -> bool:
    """Return whether a label is a valid tag as it is."""
    return len(label) <= _LONGEST_LABEL and _is_tag(label)


@cache_short_texts
def _is_tag(label: str) -> bool:
    try:
        return parse_tag(label) == normalize_nfc(label)
    except InvalidValue:
        return False


@cache_short_texts
def join_levels(*names: str) -> tuple[str | None, tuple[Adaptation, ...]]:
    """Return a project with these names as its levels, without empty ones, and what was replaced.

    >>> join_levels("Acme", "", " Website ")
    ('Acme/Website', ())
    """
    levels = [name.strip() for name in names if name.strip()]
    replaced = any("/" in level for level in levels)
    project = "/".join(level.replace("/", DIVISION_SLASH) for level in levels) or None
    return project, (Adaptation.SLASH_REPLACED,) if replaced else ()


@cache_short_texts
def choose_project(name: str) -> tuple[str | None, tuple[Adaptation, ...]]:
    """Return a name as a project, in which slashes separate levels, and what was replaced.

    If a level would be empty, or begin or end with a space, the slashes are a part of the name.

    >>> choose_project("acme/website")[0], choose_project("24 / 7")[0] == f"24 {DIVISION_SLASH} 7"
    ('acme/website', True)
    """
    try:
        return parse_project(name), ()
    except InvalidValue:
        return join_levels(name)
