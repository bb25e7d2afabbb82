"""The strategies of a night in their order: each genome with the best of its trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from daemon.domain.briefing.luck import is_finite
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Genome, Origin, Stage, Trial

ALIKE: Final = 0.9
"""Strategies whose returns correlate more than this are one idea; the best of them is shown."""

_PASSED: Final = frozenset(Stage) - {
    Stage.BORN,
    Stage.GATED,
    Stage.FAILED,
    Stage.REJECTED,
    Stage.RETIRED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A genome of the night with the best of its trials."""

    genome: Genome
    trial: Trial
    evaluation: Evaluation

    @property
    def passed(self) -> bool:
        """True if it reached the threshold."""
        return self.genome.stage in _PASSED

    @property
    def proven(self) -> bool:
        """True if it passed every check of the ladder, now or before."""
        return self.passed and self.genome.stage is not Stage.SCREENED

    @property
    def rank(self) -> tuple[bool, float, float, str]:
        """Sorts what is proven first, then the best, those without a fitness last."""
        lowest = float("-inf")
        selection, sharpe = self.evaluation.selection, self.evaluation.metrics.sharpe
        return (
            not self.proven,
            -(lowest if selection is None else selection),
            -(lowest if sharpe is None else sharpe),
            self.genome.hash,
        )


def standings_of(own: Sequence[Trial], genomes: Mapping[str, Genome]) -> list[Standing]:
    """Every genome that was priced in the night by its best trial, the first by rank first.

    Without what the owner tried by hand, and what ended in figures that are not numbers.
    """
    best: dict[str, Standing] = {}
    for trial in own:
        owned = trial.origin is Origin.OWNER
        if trial.evaluation is not None and is_finite(trial.evaluation) and not owned:
            standing = Standing(genomes[trial.genome], trial, trial.evaluation)
            held = best.get(trial.genome)
            if held is None or standing.rank < held.rank:
                best[trial.genome] = standing
    return sorted(best.values(), key=lambda s: s.rank)


def diverse(passed: Sequence[Standing], top: int) -> list[Standing]:
    """The best that are unlike each other first, then the best of the rest, in order of rank."""
    chosen: list[Standing] = []
    alike: list[Standing] = []
    for standing in passed:
        like = any(_correlation(standing, other) > ALIKE for other in chosen)
        (alike if like else chosen).append(standing)
        if len(chosen) == top:
            break
    return sorted([*chosen, *alike][:top], key=lambda s: s.rank)


def _correlation(one: Standing, other: Standing) -> float:
    """Of the session returns; 0 where they lie on different sessions or never change."""
    first, second = one.evaluation.session_returns, other.evaluation.session_returns
    if len(first) != len(second):
        return 0.0
    spread = float(first.std() * second.std())
    shared = float(((first - first.mean()) * (second - second.mean())).mean())
    return shared / spread if spread else 0.0
