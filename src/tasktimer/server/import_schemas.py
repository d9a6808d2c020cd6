"""Models of the parameters and the response of an import, and their schemas in the OpenAPI document."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from tasktimer.formats.registry import READABLE
from tasktimer.formats.rows import Adaptation
from tasktimer.server.schemas import QueryUserId, Zone

MAX_REJECTED_ROWS = 1_000

_FormatName = Annotated[str, WithJsonSchema({"type": "string", "enum": [*READABLE]})]
_Count = Annotated[int, Field(ge=0, examples=[1])]


class ImportParameters(BaseModel):
    """How to read the file, and to whom its tasks belong."""

    user_id: QueryUserId | None = Field(
        default=None,
        description="The owner of the tasks. Default: the user of the token; with an administrator's token, tasks in a "
        "file of tasktimer keep their users.",
    )
    format: _FormatName | None = Field(
        default=None, description="The format of the file. Default: recognized by its content."
    )
    tz: Zone | None = None
    day_first: bool | None = Field(
        default=None,
        description="Whether 03/04 is 3 April rather than March 4. Default: what the other dates in the file show.",
    )
    encoding: str | None = Field(default=None, max_length=40, description="The encoding of the file. Default: utf-8.")
    again: bool = Field(default=False, description="Also add tasks that were imported before and then deleted.")
    dry_run: bool = Field(default=False, description="Return what would be added without adding it.")

    model_config = ConfigDict(extra="forbid")


class RejectedRowResponse(BaseModel):
    """A row that cannot be imported."""

    place: str = Field(description="The position of the row in the file.", examples=["line 7"])
    reason: str = Field(examples=["the start is missing"])


class ImportResponse(BaseModel):
    """What an import added."""

    dry_run: bool
    command: int | None = Field(description="The number of the command in the history; null if nothing was added.")
    format: str = Field(examples=["timewarrior"])
    tz: str | None = Field(description="The zone of times without a UTC offset; null if the format has no such times.")
    rows: _Count
    from_: datetime | None = Field(alias="from", description="The first start.")
    to: datetime | None = Field(description="The last start.")
    added: _Count = Field(description="The number of tasks that were added.")
    seconds: float = Field(ge=0, description="The length of these tasks in total.", examples=[5400.0])
    running: _Count = Field(description="The number of these tasks that are running.")
    ended: _Count = Field(description="The number of running tasks from earlier imports that were ended.")
    duplicates: _Count = Field(description="The number of added tasks with the start and end of an earlier task.")
    present: _Count = Field(description="The number of rows whose tasks were added before.")
    rejected: _Count = Field(description="The number of rows that cannot be imported.")
    break_seconds: float = Field(
        ge=0, description="The length of breaks among them, which the source subtracts from its totals."
    )
    adaptations: dict[Adaptation, int] = Field(description="How many rows were changed, and how.")
    rejected_rows: list[RejectedRowResponse] = Field(
        max_length=MAX_REJECTED_ROWS, description=f"The first {MAX_REJECTED_ROWS:,} rows that cannot be imported."
    )
