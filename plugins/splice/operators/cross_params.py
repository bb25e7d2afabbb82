"""Parameter crossover: values of like-named parameters come from the other parent, or between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed
from plugins.splice.tuning import Number, Tunable, retuned, tunables

NAME = "cross_params"
SENTENCE = "Gives each parameter that both parents have the other's value or the mean of both."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Follow the faster average."""

PARAMS = {"fast": 20, "slow": (100, 50, 200)}


def signal(bars, p):
    fast = ta.ema(bars.close, p["fast"])
    slow = ta.ema(bars.close, p["slow"])
    return np.sign(fast - slow)
''',
        donor='''"""Sell the faster average."""

PARAMS = {"fast": 10, "slow": 150}


def signal(bars, p):
    fast = ta.sma(bars.close, p["fast"])
    slow = ta.sma(bars.close, p["slow"])
    return -np.sign(fast - slow)
''',
        after='''"""Follow the faster average; with numbers of another idea."""

PARAMS = {"fast": 10, "slow": (125, 50, 200)}


def signal(bars, p):
    fast = ta.ema(bars.close, p["fast"])
    slow = ta.ema(bars.close, p["slow"])
    return np.sign(fast - slow)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        donor='''"""Follow the faster average."""

PARAMS = {"fast": 20, "slow": (100, 50, 200)}


def signal(bars, p):
    fast = ta.ema(bars.close, p["fast"])
    slow = ta.ema(bars.close, p["slow"])
    return np.sign(fast - slow)
''',
        after="",
    ),
)
BLEND_SHARE: Final = 0.5
CLAUSE: Final = "with numbers of another idea"


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None without a parameter in common whose values differ."""
    theirs = {t.key: t.value for donor in donors[:1] for t in tunables(donor) if t.key}
    params: dict[str, str] = {}
    for tunable in tunables(genome):
        if tunable.key in theirs:
            value = _crossed(tunable, theirs[tunable.key], rng)
            if _fits(tunable, value):
                params |= retuned(genome, tunable, value, CLAUSE).params
    return Edit(CLAUSE, params=params) if params else None


def _crossed(tunable: Tunable, other: Number, rng: np.random.Generator) -> Number:
    value = float(f"{(tunable.value + other) / 2:.3g}") if rng.random() < BLEND_SHARE else other
    return round(value) if isinstance(tunable.value, int) else float(value)


def _fits(tunable: Tunable, value: Number) -> bool:
    inside = tunable.low <= value <= tunable.high and value != tunable.value
    return inside and (not tunable.choices or value in tunable.choices)
