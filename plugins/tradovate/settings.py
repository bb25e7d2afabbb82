"""What an owner may choose about Tradovate."""

from collections.abc import Mapping
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

VARIABLES: Final = {"TRADOVATE_URL": "url", "TRADOVATE_MARKET_DATA_URL": "market_data_url"}
"""Variables of the environment for keys that daemon.toml leaves at their defaults."""


class TradovateSettings(BaseModel):
    """The table [tradovate] of daemon.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        "https://demo.tradovateapi.com/v1",
        pattern=r"^https?://\S+$",
        description="Address of the service; TRADOVATE_URL if not set. Its keys are "
        "TRADOVATE_USERNAME, TRADOVATE_PASSWORD, TRADOVATE_CLIENT_ID and TRADOVATE_CLIENT_SECRET, "
        "or a TRADOVATE_ACCESS_TOKEN.",
    )
    market_data_url: str = Field(
        "wss://md-demo.tradovateapi.com/v1/websocket",
        pattern=r"^wss?://\S+$",
        description="Address of the socket for charts; TRADOVATE_MARKET_DATA_URL if not set.",
    )
    app_id: str = Field("nightshift", min_length=1, description="Name the service knows us by.")
    device_id: str = Field(
        "nightshift", min_length=1, description="Name of this machine; a new one is a new device."
    )
    minutes_from: Literal["bars", "ticks"] = Field(
        "bars", description='Minute bars as the vendor makes them, or "ticks": made from trades.'
    )
    days: int = Field(30, ge=1, description="Days back where a request names no first day.")

    def with_variables(self, variables: Mapping[str, str]) -> Self:
        """The settings with the environment's values where daemon.toml has none."""
        written = self.model_dump(exclude_unset=True)
        named = {VARIABLES[name]: value for name, value in variables.items() if value}
        return self.model_validate({**named, **written})
