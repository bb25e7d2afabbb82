"""Parameter jitter: one number moves a little, along a geometric grid."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import NOTHING_TO_CHANGE
from plugins.splice.parsed import Parsed
from plugins.splice.tuning import GRID, retuned, stepped, tunables

NAME = "jitter"
SENTENCE = "Moves one number by a log-normal step of 25 %, snapped to eight steps a doubling."
SPREAD = 0.25
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        after='''"""Buy weakness; with a number moved to 11."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 11
    return np.where(weak, 1.0, 0.0)
''',
    ),
    NOTHING_TO_CHANGE,
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where the genome has no number to move."""
    found = tunables(genome)
    if not found:
        return None
    tunable = pick(rng, found)
    steps = round(float(rng.normal(0.0, SPREAD)) / GRID) or (1 if rng.random() < 0.5 else -1)
    value = stepped(tunable, math.exp(steps * GRID), rng)
    if value is None:
        return None
    clause = f"with {tunable.key} at {value}" if tunable.key else f"with a number moved to {value}"
    return retuned(genome, tunable, value, clause)
