"""What luck alone would show after so many trials, and where the best of them stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.briefing.chance import BY_HEART, share
from daemon.domain.briefing.document import Luck
from daemon.domain.briefing.wording import counted, ratio
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.fitness import FitnessRefusal
from daemon.domain.evolution.records import Origin, Trial
from daemon.domain.stats.clusters import independent_trials
from daemon.domain.stats.luck import EVIDENCE, Looks, how_likely_luck, luck_lines
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.sharpe import Moments, luck_bound, moments

_YEARLY: Final = math.sqrt(SESSIONS_A_YEAR)


@dataclass(frozen=True, slots=True)
class PastTrial:
    """What the briefing needs of a priced trial of the ledger, without its returns.

    sharpe: annual, None where undefined. sessions: how many returns it rests on. barred: it
    counts as a look, and says nothing about skill (a suspected leak, the owner's own trial, or the
    test of a finalist).
    """

    genome: str
    selection: float | None
    sharpe: float | None
    sessions: int
    seen: Moments | None
    barred: bool = False


def past_trial(trial: Trial) -> PastTrial | None:
    """The trial in short; None where it was not priced."""
    evaluation = trial.evaluation
    if evaluation is None:
        return None
    returns = evaluation.session_returns
    sharpe = evaluation.metrics.sharpe if is_finite(evaluation) else None
    seen = None if sharpe is None else moments(returns)
    barred = is_suspect(evaluation) or trial.origin is not Origin.NIGHT
    return PastTrial(trial.genome, evaluation.selection, sharpe, len(returns), seen, barred)


def is_finite(evaluation: Evaluation) -> bool:
    """False where the run ended in figures that are not numbers; those can only be counted."""
    return evaluation.fitness_refusal != FitnessRefusal.NOT_FINITE


def is_suspect(evaluation: Evaluation) -> bool:
    """True where the result is too good to be true, and is held back."""
    return "suspected_leak" in evaluation.flags


def annual_bound(sessions: int, trials: int) -> float:
    """The annual Sharpe that the best of `trials` without skill exceeds once in twenty."""
    return luck_bound(1.0 / sessions, trials) * _YEARLY


def looks_of(ledger: Sequence[PastTrial]) -> Looks:
    """All trials as looks; the Sharpe ratios of those that are not barred, per session."""
    rated = [p.sharpe for p in ledger if p.sharpe is not None and not p.barred]
    count = max(len(ledger), 1)
    return Looks(trials=count, sharpes=np.array(rated) / _YEARLY, independent=count)


def looks_beside(looks: Looks, own: Sequence[Trial], chosen: Evaluation) -> Looks:
    """The same with what they are worth, reckoned as for a dossier.

    All count as alike as the judged trials of the night on the sessions of the chosen one are.
    """
    judged = (t.evaluation for t in own if t.origin is Origin.NIGHT)
    beside = [
        each.session_returns
        for each in judged
        if each is not None and each.selection is not None and _sessions(each) == _sessions(chosen)
    ]
    if not beside:
        return looks
    return replace(looks, independent=independent_trials(looks.trials, np.column_stack(beside)))


def _sessions(evaluation: Evaluation) -> tuple[int, int, int]:
    return evaluation.first_date, evaluation.last_date, len(evaluation.session_returns)


def luck_of(ledger: Sequence[PastTrial]) -> Luck:
    """How the highest Sharpe of the judged trials compares with the best of as many lucky ones.

    All trials count as looks, and all that are not barred spread the strict rule; only one with a
    selection fitness can be the best.
    """
    count = len(ledger)
    judged = [
        (p.sharpe, p)
        for p in ledger
        if p.sharpe is not None and p.selection is not None and not p.barred
    ]
    if len(judged) < 2:
        sentence = "Too few trials could be judged to say what luck alone would show."
        return Luck(count, 0, None, None, None, None, sentence, judged=len(judged))
    best, past = max(judged, key=lambda pair: pair[0])
    looks = looks_of(ledger)
    lines = luck_lines(looks, past.sessions)
    luck = Luck(
        trials=count,
        sessions=past.sessions,
        noise=lines.expected * _YEARLY,
        strict=lines.strict * _YEARLY,
        best=best,
        deflated=None if past.seen is None else how_likely_luck(past.seen, looks).deflated,
        verdict="",
        bound=lines.bound * _YEARLY,
        judged=len(judged),
    )
    return replace(luck, verdict=_luck_sentence(luck))


def is_beyond_luck(evaluation: Evaluation, luck: Luck) -> bool:
    """True where its Sharpe is above what the best of all trials would show by luck."""
    sharpe = evaluation.metrics.sharpe or 0.0
    return sharpe > annual_bound(len(evaluation.session_returns), max(luck.trials, 1))


def is_evidence(evaluation: Evaluation, looks: Looks) -> bool:
    """True where the strict rule says of this one, as its own words do, that it is evidence."""
    seen = moments(evaluation.session_returns)
    return seen is not None and how_likely_luck(seen, looks).deflated >= EVIDENCE


def deflated_sentence(luck: Luck) -> str:
    """What the deflated Sharpe ratio says of the highest one; "" where there is none."""
    if luck.deflated is None or luck.strict is None:
        return ""
    known = "is" if luck.deflated >= EVIDENCE else "is not"
    return (
        "By the strict rule, which counts the whole spread between the trials as luck (the "
        f"deflated Sharpe ratio), the highest Sharpe ratio has to exceed {ratio(luck.strict)}; the "
        f"chance that it truly does is {share(luck.deflated)}, which {known} "
        "evidence (that begins at 95\u00a0%)."
    )


def _luck_sentence(luck: Luck) -> str:
    years = luck.sessions / SESSIONS_A_YEAR
    span = f"{years:.0f} years" if years >= 2 else counted(luck.sessions, "session")
    left = luck.trials - luck.judged
    others = f" ({left:,} left out)" if left else ""
    return (
        f"Of {luck.trials:,} independent strategies without any skill, the best would by luck "
        f"alone show a Sharpe ratio of about {ratio(luck.noise)} over {span}, and one "
        f"time in twenty more than {ratio(luck.bound)}; the highest Sharpe ratio of the "
        f"{counted(luck.judged, 'trial')} so far that could be judged{others}, "
        f"{ratio(luck.best)}, is {_place(luck)}."
    )


def _place(luck: Luck) -> str:
    """Where the best stands: at or below the mean of luck, up to its bound, or above.

    Above the bound it is "more than luck" only where the strict rule agrees.
    """
    best, noise, bound = luck.best or 0.0, luck.noise or 0.0, luck.bound or 0.0
    if best <= noise:
        return "no more than luck gives"
    if best <= bound:
        return "about what luck gives"
    sure = luck.deflated is not None and luck.deflated >= EVIDENCE
    if not sure:
        return "above these, but no evidence by the strict rule"
    return f"more than luck, {BY_HEART}"
