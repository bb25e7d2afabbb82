"""The vocabulary of `ta`: every indicator, entered by importing its family."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from daemon.domain.market.indicators import (  # noqa: F401 - each import enters its family
    averages,
)
from daemon.domain.market.indicators.registry import REGISTRY, Entry

INDICATORS: Final = MappingProxyType(dict(sorted(REGISTRY.items())))
"""Every entry by its name."""


def vocabulary() -> tuple[Entry, ...]:
    """All entries, sorted by name."""
    return tuple(INDICATORS.values())
