"""The table [publisher] of daemon.toml."""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field


class PublisherSettings(BaseModel):
    """When the briefing is written, how long it is, and how long it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: time = Field(time(6, 0), description="local time of the morning briefing")
    top: int = Field(5, ge=1, le=20, description="strategies shown in full")
    keep_days: int = Field(
        0, ge=0, description="days after which a briefing's files are removed (0: never)"
    )
    deadline_s: float = Field(
        30.0, gt=0, le=200, description="seconds after which a messenger is no longer waited for"
    )
