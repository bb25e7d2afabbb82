"""Sizing graft: how much of the position is taken, and on which side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.splice.answers import is_long_only, is_wrappable
from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANSWERS_TWICE, TURNED_OFTEN
from plugins.splice.parsed import Parsed

NAME = "sizing"
SENTENCE = "Halves the position in rough or falling markets, or keeps its long side only."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; at half size against the last month."""


def signal(bars, p):
    position = np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
    return position * np.where(position * ta.roc(bars.close, 21) < 0.0, 0.5, 1.0)
''',
    ),
    ANSWERS_TWICE,
    TURNED_OFTEN,
)

SIZES: Final = (
    (
        "at half size while volatility is high",
        "{answer} * np.where(ta.stdev(ta.roc(MARKET.close, 1), 20)"
        " > ta.stdev(ta.roc(MARKET.close, 1), 100), 0.5, 1.0)",
    ),
    (
        "at half size below the long average",
        "{answer} * np.where(MARKET.close < ta.sma(MARKET.close, 200), 0.5, 1.0)",
    ),
    (
        "at half size against the last month",
        "{answer} * np.where({answer} * ta.roc(MARKET.close, 21) < 0.0, 0.5, 1.0)",
    ),
    ("on the long side only", "np.maximum({answer}, 0.0)"),
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where the answer is given in more than one place, or made of too many already."""
    if not is_wrappable(genome):
        return None
    sizes = SIZES[:-1] if is_long_only(genome) else SIZES
    clause, text = pick(rng, sizes)
    return Edit(clause, answer=text.replace("MARKET", genome.market))
