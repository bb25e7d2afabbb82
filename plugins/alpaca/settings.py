"""What an owner may choose about Alpaca."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

VARIABLES: Final = {"ALPACA_FEED": "feed", "ALPACA_DATA_URL": "data_url"}
"""Variables of the environment for keys that daemon.toml leaves at their defaults."""


class AlpacaSettings(BaseModel):
    """The table [alpaca] of daemon.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feed: Literal["iex", "sip"] = Field(
        "iex",
        description='"iex": one exchange, with every plan; "sip": the consolidated tape. Their '
        "volumes differ by a factor of forty: one lake, one feed. ALPACA_FEED if not set.",
    )
    data_url: str = Field(
        "https://data.alpaca.markets",
        pattern=r"^https?://\S+$",
        description="Address of the market-data service; ALPACA_DATA_URL if not set. Its keys are "
        "ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY.",
    )
    first_day: date = Field(
        date(2016, 1, 1), description="First day asked for where a request names none."
    )
    sip_delay_minutes: int = Field(
        16,
        ge=0,
        le=1440,
        description="How far behind the clock the feed sip is asked; 0 with a plan for live data.",
    )
    symbols_per_call: int = Field(
        100, ge=1, le=500, description="Symbols that are asked for together."
    )
    calls_per_minute: float = Field(
        200.0,
        ge=0,
        description="Most calls a minute, whatever the answers allow; 0: what the answers allow.",
    )

    def with_variables(self, variables: Mapping[str, str]) -> Self:
        """The settings with the environment's values where daemon.toml has none."""
        written = self.model_dump(exclude_unset=True)
        named = {VARIABLES[name]: value for name, value in variables.items() if value}
        return self.model_validate({**named, **written})
