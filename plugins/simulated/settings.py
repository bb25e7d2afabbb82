"""What an owner may choose about the simulated market."""

import hashlib
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

PROCESS_VERSION: Final = 1
LAST_YEAR: Final = 2023
NAMES: Final = tuple(f"SIM{letter}" for letter in "ABCDEFGHIJKL")


class SimulatedSettings(BaseModel):
    """The table [simulated] of daemon.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(1, ge=0, description="The same seed makes the same market.")
    symbols: tuple[str, ...] = Field(
        NAMES,
        min_length=1,
        max_length=64,
        description="Names of the symbols; their characters repeat after twelve.",
    )
    years: int = Field(8, ge=1, le=10, description="Years of daily bars, the last one 2023.")
    minute_years: int = Field(
        1, ge=0, le=10, description="How many of them, counted from the end, have minute bars."
    )
    edge: float = Field(
        2.5,
        ge=0,
        le=10,
        description="Planted edge: annual Sharpe of a rule that knew it, before costs; 0: none.",
    )
    intraday_edge: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Share of the first half hour's move that the rest of a session adds; 0: none.",
    )

    @property
    def digest(self) -> str:
        """Hash of the settings and of the version of the process: equal digests, equal bars."""
        text = f"{PROCESS_VERSION}:{self.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def first_year(self) -> int:
        """The year of the first daily bar."""
        return LAST_YEAR - self.years + 1
