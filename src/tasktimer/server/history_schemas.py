"""Models of the history: its parameters, undo and redo, and the entries, and their schemas in the OpenAPI document."""

from datetime import datetime
from functools import partial
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from tasktimer.core.task import parse_id
from tasktimer.server.optional_fields import NotNull, absent
from tasktimer.server.pagination import parse_limit
from tasktimer.server.schemas import (
    DEFAULT_USER,
    ID,
    Id,
    QueryUserId,
    Request,
    TaskId,
    TaskResponse,
    UserId,
    Zone,
    read_integer,
)

MAX_ENTRIES = 100  # each with up to MAX_CHANGES tasks before and after
MAX_CHANGES = 100

CommandId = Annotated[Id, Field(description="The ID of the command.", examples=[12])]
Count = Annotated[int, Field(strict=True, ge=1, le=MAX_ENTRIES, examples=[1]), BeforeValidator(read_integer)]
_COUNT = "The number of commands. Default: 1."
_OWNER = f"The user who ran the commands. {DEFAULT_USER}"


class HistoryQuery(Request):
    """Whose commands to list, or those that changed a task, and how many."""

    user_id: QueryUserId | None = Field(
        default=None,
        description="The user who ran the commands. Default: the token's user; for an administrator, all users.",
    )
    task_id: Annotated[int, BeforeValidator(parse_id), WithJsonSchema(ID)] | None = Field(
        default=None, description="Only commands that changed this task, of any user; not together with `user_id`."
    )
    limit: Annotated[
        int,
        Field(ge=1, le=MAX_ENTRIES, description="The maximum number of commands: the most recent ones."),
        BeforeValidator(partial(parse_limit, most=MAX_ENTRIES)),
    ] = 20
    before: Annotated[int, BeforeValidator(parse_id), WithJsonSchema(ID)] | None = Field(
        default=None, description="Only commands with lower IDs, such as that of the first command in a response."
    )
    tz: Zone | None = None


class HistoryWriteQuery(Request):
    """The time zone for the times in the response."""

    tz: Zone | None = None


class RedoRequest(Request):
    """How many of the commands that were undone last to redo."""

    count: Annotated[Count | None, NotNull()] = Field(default_factory=absent, description=_COUNT)
    user_id: UserId | None = Field(default=None, description=_OWNER)

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class UndoRequest(RedoRequest):
    """How many of the most recent commands to undo, or a single command."""

    command: Annotated[CommandId | None, NotNull()] = Field(
        default_factory=absent, description="Undo only this command; not together with `count`."
    )


class ChangeResponse(BaseModel):
    """A task before and after a command."""

    task_id: TaskId
    before: TaskResponse | None = Field(description="null if the command added the task.")
    after: TaskResponse | None = Field(description="null if the command deleted the task.")


class CommandResponse(BaseModel):
    """A command that changed tasks."""

    id: CommandId
    user_id: int = Field(description="The user who ran the command.", examples=[42])
    command: str = Field(description="The name of the command.", examples=["stop"])
    time: datetime = Field(description="When the command was run.", examples=["2023-07-16T09:14:00+02:00"])
    undone: bool = Field(description="Whether the command has been undone.")
    reverses: int | None = Field(description="The command that was undone or redone by this one.")
    changes: list[ChangeResponse] = Field(
        description=f"The changes to tasks that the token may access, at most {MAX_CHANGES}."
    )
    omitted_changes: int = Field(description="The number of further changes.", examples=[0])
