"""What a night taught: operators, niches, and the market itself, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from daemon.domain.briefing.document import Benchmark, Luck, OperatorScore
from daemon.domain.briefing.luck import PastTrial, deflated_sentence
from daemon.domain.briefing.names import operator_name
from daemon.domain.briefing.strategy import fee_share
from daemon.domain.briefing.wording import counted, percent, ratio
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Genome, Trial

_ENOUGH: Final = 5
"""Children from which on their share of success is worth naming."""


def operator_scores(
    own: Sequence[Trial], ledger: Sequence[PastTrial], genomes: Mapping[str, Genome]
) -> tuple[OperatorScore, ...]:
    """Children of the night by operator, and how many beat their best parent in selection."""
    best = _best_selection(ledger)
    children: dict[str, list[float | None]] = {}
    for name in dict.fromkeys(t.genome for t in own if t.evaluation is not None):
        genome = genomes.get(name)
        if genome is not None and genome.parents:
            gains = children.setdefault(genome.operator, [])
            gains.append(_gain(genome, best))
    scores = [_score(operator_name(code), gains) for code, gains in children.items()]
    return tuple(sorted(scores, key=lambda s: (-s.improved, -s.comparable, s.name)))


def learnt_sentences(
    luck: Luck,
    operators: Sequence[OperatorScore],
    benchmark: Benchmark | None,
    ranked: Sequence[Evaluation],
) -> tuple[str, ...]:
    """What is worth remembering, most important first. ranked: evaluations, best first."""
    found = [
        deflated_sentence(luck),
        _market_sentence(benchmark, ranked),
        _operator_sentence(operators),
        _niche_sentence(ranked),
        _cost_sentence(ranked),
    ]
    return tuple(sentence for sentence in found if sentence)


def _market_sentence(benchmark: Benchmark | None, ranked: Sequence[Evaluation]) -> str:
    if benchmark is None or benchmark.sharpe is None or not ranked:
        return ""
    judged = [e.metrics.sharpe for e in ranked if e.selection is not None]
    rated = [sharpe for sharpe in judged if sharpe is not None]
    if not rated:
        return ""
    better = sum(sharpe > benchmark.sharpe for sharpe in rated)
    return (
        f"{counted(better, 'strategy', 'strategies')} of the {len(rated):,} that could be judged "
        "had a better Sharpe ratio than buying and holding the market "
        f"({ratio(benchmark.sharpe)}); the middle one had "
        f"{ratio(float(np.median(rated)))}."
    )


def _operator_sentence(operators: Sequence[OperatorScore]) -> str:
    working = [score for score in operators if score.improved]
    if not working:
        return "No change to a parent made it better." if operators else ""
    sure = [score for score in working if score.comparable >= _ENOUGH]
    best = max(sure, key=lambda s: (s.improved / s.comparable, s.improved), default=None)
    most = working[0]
    first = (
        f"The change that helped most often was “{most.name}”: {most.improved} of "
        f"{counted(most.comparable, 'child', 'children')} beat the better parent"
    )
    if best is None or best.name == most.name:
        return f"{first}."
    return f"{first}; the surest was “{best.name}” ({best.improved} of {best.comparable})."


def _niche_sentence(ranked: Sequence[Evaluation]) -> str:
    judged = [e for e in ranked if e.selection is not None]
    if not judged:
        return ""
    niches = {e.descriptors.niche for e in judged}
    best = judged[0]
    held = best.descriptors.holding
    kind = "within a session" if held < 1 else f"about {held:.0f} sessions at a time"
    return (
        f"The search reached {counted(len(niches), 'kind')} of behaviour; the best so far holds "
        f"{kind}, with {percent(best.metrics.exposure, 0, signed=False)} of the time invested."
    )


def _cost_sentence(ranked: Sequence[Evaluation]) -> str:
    shares = [share for e in ranked if (share := fee_share(e.metrics)) is not None]
    if not shares:
        return "No strategy made a profit, even before fees." if ranked else ""
    middle = percent(float(np.median(shares)), signed=False)
    return (
        f"Among the strategies with a profit, fees took {middle} of it in the middle case; "
        "spread and slippage are already in the prices."
    )


def _best_selection(ledger: Sequence[PastTrial]) -> dict[str, float]:
    best: dict[str, float] = {}
    for past in ledger:
        if (found := past.selection) is not None and not past.barred:
            best[past.genome] = max(found, best.get(past.genome, found))
    return best


def _gain(genome: Genome, best: Mapping[str, float]) -> float | None:
    parents = [best[parent] for parent in genome.parents if parent in best]
    if not parents or genome.hash not in best:
        return None
    return best[genome.hash] - max(parents)


def _score(name: str, gains: Sequence[float | None]) -> OperatorScore:
    known = [gain for gain in gains if gain is not None]
    better = [gain for gain in known if gain > 0]
    return OperatorScore(name, len(gains), len(known), len(better), max(better, default=None))
