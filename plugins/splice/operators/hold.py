"""Hold: a condition acts for some bars after it was met, or only once it has held for some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import NOTHING_TO_CHANGE
from plugins.splice.parsed import Parsed
from plugins.splice.slots import slots

NAME = "hold"
SENTENCE = "Lets a condition act for some bars, or asks that it held for some."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=2,
        before='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        after='''"""Buy weakness; for 2 bars after a signal."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(ta.within(weak, 2), 1.0, 0.0)
''',
    ),
    NOTHING_TO_CHANGE,
)
BARS: Final = (2, 3, 5, 10, 20)
FORMS: Final = (
    ("for {n} bars after a signal", "ta.within({old}, {n})"),
    ("once it held for {n} bars", "ta.always({old}, {n})"),
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where there is no condition."""
    found = slots(genome, "condition")
    if not found:
        return None
    node = pick(rng, found).node
    clause, text = pick(rng, FORMS)
    bars = pick(rng, BARS)
    swap = (node, text.format(old=genome.text(node), n=bars))
    return Edit(clause.format(n=bars), swaps=(swap,))
