"""The probe market of each time frame with its replaced futures, and the questions asked on it.

Everything here is built once and lies in shared memory; which questions a genome is asked, and what
its answers say, is `probe`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.engine import causality, futures
from daemon.domain.engine.futures import Window
from daemon.domain.market.bars import Market
from daemon.sandbox.memory import Shared, shared_market
from daemon.sandbox.questions import Kind, Question
from daemon.sandbox.wire import Run

_FUTURES: Final = 9
_TRUNCATIONS: Final = 6
_EARLY_BARS: Final = 512


@dataclass(frozen=True, slots=True)
class Variants:
    """The probe market and its replaced futures in one piece of memory, symbols after each other.

    A variant with number k (from 1) has its future replaced from bar cuts[k-1] on.
    """

    memory: Shared
    cuts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Battery:
    """One time frame's probe market with its fixed variants, built once.

    futures: the questions about its variants. changed: the market at other prices, and with other
    session numbers.
    """

    market: Market
    variants: Variants
    futures: tuple[Question, ...]
    truncations: tuple[int, ...]
    changed: dict[Kind, Shared]


def built(market: Market) -> Battery:
    """The battery on a market."""
    bars = len(market.axis)
    cuts = causality.EARLY_CUTS + causality.fixed_cuts(bars, _FUTURES)
    everything = Window(0, bars, bars)
    variants = variants_of(market, cuts, np.random.default_rng(bars))
    return Battery(
        market,
        variants,
        tuple(future_questions(market, variants)),
        causality.fixed_cuts(bars, _TRUNCATIONS),
        {
            "scaled": shared_market(futures.scaled(market, everything)),
            "renumbered": shared_market(futures.renumbered(market, everything)),
        },
    )


def variants_of(market: Market, cuts: tuple[int, ...], generator: np.random.Generator) -> Variants:
    """The market with its future replaced from each of these cuts on."""
    others = [futures.replaced_future(market, cut, generator) for cut in cuts]
    return Variants(shared_market(futures.side_by_side([market, *others])), cuts)


def whole(market: Market, times: int) -> list[Question]:
    """The market as it is, so many times."""
    bars, symbols = market.shape
    return [Question("whole", Run(0, 0, bars, 0, symbols, 0, 0, bars))] * times


def future_questions(market: Market, variants: Variants) -> list[Question]:
    """Replaced futures; early ones on the first 512 bars only: a later bar has no part in them."""
    bars, symbols = market.shape
    asked = []
    for number, cut in enumerate(variants.cuts, start=1):
        stop = min(bars, _EARLY_BARS) if cut in causality.EARLY_CUTS else bars
        run = Run(0, 0, stop, number * symbols, symbols, 0, 0, cut)
        asked.append(Question("future", run, cut, shortened=stop < bars))
    return asked


def truncations(market: Market, cuts: Sequence[int]) -> list[Question]:
    """The market cut off at each of these bars."""
    symbols = market.shape[1]
    return [
        Question("truncation", Run(0, 0, cut, 0, symbols, 0, 0, cut), cut, shortened=True)
        for cut in cuts
    ]


def parity(market: Market, warmup: int, count: int) -> list[Question]:
    """At most `count` times exactly `warmup` bars; none where no WARMUP is known."""
    symbols = market.shape[1]
    ends = causality.parity_ends(market, warmup, count) if warmup else ()
    return [
        Question(
            "parity",
            Run(0, end - warmup, end, 0, symbols, 0, warmup - 1, warmup),
            warmup,
            end - 1,
            shortened=True,
        )
        for end in ends
    ]
