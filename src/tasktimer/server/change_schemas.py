"""Models of requests that change tasks, and of their responses, and their schemas in the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasktimer.core.task import MAX_DURATION
from tasktimer.server.optional_fields import NotNull, absent
from tasktimer.server.schemas import (
    Instant,
    Project,
    QueryUserId,
    Tag,
    TaskId,
    TaskIdResponse,
    TaskQuery,
    TaskResponse,
    Text,
    UserId,
)
from tasktimer.services.edit import EditFields

# Client generators try the models in this order, and a whole task would also pass as an ID.
WrittenTaskResponse = TaskResponse | TaskIdResponse


class TasksResponse(BaseModel):
    """Several tasks."""

    tasks: list[TaskResponse]


class TaskIdsResponse(BaseModel):
    """The IDs of several tasks."""

    ids: list[TaskId] = Field(examples=[[7, 8]])


WrittenTasksResponse = TasksResponse | TaskIdsResponse


class RunningQuery(TaskQuery):
    """The owner of the tasks, and the time zone for their times."""

    user_id: QueryUserId | None = Field(
        default=None, description="The owner of the tasks. Default: the token's user; for an administrator, all users."
    )


class WriteQuery(TaskQuery):
    """What the response to a change contains, and the time zone for its times."""

    return_: Literal["id", "task"] = Field(
        default="id", alias="return", description="`task` to return the whole task instead of its ID."
    )

    def name_request(self, *parts: object) -> str:
        """Return a name for a request with these parameters, which differs from that of any other request."""
        name = " ".join(map(str, parts))
        is_default = not self.model_fields_set or self == WriteQuery()
        return name if is_default else f"{name} {self.model_dump_json()}"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditRequest(_Body):
    """The fields of a task to change; absent fields stay unchanged."""

    description: Annotated[Text | None, NotNull()] = Field(default_factory=absent, description="The new description.")
    start_time: Annotated[Instant | None, NotNull()] = Field(default_factory=absent, description="The new start.")
    end_time: Instant | None = Field(default=None, description="The new end; null if the task is to run again.")
    project: Project | None = Field(default=None, description="The new project; null removes it.")
    tags: Annotated[list[Tag] | None, Field(max_length=100), NotNull()] = Field(
        default_factory=absent, description="The new tags, which replace all tags."
    )
    note: Text | None = Field(default=None, description="The new note; null removes it.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"end_time": "2023-07-16T17:30:00+02:00", "note": None}]})

    def fields(self) -> EditFields:
        """Return the fields in the request."""
        fields: EditFields = {}
        fields.update({name: getattr(self, name) for name in self.model_fields_set})  # type: ignore[typeddict-item]
        return fields


class SwitchRequest(_Body):
    """A task to start when the running tasks stop."""

    description: Text = Field(description="What the user is doing.")
    user_id: UserId | None = Field(
        default=None, description="The user to whom the tasks belong. Default: the token's user."
    )
    start_time: Instant | None = Field(
        default=None, description="When the running tasks stop and the new one starts. Default: now."
    )
    project: Project | None = Field(default=None, description="The project.")
    tags: list[Tag] = Field(default_factory=list, max_length=100, description="The tags.")
    note: Text | None = Field(default=None, description="A note about the task.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"description": "review"}]})


class ResumeRequest(_Body):
    """An earlier task, with whose description, project and tags to start a task."""

    id: Annotated[TaskId | None, NotNull()] = Field(
        default_factory=absent, description="The earlier task. Default: the user's task that ended last."
    )
    user_id: UserId | None = Field(
        default=None, description="The user to whom the new task belongs. Default: the token's user."
    )
    start_time: Instant | None = Field(default=None, description="When the new task starts. Default: now.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 7}]})


class SplitRequest(_Body):
    """Where to split a task."""

    at: Instant = Field(description="When the first part ends and the second part starts.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2023-07-16T10:30:00+02:00"}]})


class JoinRequest(_Body):
    """Two tasks to join."""

    ids: list[TaskId] = Field(
        min_length=2,
        max_length=2,
        description="The IDs of the two tasks.",
        json_schema_extra={"uniqueItems": True},
    )
    max_gap: float = Field(
        default_factory=float,
        strict=True,
        ge=0,
        le=MAX_DURATION.total_seconds(),
        allow_inf_nan=False,
        description="The longest time between the tasks, in seconds, that the joined task may include. Default: 0.",
        examples=[900],
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"ids": [7, 8]}]})
