"""Everything that was found out about a finalist, and the checks that follow from it.

The checks are a function of the evidence alone: whoever gathers it again gets the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.evolution import screens
from daemon.domain.evolution.budget import Stake
from daemon.domain.evolution.comparison import Comparison
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.ladder import Check
from daemon.domain.genome.contract import Number
from daemon.domain.market.bars import Floats
from daemon.domain.stats.eprocess import EProcess, loss_bound
from daemon.domain.stats.luck import Looks

DEARER: Final = "costs"
LATER: Final = "delay"
LARGEST_GAP: Final = 0.2
"""Largest share of its equity that a finalist may lose in one session; one that loses more fails
for good. The wider the bound, the longer the evidence takes (`stats.eprocess`)."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A finalist run otherwise. found: None where it could not be run; `failure` says why.

    params: what was set beside the defaults. symbols: the ones it was held to, () for all.
    """

    name: str
    found: Evaluation | None
    params: Mapping[str, Number]
    symbols: tuple[str, ...] = ()
    failure: str = ""

    @property
    def sharpe(self) -> float:
        """Annual; 0 where there is none."""
        sharpe = None if self.found is None else self.found.metrics.sharpe
        return sharpe or 0.0

    @property
    def returns(self) -> Floats:
        """Session returns (S,), none where it could not be run."""
        return np.zeros(0) if self.found is None else self.found.session_returns


@dataclass(frozen=True, slots=True)
class Sealed:
    """The look at the sealed data.

    found: on an account that begins with them, so that nothing earns there that was bought before.
    stake: its place in the error budget. together: what it says beside the other looks of the
    night, None where it was not compared.
    """

    found: Evaluation
    stake: Stake
    together: Comparison | None = None

    @property
    def returns(self) -> Floats:
        """Of the sealed sessions, (sealed,)."""
        return self.found.session_returns

    @property
    def sessions(self) -> int:
        """How many were looked at."""
        return len(self.returns)

    def process(self) -> EProcess:
        """The bet against the finalist, after the sealed sessions; paper trading goes on from it.

        Gross weights are at most 1; a session that takes more than the bound is a breach.
        """
        return EProcess(bound=loss_bound(1.0, LARGEST_GAP, 0.0)).extend(self.returns.tolist())


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a finalist so far.

    looks: the trials it was chosen from. rivals: session returns (S, N) of the night's trials over
    the same sessions. sealed_sessions: how many there are. reruns: None until they were made.
    reasons: why it looks ahead, () if not. sealed: None until the look was taken. seen_by_hand: the
    owner tried it on the sealed data himself.
    """

    base: Evaluation
    looks: Looks
    rivals: Floats
    sealed_sessions: int
    reruns: tuple[Variant, ...] | None = None
    reasons: tuple[str, ...] = ()
    sealed: Sealed | None = None
    seen_by_hand: bool = False


def open_checks(evidence: Evidence) -> tuple[Check, ...]:
    """Those that need nothing but the ledger."""
    base = evidence.base
    return (
        screens.trusted(base, evidence.seen_by_hand),
        screens.deflated(base.session_returns, evidence.looks),
        screens.overfit(evidence.rivals),
        screens.periods(base),
    )


def rerun_checks(evidence: Evidence) -> tuple[Check, ...]:
    """Those of the variants; none before they were run."""
    if evidence.reruns is None:
        return ()
    named = {variant.name: variant for variant in evidence.reruns}
    beside = [v.sharpe for v in evidence.reruns if v.params]
    halves = [v.sharpe for v in evidence.reruns if v.symbols]
    return (
        screens.still_pays("costs", "with its costs doubled", named[DEARER].returns),
        screens.still_pays("delay", "with every order a bar later", named[LATER].returns),
        screens.neighbourhood(evidence.base.metrics.sharpe or 0.0, beside),
        screens.symbols(len(evidence.base.symbols), halves),
        screens.causality(evidence.reasons),
    )


def sealed_checks(evidence: Evidence) -> tuple[Check, ...]:
    """Whether a look at the sealed data would say anything, and what it said once it was taken."""
    worth = screens.power(evidence.base.session_returns, evidence.sealed_sessions)
    if evidence.sealed is None:
        return (worth,)
    return (worth, screens.confirmed(evidence.sealed.returns))


def checks(evidence: Evidence) -> tuple[Check, ...]:
    """All that were made."""
    if evidence.reruns is None:
        return open_checks(evidence)
    return (*open_checks(evidence), *rerun_checks(evidence), *sealed_checks(evidence))
