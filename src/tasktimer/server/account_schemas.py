"""Models of what a client can find out about its token and the server, and their schemas in the OpenAPI document."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from tasktimer.core.token import Access


class MeQuery(BaseModel):
    """No parameters; others are rejected, as everywhere."""

    model_config = ConfigDict(extra="forbid")


class OwnTokenResponse(BaseModel):
    """The token of a request, without its secret."""

    id: int = Field(examples=[3])
    name: str | None = Field(examples=["laptop"])
    expiry_time: datetime | None = Field(description="When the token expires; null if it is valid until revoked.")


class MeResponse(BaseModel):
    """Whom a token acts for, and the defaults of the server."""

    user_id: int | None = Field(
        description="The default of `user_id`; null if the server runs without tokens.", examples=[42]
    )
    name: str | None = Field(description="The name of the user, if it has one.", examples=["ada"])
    admin: bool = Field(description="Whether the token acts for all users.")
    access: Access = Field(description="What the token allows: write, read, or read and the reports of all users.")
    token: OwnTokenResponse | None = Field(description="null if the server runs without tokens.")
    tz: str = Field(description="The time zone of requests without `tz`.", examples=["Europe/Berlin"])
    day_starts_at: str = Field(description="The local time at which days start.", examples=["00:00"])
    version: str = Field(description="The version of tasktimer on the server.", examples=["0.1.0"])


class UserResponse(BaseModel):
    """A user."""

    id: int = Field(ge=1, examples=[42])
    name: str | None = Field(description="null if the user has no name.", examples=["ada"])
