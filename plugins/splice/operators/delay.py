"""Delay: the same positions some bars later, to see whether the edge is over-fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.splice.answers import is_wrappable
from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANSWERS_TWICE, TURNED_OFTEN
from plugins.splice.parsed import Parsed

NAME = "delay"
SENTENCE = "Acts one, two or three bars later."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; acted on 3 bars later."""


def signal(bars, p):
    position = np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
    return np.nan_to_num(ta.lag(position, 3))
''',
    ),
    ANSWERS_TWICE,
    TURNED_OFTEN,
)
BARS: Final = (1, 2, 3)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where the answer is given in more than one place, or made of too many already."""
    if not is_wrappable(genome):
        return None
    bars = pick(rng, BARS)
    clause = f"acted on {bars} bar{'s' if bars > 1 else ''} later"
    return Edit(clause, answer=f"np.nan_to_num(ta.lag({{answer}}, {bars}))")
