"""What an owner may choose about the swarm in the cloud."""

from collections.abc import Mapping
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from plugins.anthropic_swarm.prices import KNOWN, PRICED_ON, Price

VARIABLES: Final = {"ANTHROPIC_BASE_URL": "base_url"}
"""Variables of the environment for keys that daemon.toml leaves at their defaults."""


class AnthropicSettings(BaseModel):
    """The table [anthropic_swarm] of daemon.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field("claude-sonnet-5-5", description="the model that writes; it needs a price")
    base_url: str = Field(
        "https://api.anthropic.com",
        pattern=r"^https?://\S+$",
        description="address of the service; ANTHROPIC_BASE_URL if not set. Its key is "
        "ANTHROPIC_API_KEY.",
    )
    dollars_per_day: float = Field(
        2.0, ge=0, description="most dollars a day (UTC), reserved before a request is sent"
    )
    dollars_per_month: float = Field(30.0, ge=0, description="most dollars a month (UTC)")
    effort: Literal["low", "medium", "high"] = Field(
        "medium", description="how hard the model thinks; thinking counts as output"
    )
    max_tokens: int = Field(
        12_000, ge=1_000, le=64_000, description="longest answer, thinking included"
    )
    poll_s: float = Field(60.0, gt=0, description="seconds between two looks at a batch")
    prices: dict[str, Price] = Field(
        {},
        description="dollars per million tokens of models that are not known or have another "
        f"price by now: input, output, write, write_hour, read (known ones of {PRICED_ON})",
    )

    @model_validator(mode="after")
    def _is_priced(self) -> Self:
        if self.model not in {**KNOWN, **self.prices}:
            known = ", ".join(sorted({**KNOWN, **self.prices}))
            raise ValueError(
                f'no price is known of the model "{self.model}", so no budget could be kept; '
                f"expected one of {known}, or its price under [anthropic_swarm.prices]"
            )
        return self

    @property
    def price(self) -> Price:
        """Of the chosen model."""
        return {**KNOWN, **self.prices}[self.model]

    def with_variables(self, variables: Mapping[str, str]) -> Self:
        """The settings with the environment's values where daemon.toml has none."""
        written = self.model_dump(exclude_unset=True)
        named = {VARIABLES[name]: value for name, value in variables.items() if value}
        return self.model_validate({**named, **written})
