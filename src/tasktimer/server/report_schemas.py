"""Models of the parameters and the response of a report, and their schemas in the OpenAPI document."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from tasktimer.core.report import KEYS, parse_keys
from tasktimer.core.rounding import Direction, parse_rounding_unit
from tasktimer.core.task import parse_positive
from tasktimer.formats.registry import WRITABLE
from tasktimer.server.filter_schemas import REPORT_USER, FilterQuery
from tasktimer.server.schemas import QueryUserId

_PARTS = f"One or two of {', '.join(KEYS)}, separated by a comma."
Keys = Annotated[
    tuple[str, ...],
    BeforeValidator(parse_keys),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["project", "day,project"]}),
]
Unit = Annotated[
    timedelta,
    BeforeValidator(parse_rounding_unit),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["15m"]}),
]
Depth = Annotated[int, Field(ge=1), BeforeValidator(partial(parse_positive, noun="depth", code="invalid-depth"))]
Key = Annotated[str, WithJsonSchema({"type": "string", "enum": [*KEYS]})]
ExportName = Annotated[str, WithJsonSchema({"type": "string", "enum": [*WRITABLE]})]
Seconds = Annotated[float, Field(ge=0, examples=[5400.0])]


class ReportParameters(FilterQuery):
    """How to group and round the time spent on the selected tasks within the window."""

    user_id: QueryUserId | None = Field(default=None, description=REPORT_USER)
    by: Keys | None = Field(
        default=None, description=f"{_PARTS} Default: day if a project is selected without a depth, else project."
    )
    depth: Depth | None = Field(default=None, description="The number of levels of projects to show.")
    elapsed: bool = Field(default=False, description="Count the time shared by several tasks only once.")
    fill: bool = Field(default=False, description="Include the hours, days or other parts of the window without tasks.")
    round: Unit | None = Field(
        default=None,
        description="Round the time spent per day, project and user to a multiple of this: a whole number of minutes, "
        "up to 4 hours, that divides 24 hours evenly.",
    )
    direction: Direction | None = Field(default=None, description="How to round; requires `round`. Default: `up`.")
    each: bool = Field(default=False, description="Round the time spent per day and task instead; requires `round`.")


class ExportParameters(FilterQuery):
    """The tasks to export, and the format."""

    format: ExportName = Field(description="The format of the response.")
    flatten: bool = Field(default=False, description="Cut tasks where they overlap; only for `timewarrior`.")
    for_spreadsheets: bool = Field(
        default=False, description="Write dates, times and hours in columns for people; only for `csv`."
    )


class RoundingResponse(BaseModel):
    """How times were rounded."""

    unit: int = Field(description="In seconds.", examples=[900])
    direction: Literal["up", "nearest", "down"]
    each: bool


class ReportRowResponse(BaseModel):
    """The time spent on the tasks with the same values of the keys."""

    keys: list[str | None] = Field(
        min_length=1,
        max_length=2,
        description="The value of each key; null means no project or no tags.",
        examples=[["2023-07-16", "acme/website"]],
    )
    seconds: Seconds = Field(description="The time worked, or with `elapsed` the time elapsed.")
    tasks: int = Field(description="The number of tasks.", examples=[1])
    rounded: Seconds | None = Field(default=None, description="The rounded time; present only with `round`.")


class ReportTotalResponse(BaseModel):
    """The time spent on all selected tasks, each of which is counted once."""

    worked: Seconds = Field(description="The sum of the time spent on each task.")
    elapsed: Seconds = Field(description="The time during which at least one task was running.")
    tasks: int = Field(examples=[1])
    rounded: Seconds | None = Field(default=None, description="The rounded time; present only with `round`.")


class ReportResponse(BaseModel):
    """The time spent within a window, in seconds."""

    from_: datetime = Field(alias="from", examples=["2023-07-16T00:00:00+02:00"])
    to: datetime = Field(examples=["2023-07-17T00:00:00+02:00"])
    tz: str = Field(examples=["Europe/Berlin"])
    day_starts_at: str = Field(description="The local time at which days start.", examples=["00:00"])
    by: list[Key] = Field(min_length=1, max_length=2, examples=[["day", "project"]])
    round: RoundingResponse | None
    rows: list[ReportRowResponse]
    total: ReportTotalResponse
