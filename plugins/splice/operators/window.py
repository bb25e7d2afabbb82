"""Window change: an indicator looks back over a longer or shorter time, or two trade places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed
from plugins.splice.tuning import Tunable, retuned, stepped, tunables

NAME = "window"
SENTENCE = "Multiplies or divides one window by 1.25, 1.6 or 2.6, or swaps two windows."
FACTORS: Final = (1.25, 1.6, 2.6)
SWAP_SHARE: Final = 0.15
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; with a window of 130 bars."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 130), 1.0, 0.0)
''',
    ),
    Example(
        seed=25,
        before='''"""Follow the faster average."""

PARAMS = {"fast": 20, "slow": 100}


def signal(bars, p):
    fast = ta.ema(bars.close, p["fast"])
    slow = ta.ema(bars.close, p["slow"])
    return np.sign(fast - slow)
''',
        after='''"""Follow the faster average; with the windows 100 and 20 exchanged."""

PARAMS = {"fast": 100, "slow": 20}


def signal(bars, p):
    fast = ta.ema(bars.close, p["fast"])
    slow = ta.ema(bars.close, p["slow"])
    return np.sign(fast - slow)
''',
    ),
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where no indicator has a window that can move."""
    found = [tunable for tunable in tunables(genome) if tunable.window]
    if not found:
        return None
    chosen = pick(rng, found)
    others = [t for t in found if t.value != chosen.value and _fits(chosen, t) and _fits(t, chosen)]
    if others and rng.random() < SWAP_SHARE:
        return _swapped(genome, chosen, pick(rng, others))
    factor = pick(rng, FACTORS)
    value = stepped(chosen, factor if rng.random() < 0.5 else 1 / factor, rng)
    if value is None:
        return None
    named = f"{chosen.key} over" if chosen.key else "a window of"
    return retuned(genome, chosen, value, f"with {named} {value} bars")


def _fits(tunable: Tunable, other: Tunable) -> bool:
    inside = tunable.low <= other.value <= tunable.high
    return inside and (not tunable.choices or other.value in tunable.choices)


def _swapped(genome: Parsed, one: Tunable, other: Tunable) -> Edit:
    clause = f"with the windows {one.value} and {other.value} exchanged"
    first = retuned(genome, one, other.value, clause)
    second = retuned(genome, other, one.value, clause)
    return replace(
        first,
        swaps=(*first.swaps, *second.swaps),
        params={**first.params, **second.params},
        same_memory=False,
    )
