"""The tags of Timewarrior: from them, a task has its description, its project, and its own tags."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from tasktimer.core.labels import parse_project
from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue
from tasktimer.formats.names import UNTITLED, Names, choose_names, is_tag
from tasktimer.formats.rows import Adaptation
from tasktimer.formats.timewarrior_lines import split_labels

_FROM_TAGS = {Adaptation.TAG_AS_DESCRIPTION, Adaptation.TAGS_JOINED}
_PROJECT_PREFIX = "project:"
_LONGEST_CACHED = 200  # characters; limits the memory of the cache


class Labels(NamedTuple):
    """The names of an interval, and its annotation if that is not the description."""

    names: Names
    note: str | None


def parse_labels(text: str) -> Labels:
    """Return the labels in a line of a data file."""
    return _parse_short_labels(text) if len(text) <= _LONGEST_CACHED else choose_labels(*split_labels(text))


@lru_cache(maxsize=4096)  # many intervals have the same tags
def _parse_short_labels(text: str) -> Labels:
    return choose_labels(*split_labels(text))


def choose_labels(labels: Iterable[str], annotation: str | None) -> Labels:
    """Return the labels of an interval; without a tag of several words, the annotation is the description."""
    project = None
    words: list[str] = []
    others: list[str] = []
    for label in labels:
        if label.startswith(_PROJECT_PREFIX) and project is None and (found := _find_project(label)):
            project = found
        elif label.endswith(" ") and _is_ambiguous(label):
            words.append(label[:-1])
        elif label and not label.isspace():
            others.append(label)
    note = annotation if annotation and annotation.strip() else None
    names = choose_names(others, description="; ".join(words), note=note, project=project)
    is_described = words or not _FROM_TAGS.isdisjoint(names.adaptations)
    return Labels(names, note if is_described else None)


def task_labels(task: Task) -> tuple[list[str], str | None]:
    """Return the tags and the annotation that represent a task's description, project, tags and note."""
    tags = [tag for tag in task.tags if is_kept(tag, task)]
    if task.project is not None:
        tags.append(_PROJECT_PREFIX + task.project)
    if task.description == UNTITLED and task.project is None and task.note is None:
        return tags, None
    if not _is_ambiguous(task.description):
        return [*tags, task.description], task.note
    return (tags, task.description) if task.note is None else ([*tags, task.description + " "], task.note)


def is_word_with_note(task: Task) -> bool:
    """Return whether a description needs a space after it, because the note is the annotation."""
    return task.note is not None and _is_ambiguous(task.description)


def is_kept(tag: str, task: Task) -> bool:
    """Return whether Timewarrior can have a tag: `#` separates the annotation, and there is only one project."""
    return tag != "#" and (task.project is None or _find_project(tag) is None)


def _find_project(label: str) -> str | None:
    """Return the project in a tag such as `project:acme`, or None."""
    if not label.startswith(_PROJECT_PREFIX):
        return None
    try:
        return parse_project(label.removeprefix(_PROJECT_PREFIX))
    except InvalidValue:
        return None


def _is_ambiguous(label: str) -> bool:
    """Return whether a description would be read as a tag or a project, without spaces after it."""
    word = label.rstrip(" ")
    return is_tag(word) or _find_project(word) is not None
