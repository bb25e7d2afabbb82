"""A finalist run again in other ways: dearer, later, with other parameters, on fewer symbols."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.evolution import variants
from daemon.domain.evolution.evidence import DEARER, LATER, Variant
from daemon.domain.genome import gate
from daemon.domain.genome.contract import Number
from daemon.domain.market.bars import Market
from daemon.domain.market.probe import probe
from daemon.domain.market.subset import halves, held_to
from daemon.domain.worlds.daily import daily_market
from daemon.domain.worlds.garch import garch
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.parity import UNPROVED
from daemon.supervisor.evaluations import Evaluations, Terms

UNSEEN: Final = "unseen"
_UNSEEN_SHAPE: Final = (1500, 6)


@dataclass(frozen=True, slots=True)
class Plan:
    """One variant before it is run."""

    name: str
    market: Market
    terms: Terms
    params: Mapping[str, Number]
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reruns:
    """What came of them. reasons: why the finalist looks ahead, () where it does not."""

    variants: tuple[Variant, ...]
    reasons: tuple[str, ...]


async def rerun(evaluations: Evaluations, source: str, market: Market, terms: Terms) -> Reruns:
    """Runs every variant, as many at once as the sandbox has slots; in one order, whatever ends
    first. On its own market and on symbols that it has never seen the finalist is proved, however
    it earns.
    """
    plans = planned(source, market, terms)
    found = await asyncio.gather(*(_run(evaluations, source, plan) for plan in plans))
    proofs = (market, unseen_market(source, market.timeframe))
    own, unseen = await asyncio.gather(
        *(_ahead(evaluations, source, each, terms) for each in proofs)
    )
    reasons = [*own, *(each for each in unseen if each.code != UNPROVED)]
    return Reruns(tuple(found), tuple(reason.message for reason in reasons))


def planned(source: str, market: Market, terms: Terms) -> tuple[Plan, ...]:
    """The variants of a finalist, in order."""
    dear = replace(terms, friction=variants.doubled(terms.friction))
    late = replace(terms, friction=variants.delayed(terms.friction))
    beside = variants.neighbours(gate.check(source).manifest)
    return (
        Plan(DEARER, variants.with_spread_doubled(market), dear, {}),
        Plan(LATER, market, late, {}),
        *(Plan(f"with {_told(params)}", market, terms, params) for params in beside),
        *(
            Plan(f"on {', '.join(some)}", held_to(market, some), terms, {}, some)
            for some in halves(market)
            if some
        ),
    )


def unseen_market(source: str, timeframe: str) -> Market:
    """Made-up bars of symbols that nobody has ever seen, drawn by the genome's own text.

    They are 1,500, too few to prove a long stated WARMUP: that is left to the genome's own market.
    """
    seed = zlib.crc32(source.encode())
    if timeframe != "1d":
        return probe(timeframe, seed)
    rng = np.random.default_rng(seed)
    return daily_market(garch(*_UNSEEN_SHAPE, rng).returns, rng)


async def _run(evaluations: Evaluations, source: str, plan: Plan) -> Variant:
    try:
        found = await evaluations.backtest(source, plan.market, plan.params, plan.terms)
    except GenomeRefused as refused:
        return Variant(plan.name, None, plan.params, plan.symbols, str(refused))
    return Variant(plan.name, found.evaluation, plan.params, plan.symbols)


async def _ahead(
    evaluations: Evaluations, source: str, market: Market, terms: Terms
) -> Sequence[Reason]:
    try:
        await evaluations.backtest(source, market, {}, terms, always_prove=True)
    except GenomeRefused as refused:
        return refused.reasons
    return ()


def _told(params: Mapping[str, Number]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in params.items())
