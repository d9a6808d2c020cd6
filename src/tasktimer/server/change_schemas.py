"""Models of requests that change tasks, and of their responses, and their schemas in the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from tasktimer.server.schemas import Instant, Project, Tag, TaskIdResponse, TaskQuery, TaskResponse, Text
from tasktimer.services.edit import EditFields

# Client generators try the models in this order, and a whole task would also pass as an ID.
WrittenTaskResponse = TaskResponse | TaskIdResponse


def _reject_null(value: object) -> object:
    if value is None:
        message = "Input should not be null"
        raise ValueError(message)
    return value


# The default of an optional field that cannot be null. A factory, since the default is not part of the document.
_ABSENT = BeforeValidator(_reject_null)


def _absent() -> None:
    return None


class WriteQuery(TaskQuery):
    """What the response to a change contains, and the time zone for its times."""

    return_: Literal["id", "task"] = Field(
        default="id", alias="return", description="`task` to return the whole task instead of its ID."
    )

    def name_request(self, *parts: object) -> str:
        """Return a name for a request with these parameters, which differs from that of any other request."""
        name = " ".join(map(str, parts))
        return name if self == WriteQuery() else f"{name} {self.model_dump_json()}"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditRequest(_Body):
    """The fields of a task to change; absent fields stay unchanged."""

    description: Annotated[Text | SkipJsonSchema[None], _ABSENT] = Field(
        default_factory=_absent, description="The new description."
    )
    start_time: Annotated[Instant | SkipJsonSchema[None], _ABSENT] = Field(
        default_factory=_absent, description="The new start."
    )
    end_time: Instant | None = Field(default=None, description="The new end; null if the task is to run again.")
    project: Project | None = Field(default=None, description="The new project; null removes it.")
    tags: Annotated[list[Tag] | SkipJsonSchema[None], _ABSENT] = Field(
        default_factory=_absent, max_length=100, description="The new tags, which replace all tags."
    )
    note: Text | None = Field(default=None, description="The new note; null removes it.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"end_time": "2023-07-16T17:30:00+02:00", "note": None}]})

    def fields(self) -> EditFields:
        """Return the fields in the request."""
        fields: EditFields = {}
        fields.update({name: getattr(self, name) for name in self.model_fields_set})  # type: ignore[typeddict-item]
        return fields
