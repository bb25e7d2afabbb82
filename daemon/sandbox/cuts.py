"""Where a proof cuts the market, which symbols it looks at there, and how often: its care.

A genome that peeks now and then shows it only at a cut that follows such a bar, and gains there. So
most cuts follow changes of its own positions, drawn ones and those that gained most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.engine import causality
from daemon.domain.engine.causality import Occasion
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats
from daemon.sandbox.questions import Symbols, looked_at

_SAMPLED: Final = 2
_LUCKY: Final = 1
_SHORT: Final = 4096
_EARLY_SHARE: Final = 8


@dataclass(frozen=True, slots=True)
class Care:
    """How much is asked of a genome.

    early: cuts after drawn changes in the early part. lucky: those after the changes that gained
    most there, of a rotation; lucky_symbols: the same of single symbols, which cost less. few:
    symbols looked at where they stand alone, at a cut that costs much; again: when everything is
    run once more, or with other prices, which costs most.
    """

    early: int
    lucky: int
    lucky_symbols: int
    few: int
    again: int


CARES: Final[Mapping[Occasion, Care]] = {
    "niche": Care(early=2, lucky=1, lucky_symbols=12, few=2, again=2),
    "screening": Care(early=4, lucky=8, lucky_symbols=40, few=2, again=3),
    "graduation": Care(early=10, lucky=8, lucky_symbols=40, few=3, again=1 << 16),
}
"""The same checks on each occasion, in a night of fewer symbols, for a niche with fewer cuts."""


def truncations(
    kind: Kind, positions: Floats, close: Floats, care: Care, generator: np.random.Generator
) -> list[tuple[int, Symbols]]:
    """Where it is cut short and what is looked at there, in order of bars; none on two bars.

    positions, close: float64 (T, N). At most four cuts anywhere. Then many that cost little: in the
    first eighth of a long market, after drawn changes and after those that gained most on the next
    bar, symbol by symbol where each stands alone.
    """
    bars = len(positions)
    if bars < 3:
        return []
    near = bars if bars <= _SHORT else bars // _EARLY_SHARE
    anywhere = causality.change_cuts(positions, _SAMPLED, generator)
    anywhere += causality.lucky_cuts(positions, close, _LUCKY)
    anywhere += causality.drawn_cuts(bars, 1, generator)
    early = causality.change_cuts(positions[:near], care.early, generator)
    lucky: Sequence[tuple[int, Symbols]] = ()
    if kind == "rotate":
        early += causality.lucky_cuts(positions[:near], close[:near], care.lucky)
    else:
        found = causality.lucky_symbols(positions[:near], close[:near], care.lucky_symbols)
        lucky = [(cut, (symbol, 1)) for cut, symbol in found]
    places = {*lucky, *((cut, looked_at(kind, positions, cut, 1)) for cut in early)}
    wide = {(cut, looked_at(kind, positions, cut, care.few)) for cut in anywhere}
    return sorted(places | wide)


def future_cuts(positions: Floats, generator: np.random.Generator) -> tuple[int, ...]:
    """Early cuts, one after a drawn change, and a drawn one, in order of bars."""
    bars = len(positions)
    early = [cut for cut in causality.EARLY_CUTS if cut < bars - 1]
    changes = causality.change_cuts(positions, 1, generator)
    return tuple(sorted({*early, *changes, *causality.drawn_cuts(bars, 1, generator)}))


def once_more(
    kind: Kind, positions: Floats, close: Floats, care: Care, generator: np.random.Generator
) -> Symbols:
    """The symbols that are run once more, or with other prices: of a rotation all of them.

    Of others as many as the care says, the best among them: what was learnt by heart earns there.
    positions, close: float64 (T, N).
    """
    symbols = positions.shape[1]
    if kind == "rotate" or care.again >= symbols:
        return 0, symbols
    best = causality.best_symbol(positions, close)
    least, most = max(0, best - care.again + 1), min(best, symbols - care.again)
    return int(generator.integers(least, most + 1)), care.again
