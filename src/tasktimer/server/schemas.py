"""Models of requests and responses, and their description in the OpenAPI document.

The services validate texts, IDs and times. `WithJsonSchema` describes what they accept, never less; the patterns use
only what regular expressions of ECMAScript, Python, Rust and Go have in common.
"""

from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from tasktimer.core.labels import MAX_PROJECT_LENGTH, MAX_TAG_LENGTH
from tasktimer.core.task import MAX_DESCRIPTION_LENGTH, MAX_INTEGER, parse_id, parse_positive, parse_user_id
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue
from tasktimer.server.pagination import CURSOR_PATTERN, parse_date

# FastAPI makes floats of bounds: a power of two stays exact, the largest 64-bit integer would not.
_BOUND = MAX_INTEGER + 1
_ID = {"type": "integer", "format": "int64", "minimum": 1, "exclusiveMaximum": _BOUND}

_CONTROL = r"\x00-\x1f\x7f-\x9f"
# No control character but tab and newline, and at least one that is not white space.
_NOT_CONTROL = r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*"
_TEXT = rf"^{_NOT_CONTROL}[^\s{_CONTROL}]{_NOT_CONTROL}$"
# Labels are counted after Unicode normalization, which may shorten them: no `maxLength` would be right.
_LEVEL = rf"[^\s/{_CONTROL}]([^/{_CONTROL}]*[^\s/{_CONTROL}])?"
_PROJECT = f"^{_LEVEL}(/{_LEVEL})*$"
_TAG = rf"^\+?[^\s,+{_CONTROL}][^\s,{_CONTROL}]*$"

# The first and the last day of the calendar have no local midnight in some zones.
_DATE = {"type": "string", "format": "date", "not": {"enum": [str(date.min), str(date.max)]}}


def _read_integer(value: object) -> object:
    """Accept 7.0 for 7, as JSON does, if the float is exact."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 else value


def _read_instant(value: object) -> object:
    return parse_instant(value) if isinstance(value, str) else value


def _text_schema(pattern: str, example: str, **more: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, **more, "pattern": pattern, "examples": [example]})


_Id = Annotated[
    int,
    Field(strict=True, ge=1, lt=_BOUND, json_schema_extra={"format": "int64"}),
    BeforeValidator(_read_integer),
]
TaskId = Annotated[_Id, Field(description="The ID of the task.", examples=[7])]
UserId = Annotated[_Id, Field(description="The user the task belongs to.", examples=[42])]
PathTaskId = Annotated[int, BeforeValidator(parse_id), WithJsonSchema({**_ID, "description": "The ID of the task."})]
QueryUserId = Annotated[int, BeforeValidator(parse_user_id), WithJsonSchema({**_ID, "examples": [42]})]
QueryDate = Annotated[date, BeforeValidator(parse_date), WithJsonSchema({**_DATE, "examples": ["2023-07-16"]})]
Zone = Annotated[
    str,
    Field(
        max_length=100,
        description="The IANA name of a time zone. Default: the server's zone.",
        examples=["Europe/Berlin"],
    ),
]
Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    Field(strict=True),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2023-07-16T09:14:00+02:00"]}),
]
Text = Annotated[str, _text_schema(_TEXT, "write docs", maxLength=MAX_DESCRIPTION_LENGTH)]
Project = Annotated[str, _text_schema(_PROJECT, "acme/website")]
Tag = Annotated[str, _text_schema(_TAG, "docs")]
DateOrDatetime = Annotated[
    str,
    Field(max_length=100),
    WithJsonSchema(
        {
            "anyOf": [_DATE, {"type": "string", "format": "date-time"}],
            "examples": ["2023-07-01", "2023-07-01T09:00:00Z"],
        }
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="Makes a retry safe: within 24 hours a request with the same key gets the stored response, and "
        "nothing is done twice. Send a new UUID with each request.",
    ),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TrackRequest(_Request):
    """A task to start, or a finished task to record."""

    user_id: UserId
    description: Annotated[Text, Field(description="What is being done.")]
    start_time: Annotated[Instant | None, Field(description="When the task started. Default: now.")] = None
    end_time: Annotated[Instant | None, Field(description="When the task ended; requires `start_time`.")] = None
    project: Annotated[
        Project | None,
        Field(description=f"The project, with slashes between levels; at most {MAX_PROJECT_LENGTH} characters."),
    ] = None
    # A factory, since generators make a field with a default in the document required.
    tags: Annotated[
        list[Tag], Field(description=f"The tags; each has at most {MAX_TAG_LENGTH} characters.", max_length=100)
    ] = Field(default_factory=list)
    note: Annotated[Text | None, Field(description="A note about the task.")] = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"user_id": 42, "description": "write docs"},
                {
                    "user_id": 42,
                    "description": "review",
                    "start_time": "2023-07-16T09:14:00+02:00",
                    "end_time": "2023-07-16T09:45:00+02:00",
                },
            ],
        },
    )

    @model_validator(mode="after")
    def _has_start(self) -> "TrackRequest":
        if self.end_time is not None and self.start_time is None:
            raise InvalidValue("end-without-start", "end_time requires start_time", "add start_time")
        return self


class StopRequest(_Request):
    """A task to stop."""

    id: TaskId
    end_time: Annotated[Instant | None, Field(description="When the task ended. Default: now.")] = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 7}]})


class TimesQuery(_Request):
    """A local day of a user."""

    user_id: Annotated[QueryUserId, Field(description="The user.")]
    date: Annotated[QueryDate, Field(description="The day, in the time zone.")]
    tz: Zone | None = None


class TaskQuery(_Request):
    """How to show a task."""

    tz: Zone | None = None


class TasksQuery(_Request):
    """Which tasks to list, and how many."""

    user_id: Annotated[
        QueryUserId | None,
        Field(description="The user. Default: the user of the token; with an administrator's token, all users."),
    ] = None
    running: Annotated[
        bool | None, Field(description="`true` for running tasks only, `false` for finished tasks only.")
    ] = None
    from_: Annotated[
        DateOrDatetime | None,
        Field(alias="from", description="Only tasks that overlap the time after this date or instant."),
    ] = None
    to: Annotated[
        DateOrDatetime | None,
        Field(description="Only tasks that overlap the time before the end of this date, or before this instant."),
    ] = None
    tz: Zone | None = None
    limit: Annotated[
        int,
        Field(ge=1, le=1000, description="The maximum number of tasks."),
        BeforeValidator(partial(parse_positive, noun="limit", code="invalid-limit")),
    ] = 100
    after: Annotated[
        str | None,
        Field(
            max_length=100,
            description="The `next` of the previous page.",
            pattern=f"^{CURSOR_PATTERN}$",
            examples=["1689491640000000.7"],
        ),
    ] = None


class TaskIdResponse(BaseModel):
    """The ID of a task."""

    id: TaskId


class TaskResponse(BaseModel):
    """A task; its times are in the time zone of the request."""

    id: TaskId
    user_id: UserId
    description: Annotated[str, Field(examples=["write docs"])]
    start_time: Annotated[datetime, Field(examples=["2023-07-16T09:14:00+02:00"])]
    end_time: Annotated[datetime | None, Field(description="null while the task is running.")]
    running: bool
    project: Annotated[str | None, Field(examples=["acme/website"])]
    tags: Annotated[list[str], Field(examples=[["docs"]])]
    note: str | None


class TimesheetEntryResponse(TaskResponse):
    """A task, and the time spent on it on a day."""

    time_spent: Annotated[float, Field(description="Seconds within the day, until now.", examples=[5400.0])]


class TaskPageResponse(BaseModel):
    """A page of tasks, ordered by start, then ID."""

    tasks: list[TaskResponse]
    next: Annotated[str | None, Field(description="The `after` of the next page; null on the last page.")]
