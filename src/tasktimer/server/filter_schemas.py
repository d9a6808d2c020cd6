"""Models of the parameters that select tasks, and their schemas in the OpenAPI document."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.server.schemas import DATE, Project, QueryUserId, Request, SearchText, Tag, Zone

_BOUNDS = [DATE, {"type": "string", "format": "date-time"}, {"type": "string", "minLength": 1, "maxLength": 100}]
Bound = Annotated[
    str,
    Field(max_length=100),
    WithJsonSchema({"anyOf": _BOUNDS, "examples": ["2023-07-01", "2023-07-01T09:00:00Z", "last week"]}),
]
Running = Annotated[bool, Field(description="`true` for running tasks, `false` for finished tasks.")]
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["90m", "1h30m"]}),
]


REPORT_USER = (
    "The owner of the tasks. Default: the token's user; for an administrator's token or one for reports, all users."
)


class WindowQuery(Request):
    """The owner of the tasks, and a window that they overlap."""

    user_id: QueryUserId | None = Field(
        default=None, description="The owner of the tasks. Default: the token's user; for an administrator, all users."
    )
    from_: Bound | None = Field(
        default=None,
        alias="from",
        description="The start of a window that tasks must overlap: a time, or a date or another range, of which the "
        "first day is used.",
    )
    to: Bound | None = Field(
        default=None, description="The end of the window: a time, or a date or another range, which is included."
    )
    tz: Zone | None = None


class FilterQuery(WindowQuery):
    """A selection of tasks; a task must meet all conditions."""

    project: Project | None = Field(default=None, description="Only tasks in this project or its subprojects.")
    no_project: bool = Field(default=False, description="Only tasks without a project.")
    tags: list[Tag] = Field(
        default_factory=list, alias="tag", description="Only tasks with this tag; repeat to require several."
    )
    exclude_tags: list[Tag] = Field(
        default_factory=list, alias="not_tag", description="Only tasks without this tag; can be repeated."
    )
    running: Running | None = None
    untagged: bool = Field(default=False, description="Only tasks without tags.")
    longer_than: Duration | None = Field(default=None, description="Only tasks longer than this.")
    shorter_than: Duration | None = Field(default=None, description="Only tasks shorter than this.")
    search: SearchText | None = Field(
        default=None, description="Only tasks with this text in the description or note, regardless of case."
    )
    where: str | None = Field(
        default=None,
        max_length=10_000,
        description="Only tasks that match an expression.",
        examples=["project:acme and not lunch"],
    )
