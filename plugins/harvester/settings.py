"""The table [harvester] of daemon.toml."""

from pydantic import BaseModel, ConfigDict, Field


class HarvesterSettings(BaseModel):
    """[harvester]"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval_s: float = Field(300.0, gt=0, description="seconds between two collections")
    batch: int = Field(64, ge=1, description="requests collected at a time")
    probes: int = Field(
        0, ge=0, description="genomes on the probe market at a time (0: as many as workers)"
    )
