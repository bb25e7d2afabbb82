"""What calls cost: exact sums in millionths of a dollar, rounded up.

A dollar per million tokens is a millionth of a dollar per token. A batch costs half of everything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

PRICED_ON: Final = "2026-11-20"
BATCH: Final = Decimal("0.5")
OVERHEAD: Final = 2_000
"""Tokens that the service may add to a prompt for the form of the answer, at most."""


class Price(BaseModel):
    """Dollars per million tokens. write, write_hour: of a cached part, kept 5 minutes or an hour;
    read: of a part that was cached.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    write: Decimal = Field(ge=0)
    write_hour: Decimal = Field(ge=0)
    read: Decimal = Field(ge=0)

    def most(self, prompt_bytes: int, max_tokens: int) -> int:
        """What a call in a batch costs at most: no token is shorter than a byte."""
        dearest = max(self.input, self.write, self.write_hour, self.read)
        tokens = prompt_bytes + OVERHEAD
        return math.ceil(BATCH * (tokens * dearest + max_tokens * self.output))

    def of(self, tokens: Mapping[str, int]) -> int:
        """What an answered call in a batch costs, by the vendor's counts (see `counted`)."""
        rates = {
            "input": self.input,
            "write": self.write,
            "write_hour": self.write_hour,
            "read": self.read,
            "output": self.output,
        }
        total = sum((rate * tokens.get(name, 0) for name, rate in rates.items()), Decimal(0))
        return math.ceil(BATCH * total)


def counted(usage: Mapping[str, object]) -> dict[str, int]:
    """The tokens of a usage as the vendor writes it, by the names of `Price`.

    A cached part whose lifetime is not told counts as kept for an hour, the dearer of the two.
    """

    def number(value: object) -> int:
        return value if isinstance(value, int) and value > 0 else 0

    created = usage.get("cache_creation")
    kept = created if isinstance(created, Mapping) else {}
    short = number(kept.get("ephemeral_5m_input_tokens"))
    long = number(kept.get("ephemeral_1h_input_tokens"))
    written = number(usage.get("cache_creation_input_tokens"))
    return {
        "input": number(usage.get("input_tokens")),
        "write": short,
        "write_hour": max(long, written - short),
        "read": number(usage.get("cache_read_input_tokens")),
        "output": number(usage.get("output_tokens")),
    }


def _price(input: str, output: str, write: str, write_hour: str, read: str) -> Price:
    names = ("input", "output", "write", "write_hour", "read")
    texts = (input, output, write, write_hour, read)
    return Price(**{n: Decimal(text) for n, text in zip(names, texts, strict=True)})


KNOWN: Final[Mapping[str, Price]] = {
    "claude-opus-5-5": _price("4", "20", "5", "8", "0.20"),
    "claude-opus-5": _price("5", "25", "6.25", "10", "0.50"),
    "claude-sonnet-5-5": _price("2", "10", "2.50", "4", "0.10"),
    "claude-sonnet-5": _price("2", "10", "2.50", "4", "0.20"),
    "claude-sonnet-4-6": _price("3", "15", "3.75", "6", "0.30"),
    "claude-haiku-5-5": _price("0.10", "0.50", "0.125", "0.20", "0.01"),
    "claude-haiku-4-5": _price("1", "5", "1.25", "2", "0.10"),
}
"""Of prompts up to 100,000 tokens, which those of this plugin always are."""
