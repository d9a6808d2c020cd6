"""Entity tags of tasks, for changing a task only if it has not changed, and reading it only if it has changed.

The tags are strong, since If-Match ignores weak ones. A tag depends on the fields of the task alone: with another time
zone, the response has another body but the same tag, because a change must not depend on how the task was displayed.
"""

import re
from collections.abc import Collection
from typing import Annotated

from fastapi import Header
from pydantic import WithJsonSchema

from tasktimer.core.task import Task
from tasktimer.core.task_version import task_version

_TAG = '(W/)?"[!#-~]*"'
_MAX_LENGTH = 1000
_TAGS = rf"^(\*|{_TAG}( *, *{_TAG})*)$"

# The schemas do not allow null: a header may be absent, but it is always a string.
IfMatch = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "maxLength": _MAX_LENGTH, "pattern": _TAGS}),
    Header(
        alias="If-Match",
        max_length=_MAX_LENGTH,
        pattern=_TAGS,
        description="The `ETag` of the task: if the task has changed since, the response is 412, and nothing changes. "
        "`*` stands for any state of the task.",
        examples=['"5f1c3a0b9d8e7f6a5b4c3d2e1f0a9b8c"'],
    ),
]

IfNoneMatch = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(
        alias="If-None-Match",
        description="The `ETag` of an earlier response: if the task has not changed since, the response is 304, "
        "without a body.",
        examples=['"5f1c3a0b9d8e7f6a5b4c3d2e1f0a9b8c"'],
    ),
]


def etag(task: Task) -> str:
    """Return the value of the ETag header for a task."""
    return f'"{task_version(task)}"'


def expected_versions(if_match: str | None) -> Collection[str] | None:
    """Return the versions in an If-Match header, or None if any version will do; weak tags match no version."""
    if if_match is None or if_match == "*":
        return None
    return {version for weak, version in _parse(if_match) if not weak}


def is_current(if_none_match: str | None, task: Task) -> bool:
    """Return whether an If-None-Match header contains the version of a task, as a strong or a weak tag.

    A header that is malformed contains no version, since reading a task again does no harm.
    """
    if if_none_match is None or if_none_match == "*":
        return if_none_match == "*"
    return task_version(task) in {version for _, version in _parse(if_none_match)}


def _parse(tags: str) -> list[tuple[str, str]]:
    """Return the tags in a header, each as the prefix "W/" or an empty string, and the version."""
    return re.findall('(W/)?"([^"]*)"', tags)
