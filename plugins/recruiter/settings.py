"""The table [recruiter] of daemon.toml."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class RecruiterSettings(BaseModel):
    """[recruiter]"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval_s: float = Field(3600.0, gt=0, description="seconds between two looks at the pool")
    pool_target: int = Field(
        50, ge=1, description="untested genomes and open requests the pool is filled up to"
    )
    parents: int = Field(8, ge=1, description="elites chosen as parents of one generation")
    choice: Literal["fitness", "random"] = Field(
        "fitness",
        description='how parents are chosen; "random" takes any genome, whatever it earned: a '
        "control that shows what selection is worth",
    )
    swarm: str = Field("splice", description="who writes the mutations")
    cloud: str = Field(
        "",
        description='a second swarm that writes beside the first, such as "anthropic"; its answers '
        "may take hours, and the first fills that time",
    )
    cloud_open: int = Field(20, ge=1, description="requests open with the second swarm at most")
    operators: tuple[str, ...] = Field(
        (), description="mutation operators to draw from; all that the swarm has if empty"
    )
    without: tuple[str, ...] = Field(
        (),
        description='mutation operators left out, such as "timeframe" on a lake of daily bars',
    )
    seeds: bool = Field(True, description="whether unknown files of genomes/seeds are adopted")
    benchmarks: tuple[str, ...] = Field(
        ("buy_and_hold",), description="seeds that are only compared with, never candidates"
    )
