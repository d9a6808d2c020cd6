"""Models of requests and responses, and their schemas in the OpenAPI document.

The services validate texts, IDs and times. Each schema in `WithJsonSchema` allows at least the values that the services
accept. The patterns use only syntax that regular expressions in ECMAScript, Python, Rust and Go have in common.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from tasktimer.core.labels import MAX_PROJECT_LENGTH, MAX_TAG_LENGTH
from tasktimer.core.task import MAX_DESCRIPTION_LENGTH, MAX_INTEGER, parse_id, parse_user_id
from tasktimer.core.task_filter import MAX_SEARCH_LENGTH
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue
from tasktimer.server.optional_fields import NotNull, absent

# FastAPI converts bounds to floats, which can represent a power of two exactly, but not the largest 64-bit integer.
_BOUND = MAX_INTEGER + 1
ID = {"type": "integer", "format": "int64", "minimum": 1, "exclusiveMaximum": _BOUND}

_CONTROL = r"\x00-\x1f\x7f-\x9f"
# No control characters except tab and newline, and at least one character that is not white space.
_NOT_CONTROL = r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*"
_TEXT = rf"^{_NOT_CONTROL}[^\s{_CONTROL}]{_NOT_CONTROL}$"
# No `maxLength`: the limit applies after Unicode normalization, which may shorten the label.
_LEVEL = rf"[^\s/{_CONTROL}]([^/{_CONTROL}]*[^\s/{_CONTROL}])?"
_PROJECT = f"^{_LEVEL}(/{_LEVEL})*$"
_TAG = rf"^\+?[^\s,+{_CONTROL}][^\s,{_CONTROL}]*$"

DEFAULT_USER = "Default: the token's user; required if the server runs without tokens."

# The first and last days of the calendar have no local midnight in some time zones.
DATE = {"type": "string", "format": "date", "not": {"enum": [str(date.min), str(date.max)]}}


def read_integer(value: object) -> object:
    """Convert a whole float such as 7.0 to an integer, since JSON has only one type of number."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 else value


def _read_instant(value: object) -> object:
    return parse_instant(value) if isinstance(value, str) else value


def _text_schema(pattern: str, example: str, **more: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, **more, "pattern": pattern, "examples": [example]})


Id = Annotated[
    int, Field(strict=True, ge=1, lt=_BOUND, json_schema_extra={"format": "int64"}), BeforeValidator(read_integer)
]
TaskId = Annotated[Id, Field(description="The ID of the task.", examples=[7])]
UserId = Annotated[Id, Field(description="The user to whom the task belongs.", examples=[42])]
PathTaskId = Annotated[int, BeforeValidator(parse_id), WithJsonSchema({**ID, "description": "The ID of the task."})]
QueryUserId = Annotated[int, BeforeValidator(parse_user_id), WithJsonSchema({**ID, "examples": [42]})]
Zone = Annotated[
    str, Field(max_length=100, description="An IANA time zone. Default: the server's.", examples=["Europe/Berlin"])
]
Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    Field(strict=True),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2023-07-16T09:14:00+02:00"]}),
]
Text = Annotated[str, _text_schema(_TEXT, "write docs", maxLength=MAX_DESCRIPTION_LENGTH)]
SearchText = Annotated[str, _text_schema(_TEXT, "docs", maxLength=MAX_SEARCH_LENGTH)]
Project = Annotated[str, _text_schema(_PROJECT, "acme/website")]
Tag = Annotated[str, _text_schema(_TAG, "docs")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="Makes retries safe: for 24 hours, a request with the same key returns the stored response "
        "and does nothing else. Send a new UUID with each new request.",
    ),
]


class Request(BaseModel):
    """The base of models that reject unknown fields."""

    model_config = ConfigDict(extra="forbid")


class TrackRequest(Request):
    """A task to start, or a finished task to record."""

    user_id: UserId | None = Field(default=None, description=f"The owner of the task. {DEFAULT_USER}")
    description: Text = Field(description="What the user is doing.")
    start_time: Instant | None = Field(default=None, description="When the task started. Default: now.")
    end_time: Instant | None = Field(default=None, description="When the task ended; requires `start_time`.")
    project: Project | None = Field(
        default=None, description=f"The project, with slashes between levels; at most {MAX_PROJECT_LENGTH} characters."
    )
    # Use a factory, since client generators treat a field with a default in the document as required.
    tags: list[Tag] = Field(
        default_factory=list, max_length=100, description=f"The tags, each of at most {MAX_TAG_LENGTH} characters."
    )
    note: Text | None = Field(default=None, description="A note about the task.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"description": "write docs"}]})

    @model_validator(mode="after")
    def _has_start(self) -> "TrackRequest":
        if self.end_time is not None and self.start_time is None:
            raise InvalidValue("end-without-start", "end_time requires start_time", "add start_time")
        return self


class StopRequest(Request):
    """A task to stop; by default, the user's only running task."""

    id: Annotated[TaskId | None, NotNull()] = Field(
        default_factory=absent, description="The ID of the task. Default: the user's only running task."
    )
    user_id: UserId | None = Field(
        default=None, description="The user to whom the task belongs. Default: the token's user."
    )
    end_time: Instant | None = Field(default=None, description="When the task ended. Default: now.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 7}]})


class TaskQuery(Request):
    """The time zone for the times in the response."""

    tz: Zone | None = None


class TaskIdResponse(BaseModel):
    """The ID of a task."""

    id: TaskId


class TaskResponse(BaseModel):
    """A task, with its times in the requested time zone."""

    id: TaskId
    user_id: UserId
    description: str = Field(examples=["write docs"])
    start_time: datetime = Field(examples=["2023-07-16T09:14:00+02:00"])
    end_time: datetime | None = Field(description="The end of the task; null while the task is running.")
    running: bool
    project: str | None = Field(examples=["acme/website"])
    tags: list[str] = Field(examples=[["docs"]])
    note: str | None


class Health(BaseModel):
    """The liveness of a process."""

    status: Literal["alive"]


class Readiness(BaseModel):
    """The readiness of a server to handle requests."""

    status: Literal["ready"]
    store: Literal["current", "empty"] = Field(description="`empty` if the first write will create the store.")


class InvalidField(BaseModel):
    """An invalid field of a request."""

    location: str = Field(description="The path of the field.", examples=["body.user_id", "query.date"])
    detail: str = Field(description="Why the field is invalid.", examples=["Field required"])


class ProblemDetails(BaseModel):
    """The reason why a request failed (RFC 9457)."""

    type: str = Field(description="A URN that ends with `code`.", examples=["urn:tasktimer:problem:already-stopped"])
    title: str = Field(description="The reason phrase of the status.", examples=["Conflict"])
    status: int = Field(description="The HTTP status.", examples=[409])
    detail: str = Field(description="An explanation for human readers.", examples=["task 7 is already stopped"])
    code: str = Field(description="A stable code for programs.", examples=["already-stopped"])
    hint: str | None = Field(description="What to do about the problem.", examples=["see /docs"])
    errors: list[InvalidField] | None = Field(
        default=None,
        description="One entry per invalid field if `code` is `invalid-request`, or the item of a list that caused the "
        "problem; otherwise absent.",
    )
