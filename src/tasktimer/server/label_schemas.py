"""The parameters of lists of projects and tags, the model of their usage, and their schemas in the OpenAPI document."""

from datetime import datetime

from pydantic import BaseModel, Field

from tasktimer.server.filter_schemas import REPORT_USER, FilterQuery
from tasktimer.server.schemas import QueryUserId


class LabelsQuery(FilterQuery):
    """A selection of tasks, of which the projects or tags are listed."""

    user_id: QueryUserId | None = Field(default=None, description=REPORT_USER)


class LabelUsageResponse(BaseModel):
    """The usage of a project or a tag."""

    name: str | None = Field(
        description="The project, without its subprojects, or the tag; null for the tasks without one.",
        examples=["acme/website"],
    )
    count: int = Field(ge=1, description="The number of tasks.", examples=[1])
    last_time: datetime = Field(
        description="The start of the most recent task.", examples=["2023-07-16T09:14:00+02:00"]
    )
    worked: float = Field(
        ge=0, description="The time spent on the tasks within the window, up to now, in seconds.", examples=[5400.0]
    )
