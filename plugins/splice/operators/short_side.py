"""Short side: what only ever buys is short where it held nothing.

A rule with one side earns what the market does besides; with both it earns the difference.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugins.splice.answers import is_long_only
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANSWERS_TWICE
from plugins.splice.parsed import Parsed

NAME = "short_side"
SENTENCE = "Goes short where a rule that only buys would hold nothing."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; short otherwise."""


def signal(bars, p):
    position = np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
    return np.where(position > 0.0, position, -1.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Trade the last month both ways."""


def signal(bars, p):
    return np.sign(ta.roc(bars.close, 21))
''',
        after="",
    ),
    ANSWERS_TWICE,
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where the answer may have two sides, or is a panel's weights."""
    if genome.kind != "signal" or not is_long_only(genome):
        return None
    answer = "np.where({answer} > 0.0, {answer}, -1.0)"
    return Edit("short otherwise", answer=answer, same_memory=True)
