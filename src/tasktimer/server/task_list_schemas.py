"""Models of lists of tasks: their parameters and responses, and their schemas in the OpenAPI document."""

from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from tasktimer.server.filter_schemas import FilterQuery
from tasktimer.server.pagination import CURSOR_PATTERN, parse_limit
from tasktimer.server.schemas import DATE, DEFAULT_USER, QueryUserId, TaskResponse

_MOST_TASKS = 1000

Day = Annotated[
    str,
    Field(max_length=100),
    WithJsonSchema({"anyOf": [DATE, {"type": "string", "minLength": 1, "maxLength": 100}], "examples": ["2023-07-16"]}),
]


class TimesQuery(FilterQuery):
    """A user, a local day or another window, and conditions for tasks."""

    user_id: QueryUserId | None = Field(default=None, description=f"The owner of the tasks. {DEFAULT_USER}")
    date: Day | None = Field(
        default=None,
        description="The local day in the time zone `tz`: a date, `today`, `yesterday`, or a weekday such as "
        "`monday`. Required without `from` or `to`.",
    )


class TasksQuery(FilterQuery):
    """The tasks to list, their order, and the maximum number per page."""

    order: Literal["asc", "desc"] = Field(
        default="asc", description="By start, then ID: `asc` for the oldest tasks first, `desc` for the newest."
    )
    limit: Annotated[
        int,
        Field(ge=1, le=_MOST_TASKS, description="The maximum number of tasks."),
        BeforeValidator(partial(parse_limit, most=_MOST_TASKS)),
    ] = 100
    after: str | None = Field(
        default=None,
        max_length=100,
        description="The value of `next` in the previous page.",
        pattern=f"^{CURSOR_PATTERN}$",
        examples=["1689491640000000.7"],
    )


class TimesheetEntryResponse(TaskResponse):
    """A task and the time spent on it within the requested day or window."""

    time_spent: float = Field(
        description="The time spent within the day or window, up to now, in seconds.", examples=[5400.0]
    )


class TaskPageResponse(BaseModel):
    """A page of tasks, sorted by start, then ID."""

    tasks: list[TaskResponse]
    next: str | None = Field(description="The value of `after` for the next page; null on the last page.")
