"""The twelve characters of the simulated symbols; a thirteenth symbol repeats the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats


@dataclass(frozen=True, slots=True)
class Character:
    """What a symbol is like.

    beta: to the common factor. own: its own deviation a session. price: dollars at the start.
    shares: traded a session. spread_bps: full width between bid and ask.
    """

    like: str
    beta: float
    own: float
    price: float
    shares: float
    spread_bps: float


CHARACTERS: Final = (
    Character("a broad index fund", 1.00, 0.002, 200.0, 60e6, 0.5),
    Character("a technology fund", 1.25, 0.006, 150.0, 40e6, 0.8),
    Character("a small-company fund", 1.10, 0.005, 120.0, 30e6, 1.0),
    Character("a bank", 0.90, 0.009, 60.0, 20e6, 1.7),
    Character("a utility", 0.70, 0.010, 70.0, 8e6, 2.0),
    Character("a chip maker", 1.30, 0.014, 180.0, 35e6, 1.2),
    Character("a retailer", 0.80, 0.008, 110.0, 10e6, 1.5),
    Character("a car maker", 1.10, 0.012, 90.0, 15e6, 1.8),
    Character("an oil company", 0.60, 0.009, 80.0, 12e6, 1.5),
    Character("an inverse of the index", -1.00, 0.003, 100.0, 10e6, 1.5),
    Character("a bond fund", -0.15, 0.004, 130.0, 12e6, 0.8),
    Character("the index twice over", 2.00, 0.005, 100.0, 25e6, 1.2),
)


def character(index: int) -> Character:
    """Of the symbol at that place of the settings."""
    return CHARACTERS[index % len(CHARACTERS)]


def column(name: str, indices: Sequence[int]) -> Floats:
    """One trait of several symbols, (N,)."""
    return np.array([getattr(character(index), name) for index in indices])
