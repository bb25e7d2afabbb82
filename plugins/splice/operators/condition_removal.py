"""Condition removal: of two joined conditions one stays."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed
from plugins.splice.slots import joined_conditions

NAME = "removal"
SENTENCE = "Keeps one side of two joined conditions."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy weakness in a rising market."""


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising & weak, 1.0, 0.0)
''',
        after='''"""Buy weakness in a rising market; with one condition fewer."""


def signal(bars, p):
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(weak, 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after="",
    ),
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where no two conditions are joined."""
    found = joined_conditions(genome)
    if not found:
        return None
    node = pick(rng, found).node
    assert isinstance(node, cst.BinaryOperation | cst.BooleanOperation)
    kept = node.left if rng.random() < 0.5 else node.right
    return Edit("with one condition fewer", swaps=((node, genome.bracketed(kept)),))
