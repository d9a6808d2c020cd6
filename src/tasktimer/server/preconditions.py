"""Entity tags, with which a client changes a task only if it has not changed since the client read it."""

import re
from collections.abc import Collection
from typing import Annotated

from fastapi import Header

from tasktimer.core.task import Task
from tasktimer.core.task_version import task_version

_TAG = '(W/)?"[!#-~]*"'

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        pattern=rf"^(\*|{_TAG}( *, *{_TAG})*)$",
        description="The `ETag` of the task: if the task has changed since, the response is 412, and nothing changes. "
        "`*` stands for any state of the task.",
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
    return {version for weak, version in re.findall('(W/)?"([^"]*)"', if_match) if not weak}
