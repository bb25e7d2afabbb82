"""How likely a result is luck, given how often was looked; numbers that the briefing puts in words.

Every Sharpe here is per period. All trials count as looks, also failed ones; a number of
independent trials is told beside them and never replaces them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.stats.eprocess import periods_to_evidence
from daemon.domain.stats.sharpe import (
    Moments,
    best_by_luck,
    chance_by_luck,
    deflated_sharpe,
    luck_bound,
    minimum_track_record,
    trial_variance,
)

EVIDENCE: Final = 0.95
"""The deflated Sharpe ratio from which on the strict rule speaks of evidence."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What was looked at before a result was chosen.

    trials: N >= 1, all of the ledger. sharpes: per period, of every trial that was rated.
    independent: trials that N are worth (see `effective_trials`, `clusters`); N where unknown.
    """

    trials: int
    sharpes: Floats
    independent: float


@dataclass(frozen=True, slots=True)
class LuckLines:
    """Per-period Sharpe ratios of strategies without skill.

    expected: of the best of N, whose estimates vary by 1/T. bound: what that best exceeds once in
    twenty. strict: expected of the best if the whole spread between the trials were luck.
    """

    expected: float
    bound: float
    strict: float


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely one result is luck, and what would settle it.

    alone: chance of such a Sharpe without skill, had it been the only trial. best: chance that
    the best of N independent trials shows it. best_independent: the same of the effective number.
    deflated: probability that its true Sharpe is above the strict line. longer: periods after
    which the strict rule would speak of evidence, were the Sharpe and the strict line to stay;
    None where it lies below the line, so that no length is enough. fresh: unseen periods after
    which an `EProcess` that nobody chose reaches 20 at best; infinite without profit. Both rest
    on the Sharpe seen, which choosing has flattered: they are the least, not a forecast.
    """

    lines: LuckLines
    alone: float
    best: float
    best_independent: float
    deflated: float
    longer: float | None
    fresh: float


def luck_lines(looks: Looks, periods: int) -> LuckLines:
    """What luck alone shows after so many looks, on a record of that many periods."""
    least, spread = 1.0 / periods, trial_variance(looks.sharpes, periods)
    return LuckLines(
        expected=best_by_luck(least, looks.trials),
        bound=luck_bound(least, looks.trials),
        strict=best_by_luck(spread, looks.trials),
    )


def how_likely_luck(seen: Moments, looks: Looks) -> Odds:
    """The odds of one result among all that were looked at."""
    lines, alone = luck_lines(looks, seen.periods), chance_by_luck(seen)
    spread = trial_variance(looks.sharpes, seen.periods)
    reachable = seen.sharpe > lines.strict
    return Odds(
        lines=lines,
        alone=alone,
        best=best_of(alone, looks.trials),
        best_independent=best_of(alone, looks.independent),
        deflated=deflated_sharpe(seen, spread, looks.trials),
        longer=minimum_track_record(seen, lines.strict, 1.0 - EVIDENCE) if reachable else None,
        fresh=periods_to_evidence(seen.sharpe, 1.0 / (1.0 - EVIDENCE)),
    )


def best_of(alone: float, trials: float) -> float:
    """1 - (1 - alone)^N: chance that one or more of N independent trials shows it."""
    return float(-np.expm1(trials * np.log1p(-alone))) if alone < 1.0 else 1.0
