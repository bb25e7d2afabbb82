"""From positions to an evaluation: simulate, measure, cut into blocks, judge."""

from __future__ import annotations

from dataclasses import dataclass

from daemon.domain.market.bars import Floats
from daemon.domain.stats.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Block:
    """One walk-forward block: its first and last session, its fitness before and after shrinkage.

    fitness: None where refused; `refusal` says why.
    """

    first_session: int
    last_session: int
    sharpe: float | None
    fitness: float | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Behaviour of a strategy, used for niches and diversity, never for fitness.

    turnover: dollars traded a year / mean equity. net: mean net exposure. beta: to the market.
    holding: mean sessions a closed trade was held.
    """

    turnover: float
    net: float
    beta: float
    holding: float

    @property
    def niche(self) -> str:
        """Name of the archive's cell, for example `t2-b1-h0`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one backtest found; every hash needed to find it again.

    fitness: on the whole period; selection: over the blocks (F_sel of statistics), the number
    that orders the search. Both None where refused. session_returns: float64 (S,), market_returns
    likewise (equal-weighted close-to-close). first_date, last_date: days since 1970-01-01.
    skipped: symbols of the universe that have no data. flags: `fee_estimated`, `suspected_leak`
    (annual Sharpe above 5 on bars of an hour or more), `ambiguous`.
    """

    market_hash: str
    positions_hash: str
    friction: str
    friction_hash: str
    timeframe: str
    symbols: tuple[str, ...]
    first_date: int
    last_date: int
    bars: int
    metrics: Metrics
    blocks: tuple[Block, ...]
    fitness: float | None
    fitness_refusal: str
    selection: float | None
    descriptors: Descriptors
    session_returns: Floats
    market_returns: Floats
    trade_hash: str
    simulated: bool = False
    skipped: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
