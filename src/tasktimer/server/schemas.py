"""What requests carry and answers contain, as OpenAPI describes it."""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from tasktimer.config.timezones import zone_names
from tasktimer.core.labels import MAX_PROJECT_LENGTH, MAX_TAG_LENGTH
from tasktimer.core.task import MAX_DESCRIPTION_LENGTH, MAX_INTEGER, parse_id, parse_positive, parse_user_id
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.server.pagination import CURSOR_PATTERN

# FastAPI makes floats of bounds: one that is a power of two stays exact, the largest integer would not.
_BOUND = MAX_INTEGER + 1
_ID = {"type": "integer", "minimum": 1, "exclusiveMaximum": _BOUND}
# At least one character that can be seen, and of those that cannot only tab and newline.
_DESCRIPTION = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_DESCRIPTION_LENGTH,
    "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*[!-~¡-¬®-ʯ][^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
}

_PROJECT = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_PROJECT_LENGTH,
    "pattern": "^[A-Za-z0-9]+(/[A-Za-z0-9]+)*$",
}
_TAG = {"type": "string", "minLength": 1, "maxLength": MAX_TAG_LENGTH, "pattern": "^[A-Za-z0-9]+$"}

# The days at the ends of the calendar cannot be shown in every zone.
_DATE = {"type": "string", "format": "date", "not": {"enum": [str(date.min), str(date.max)]}}


def _read_integer(value: object) -> object:
    """Take 7.0 for 7, as JSON does, where a float is exact."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 else value


def _read_instant(value: object) -> object:
    return parse_instant(value) if isinstance(value, str) else value


def _read_limit(value: object) -> object:
    return parse_positive(value, noun="limit", code="invalid-limit") if isinstance(value, str) else value


def _read_date(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # fromisoformat reads 20230716 and 2023-W28-7, too
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise InvalidValue("invalid-date", f"invalid date {quote_value(text)}", "use a format like 2023-07-16")


_Id = Annotated[int, Field(strict=True, ge=1, lt=_BOUND), BeforeValidator(_read_integer)]
TaskId = Annotated[_Id, Field(description="The id of a task.", examples=[7])]
UserId = Annotated[_Id, Field(description="The user.", examples=[42])]
PathTaskId = Annotated[int, BeforeValidator(parse_id), WithJsonSchema({**_ID, "description": "The id of a task."})]
QueryUserId = Annotated[int, BeforeValidator(parse_user_id), WithJsonSchema({**_ID, "examples": [42]})]
QueryDate = Annotated[date, BeforeValidator(_read_date), WithJsonSchema({**_DATE, "examples": ["2023-07-16"]})]
_ZONE = {"type": "string", "enum": sorted(zone_names()), "examples": ["Europe/Berlin"]}
Zone = Annotated[
    str, Field(max_length=100, description="A time zone by its IANA name; else the server's."), WithJsonSchema(_ZONE)
]
Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    Field(strict=True),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2023-07-16T09:14:00+02:00"]}),
]
Description = Annotated[str, Field(strict=True), WithJsonSchema({**_DESCRIPTION, "examples": ["write docs"]})]
Project = Annotated[str, Field(strict=True), WithJsonSchema({**_PROJECT, "examples": ["acme/website"]})]
Tag = Annotated[str, Field(strict=True), WithJsonSchema({**_TAG, "examples": ["docs"]})]
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
        description="Makes a retry safe: for 24 hours the same key gets the same answer, and nothing is done twice.",
        examples=["5f0f1cd6-5e8b-4a2c-9c0f-0c8d7f2f6b1e"],
    ),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TrackRequest(_Request):
    """A task to start, or a finished one to record."""

    user_id: UserId
    description: Description
    start_time: Annotated[Instant | None, Field(description="When it started; else now.")] = None
    end_time: Annotated[Instant | None, Field(description="When it ended: it is over. Needs start_time.")] = None
    project: Annotated[Project | None, Field(description="Its project, a slash between levels.")] = None
    tags: Annotated[list[Tag], Field(description="Its tags.", max_length=100)] = []
    note: Annotated[Description | None, Field(description="A note about it.")] = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [
                {"properties": {"end_time": {"type": "null"}}},
                {"properties": {"start_time": {"type": "string"}}, "required": ["start_time"]},
            ],
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
            raise InvalidValue("end-without-start", "end_time needs start_time", "say when it started, too")
        return self


class StopRequest(_Request):
    """A task to end."""

    id: TaskId
    end_time: Annotated[Instant | None, Field(description="When it ended; else now.")] = None

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": 7}]})


class TimesQuery(_Request):
    """A user's local day."""

    user_id: Annotated[QueryUserId, Field(description="Whose tasks.")]
    date: Annotated[QueryDate, Field(description="The day, in the zone.")]
    tz: Zone | None = None


class TaskQuery(_Request):
    """How to show a task."""

    tz: Zone | None = None


class TasksQuery(_Request):
    """Which tasks, and how many at once."""

    user_id: Annotated[QueryUserId | None, Field(description="Whose; else the token's user, or all for an admin.")] = (
        None
    )
    running: Annotated[bool | None, Field(description="Only those that run, or only those that do not.")] = None
    from_: Annotated[
        DateOrDatetime | None,
        Field(alias="from", description="Only tasks that overlap the time from here on: a date, or an instant."),
    ] = None
    to: Annotated[DateOrDatetime | None, Field(description="… up to here; a date counts to its end.")] = None
    tz: Zone | None = None
    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most."), BeforeValidator(_read_limit)] = 100
    after: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Where the page before ended: its `next`.",
            pattern=f"^{CURSOR_PATTERN}$",
            examples=["1689491640000000.7"],
        ),
    ] = None


class TaskIdResponse(BaseModel):
    """The id of a task."""

    id: TaskId


class TaskResponse(BaseModel):
    """A task; times are ISO 8601 in the zone asked for."""

    id: TaskId
    user_id: UserId
    description: Annotated[str, Field(examples=["write docs"])]
    start_time: Annotated[datetime, Field(examples=["2023-07-16T09:14:00+02:00"])]
    end_time: Annotated[datetime | None, Field(description="null while it runs.")]
    running: bool
    project: Annotated[str | None, Field(examples=["acme/website"])]
    tags: Annotated[list[str], Field(examples=[["docs"]])]
    note: str | None


class TimesheetEntryResponse(TaskResponse):
    """A task on a day."""

    time_spent: Annotated[float, Field(description="Seconds within the day, up to now.", examples=[5400.0])]


class TaskPageResponse(BaseModel):
    """Tasks by start, then id."""

    tasks: list[TaskResponse]
    next: Annotated[str | None, Field(description="What `after` takes to get the next page; null on the last.")]
