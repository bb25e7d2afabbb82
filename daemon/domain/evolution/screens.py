"""The checks that a finalist has to pass before its sealed data are looked at, and the look itself.

They are necessary, none is sufficient, and each fails closed: what could not be found out has not
been passed. Sources: `docs/evidence.md`, statistics as in `domain/stats`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.ladder import Check
from daemon.domain.market.bars import Floats
from daemon.domain.stats.clusters import clusters
from daemon.domain.stats.luck import EVIDENCE, Looks, how_likely_luck
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.overfitting import overfitting
from daemon.domain.stats.sharpe import (
    minimum_track_record,
    moments,
    probabilistic_sharpe,
)

LARGEST_PBO: Final = 0.2
FEWEST_CLUSTERS: Final = 8
SHARE_OF_PERIODS: Final = 2.0 / 3.0
SHARE_OF_NEIGHBOURS: Final = 0.75
HALF: Final = 0.5
FEWEST_SYMBOLS: Final = 4

ESTIMATED: Final = "fee_estimated"
_DOUBTS: Final = {
    "suspected_leak": "its Sharpe ratio is too good to be true",
    "ambiguous": "too many of its trades ended in a bar that held both stop and target",
    "ended_early": "it holds a symbol whose data stop early",
}
_YEARLY: Final = math.sqrt(SESSIONS_A_YEAR)


def trusted(evaluation: Evaluation, seen_by_hand: bool) -> Check:
    """No flag of the backtest speaks against believing its figures, and nobody has peeked.

    Fees that are estimates keep nobody from being proven; approval asks for known ones (`ladder`).
    """
    doubts = [_DOUBTS.get(flag, flag) for flag in evaluation.flags if flag != ESTIMATED]
    doubts += ["it was backtested by hand on the sealed data"] if seen_by_hand else []
    words = "; ".join(doubts) if doubts else "nothing speaks against the figures of its backtest"
    return Check("trusted", not doubts, words)


def deflated(returns: Floats, looks: Looks) -> Check:
    """The deflated Sharpe ratio over all trials of the ledger is evidence."""
    seen = moments(returns)
    found = 0.0 if seen is None else how_likely_luck(seen, looks).deflated
    words = (
        f"after {looks.trials:,} trials the chance that its Sharpe ratio is more than luck gives "
        f"the best is {_chance(found)}"
    )
    return Check("deflated", found >= EVIDENCE, words, found, EVIDENCE)


def overfit(returns: Floats) -> Check:
    """Choosing the best of what was tried tends to choose well: PBO over clusters of behaviour.

    returns: session returns (S, N) of the trials of the night that could be judged.
    """
    middles = clusters(returns).middles if returns.shape[1] else np.zeros(0, dtype=np.int64)
    found = overfitting(returns[:, middles]) if len(middles) >= FEWEST_CLUSTERS else None
    if found is None:
        few = f"only {len(middles)} behaviours were tried; with fewer than {FEWEST_CLUSTERS} it "
        return Check("overfitting", False, few + "cannot be told whether choosing chooses well")
    words = (
        f"of {found.columns} behaviours, the best of one half of the time falls into the worse "
        f"half of the other {_chance(found.probability)} of the time"
    )
    good = found.probability <= LARGEST_PBO
    return Check("overfitting", good, words, found.probability, LARGEST_PBO)


def periods(evaluation: Evaluation) -> Check:
    """Most of the walk-forward blocks earned something."""
    earned = [(block.sharpe or 0.0) > 0.0 for block in evaluation.blocks]
    share = sum(earned) / len(earned) if earned else 0.0
    words = f"{sum(earned)} of {len(earned)} blocks of the history have a Sharpe ratio above zero"
    return Check("periods", share >= SHARE_OF_PERIODS, words, share, SHARE_OF_PERIODS)


def still_pays(name: str, meaning: str, returns: Floats) -> Check:
    """A variant still earns more than nothing, so sure."""
    seen = moments(returns)
    found = 0.0 if seen is None else probabilistic_sharpe(seen, 0.0)
    sharpe = 0.0 if seen is None else seen.sharpe * _YEARLY
    words = (
        f"{meaning} its Sharpe ratio is {sharpe:.2f}, above zero with a chance of {_chance(found)}"
    )
    return Check(name, found >= EVIDENCE, words, found, EVIDENCE)


def neighbourhood(own: float, beside: Sequence[float]) -> Check:
    """Most neighbouring parameters keep half of its Sharpe ratio: a plateau, not a needle.

    own, beside: annual Sharpe ratios; a neighbour that could not be judged counts as 0.
    """
    if not beside:
        return Check("neighbourhood", True, "it has no parameter that could be a lucky one")
    kept = sum(each >= HALF * own for each in beside)
    share = kept / len(beside)
    words = f"{kept} of {len(beside)} neighbouring parameter sets keep half of its Sharpe ratio"
    return Check("neighbourhood", share >= SHARE_OF_NEIGHBOURS, words, share, SHARE_OF_NEIGHBOURS)


def symbols(count: int, halves: Sequence[float]) -> Check:
    """Both halves of its symbols earn something on their own. halves: annual Sharpe ratios."""
    if count < FEWEST_SYMBOLS or len(halves) < 2:
        words = f"{count} symbols are too few to try it on each half of them"
        return Check("symbols", False, words, float(count), float(FEWEST_SYMBOLS))
    words = "on each half of its symbols its Sharpe ratio is " + " and ".join(
        f"{each:.2f}" for each in halves
    )
    return Check("symbols", min(halves) > 0.0, words, min(halves), 0.0)


def causality(reasons: Sequence[str]) -> Check:
    """Nothing in it looks ahead, on its own symbols and on others. reasons: why it does."""
    words = reasons[0] if reasons else "no position changes when later bars are cut off or replaced"
    return Check("causality", not reasons, words)


def power(returns: Floats, sealed_sessions: int) -> Check:
    """The sealed data are long enough that a look at them could confirm it.

    Held to three quarters of the Sharpe ratio it has shown, as choosing has flattered that.
    """
    seen = moments(returns)
    if seen is None or seen.sharpe <= 0.0:
        return Check("power", False, "it has earned nothing that could be confirmed")
    needed = minimum_track_record(seen, 0.25 * seen.sharpe)
    words = (
        f"{sealed_sessions} sessions are sealed, about {math.ceil(needed)} are needed to confirm "
        "three quarters of its Sharpe ratio"
    )
    return Check("power", sealed_sessions >= needed, words, float(sealed_sessions), needed)


def confirmed(returns: Floats) -> Check:
    """The one look at the sealed sessions: it earned more than nothing there, so sure."""
    meaning = f"over {len(returns)} sessions that the search never saw"
    return still_pays("sealed", meaning, returns)


def _chance(found: float) -> str:
    """0.62 as "62%"; what is neither impossible nor sure is not rounded to it."""
    if found <= 0.005:
        return "under 1%"
    return "over 99%" if found >= 0.995 else f"{found:.0%}"
