"""A backtest that gave no figures, because the genome was at fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import Market
from daemon.errors import GenomeRefused, Reason
from daemon.supervisor.evaluations import Backtest, Terms


@dataclass(frozen=True, slots=True)
class Failed:
    """What was asked, on which market and terms, and why there is no answer.

    It ran and was refused: it raised, was too slow, answered nonsense or looked ahead. What the
    gate refuses never runs and is none of these.
    """

    gated: Gated
    params: Mapping[str, float]
    market: Market
    terms: Terms
    reasons: tuple[Reason, ...]

    @property
    def name(self) -> str:
        """The genome's name, as a backtest has it."""
        return self.terms.name

    @property
    def failure(self) -> str:
        """Every reason in one line."""
        return str(GenomeRefused(self.reasons))


Outcome = Backtest | Failed


def succeeded(outcomes: Sequence[Outcome]) -> list[Backtest]:
    """Those with figures, in order; GenomeRefused with the first's reasons where there is none."""
    found = [outcome for outcome in outcomes if isinstance(outcome, Backtest)]
    if not found:
        raise GenomeRefused([r for o in outcomes[:1] if isinstance(o, Failed) for r in o.reasons])
    return found
