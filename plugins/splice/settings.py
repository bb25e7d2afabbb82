"""The table [splice] of daemon.toml."""

from pydantic import BaseModel, ConfigDict, Field


class SpliceSettings(BaseModel):
    """[splice]"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tries: int = Field(
        5, ge=1, le=50, description="draws until a child passes the gate, before it gives up"
    )
