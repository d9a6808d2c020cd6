"""The model of requests that start or record several tasks."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    JsonValue,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from tasktimer.errors import InvalidValue
from tasktimer.server.schemas import TrackRequest

MAX_TASKS = 1000

_EXAMPLE: JsonValue = [
    {
        "description": "review",
        "start_time": "2023-07-16T09:00:00+02:00",
        "end_time": "2023-07-16T10:30:00+02:00",
    },
    {"description": "write docs"},
]


def _return_error(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Return the InvalidValue instead of raising it, since a validator does not know the index of its item."""
    try:
        return validate(value)
    except InvalidValue as error:
        return error


class TrackTasksRequest(BaseModel):
    """Tasks to start or to record, either all of them or none."""

    tasks: Annotated[list[Annotated[TrackRequest, WrapValidator(_return_error)]], FailFast()] = Field(
        min_length=1, max_length=MAX_TASKS, description="The tasks, each as in a request to /track."
    )

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"tasks": _EXAMPLE}]})

    @field_validator("tasks")
    @classmethod
    def _raise_first_error(cls, tasks: Sequence[TrackRequest | InvalidValue]) -> Sequence[object]:
        for index, task in enumerate(tasks):
            if isinstance(task, InvalidValue):
                task.item = index
                raise task
        return tasks
