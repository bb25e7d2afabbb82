"""What a night taught: luck, operators, niches, and the market itself, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from daemon.domain.briefing.document import Benchmark, Luck, OperatorScore
from daemon.domain.briefing.names import operator_name
from daemon.domain.briefing.strategy import fee_share
from daemon.domain.briefing.wording import counted, percent, ratio
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.fitness import FitnessRefusal
from daemon.domain.evolution.records import Genome, Trial
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.sharpe import Moments, best_by_luck, deflated_sharpe, moments


@dataclass(frozen=True, slots=True)
class PastTrial:
    """What the briefing needs of a priced trial of the ledger, without its returns.

    sharpe: annual, None where undefined. sessions: how many returns it rests on.
    """

    genome: str
    selection: float | None
    sharpe: float | None
    sessions: int
    seen: Moments | None


def past_trial(trial: Trial) -> PastTrial | None:
    """The trial in short; None where it was not priced."""
    evaluation = trial.evaluation
    if evaluation is None:
        return None
    returns = evaluation.session_returns
    sharpe = evaluation.metrics.sharpe if is_finite(evaluation) else None
    seen = None if sharpe is None else moments(returns)
    return PastTrial(trial.genome, evaluation.selection, sharpe, len(returns), seen)


def luck_of(ledger: Sequence[PastTrial]) -> Luck:
    """How the highest Sharpe of the ledger compares with the best of as many lucky ones."""
    count = len(ledger)
    rated = [(past.sharpe, past) for past in ledger if past.sharpe is not None]
    if len(rated) < 2:
        sentence = "Too few trials have a Sharpe ratio to say what luck alone would show."
        return Luck(count, 0, None, None, None, None, sentence)
    best, past = max(rated, key=lambda pair: pair[0])
    each = np.array([sharpe for sharpe, _ in rated]) / SESSIONS_A_YEAR**0.5
    least = 1.0 / past.sessions
    variance = max(float(each.var(ddof=1)), least)
    noise, strict = (best_by_luck(v, count) * SESSIONS_A_YEAR**0.5 for v in (least, variance))
    probability = None if past.seen is None else deflated_sharpe(past.seen, variance, count)
    verdict = _luck_sentence(count, past.sessions, noise, best)
    return Luck(count, past.sessions, noise, strict, best, probability, verdict)


def is_finite(evaluation: Evaluation) -> bool:
    """False where the run ended in figures that are not numbers; those can only be counted."""
    return evaluation.fitness_refusal != FitnessRefusal.NOT_FINITE


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
        _deflated_sentence(luck),
        _market_sentence(benchmark, ranked),
        _operator_sentence(operators),
        _niche_sentence(ranked),
        _cost_sentence(ranked),
    ]
    return tuple(sentence for sentence in found if sentence)


def _luck_sentence(trials: int, sessions: int, noise: float, best: float) -> str:
    years = sessions / SESSIONS_A_YEAR
    span = f"{years:.0f} years" if years >= 2 else counted(sessions, "session")
    ending = "more than noise" if best > noise else "no more than noise"
    return (
        f"Of {trials:,} independent strategies without any skill, the best would by luck alone "
        f"show a Sharpe ratio of about {ratio(noise)} over {span}; the best seen here shows "
        f"{ratio(best)}, {ending}."
    )


def _deflated_sentence(luck: Luck) -> str:
    if luck.deflated is None or luck.strict is None:
        return ""
    known = "is" if luck.deflated >= 0.95 else "is not"
    return (
        "By the strict rule, which counts the whole spread between the trials as luck (the "
        f"deflated Sharpe ratio), the best has to exceed {ratio(luck.strict)}; the chance that "
        f"it truly does is {percent(luck.deflated, 0, signed=False)}, which {known} evidence "
        "(that begins at 95\u00a0%)."
    )


def _market_sentence(benchmark: Benchmark | None, ranked: Sequence[Evaluation]) -> str:
    if benchmark is None or benchmark.sharpe is None or not ranked:
        return ""
    rated = [e.metrics.sharpe for e in ranked if e.metrics.sharpe is not None]
    better = sum(sharpe > benchmark.sharpe for sharpe in rated)
    return (
        f"{counted(better, 'strategy', 'strategies')} of {len(rated):,} had a better Sharpe ratio "
        f"than buying and holding the market ({ratio(benchmark.sharpe)}); the middle one had "
        f"{ratio(float(np.median(rated)))}."
    )


def _operator_sentence(operators: Sequence[OperatorScore]) -> str:
    working = [score for score in operators if score.improved]
    if not working:
        return "No change to a parent made it better." if operators else ""
    best = max(working, key=lambda s: (s.improved / s.comparable, s.improved))
    most = working[0]
    first = (
        f"The change that helped most often was “{most.name}”: {most.improved} of "
        f"{counted(most.comparable, 'child', 'children')} beat the better parent"
    )
    if best.name == most.name:
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
        if (found := past.selection) is not None:
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
