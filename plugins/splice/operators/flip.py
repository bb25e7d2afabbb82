"""Sign flip: the same rule, traded the other way round, to see whether it was contrarian."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
import numpy as np

from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANSWERS_TWICE
from plugins.splice.kinds import kind_of
from plugins.splice.parsed import Parsed

NAME = "flip"
SENTENCE = "Negates the positions."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; traded the other way round."""


def signal(bars, p):
    position = np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
    return -position
''',
    ),
    Example(
        seed=0,
        before='''"""Sell the faster average."""

PARAMS = {"fast": 10, "slow": 150}


def signal(bars, p):
    fast = ta.sma(bars.close, p["fast"])
    slow = ta.sma(bars.close, p["slow"])
    return -np.sign(fast - slow)
''',
        after='''"""Sell the faster average; traded the other way round."""

PARAMS = {"fast": 10, "slow": 150}


def signal(bars, p):
    fast = ta.sma(bars.close, p["fast"])
    slow = ta.sma(bars.close, p["slow"])
    return np.sign(fast - slow)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return bars.close > ta.sma(bars.close, 50)
''',
        after='''"""Buy above the average; traded the other way round."""


def signal(bars, p):
    position = bars.close > ta.sma(bars.close, 50)
    return np.where(position, -1.0, 0.0)
''',
    ),
    ANSWERS_TWICE,
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where the answer is given in more than one place."""
    answer = genome.answer
    if answer is None:
        return None
    clause = "traded the other way round"
    if isinstance(answer, cst.UnaryOperation) and isinstance(answer.operator, cst.Minus):
        return Edit(clause, swaps=((answer, genome.text(answer.expression)),), same_memory=True)
    if kind_of(genome, answer) == "condition":  # NumPy does not negate yes and no
        return Edit(clause, answer="np.where({answer}, -1.0, 0.0)", same_memory=True)
    return Edit(clause, answer="-{answer}", same_memory=True)
