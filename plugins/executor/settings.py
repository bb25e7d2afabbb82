"""The table [executor] of daemon.toml."""

from pydantic import BaseModel, ConfigDict, Field


class ExecutorSettings(BaseModel):
    """[executor]"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval_s: float = Field(600.0, gt=0, description="seconds between two rounds of backtests")
    threshold: float = Field(
        0.5, description="selection fitness from which on a genome becomes screened"
    )
    workers: int = Field(
        0, ge=0, description="backtests at a time (0: as many as the place they run in has)"
    )
    runs_on: str = Field("local", description="name of the executor that runs the backtests")
