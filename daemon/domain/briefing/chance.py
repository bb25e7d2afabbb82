"""How likely a strategy is luck, and what would settle it, in words that need no statistics."""

from __future__ import annotations

import math
from typing import Final

from daemon.domain.briefing.proofs import Chance
from daemon.domain.briefing.wording import counted, percent
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.stats.luck import EVIDENCE, Looks, Odds, how_likely_luck
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.sharpe import moments

_NEVER: Final = 1e-6
_SELDOM: Final = 0.0095
_ALWAYS: Final = 0.995
_LONGEST: Final = 100.0


def chance_of(evaluation: Evaluation, looks: Looks) -> Chance | None:
    """The odds of one result among all looks; None where it was not judged or earned nothing."""
    seen = moments(evaluation.session_returns)
    if seen is None or seen.sharpe <= 0.0 or evaluation.selection is None:
        return None
    odds = how_likely_luck(seen, looks)
    return Chance(
        tries=looks.trials,
        sessions=seen.periods,
        alone=odds.alone,
        best=odds.best,
        deflated=odds.deflated,
        longer=None if odds.longer is None else math.ceil(odds.longer),
        fresh=math.ceil(odds.fresh),
        luck=_luck(odds, looks.trials),
        settles=_settles(odds, seen.periods),
    )


def chance_line(chance: Chance) -> str:
    """The odds in one short sentence, for a terminal."""
    often = how_often(chance.best)
    return (
        f"By luck {often} (best of {chance.tries:,}); at least {span(chance.fresh)} unseen "
        "would settle it."
    )


def how_often(chance: float) -> str:
    """0.39 as "39 times in 100", 0.0004 as "once in 2,500"."""
    if chance < _NEVER:
        return "less than once in a million"
    if chance < _SELDOM:
        return f"once in {_two_digits(1.0 / chance):,}"
    if chance >= _ALWAYS:
        return "nearly always"
    times = round(100 * chance)
    return "once in 100" if times == 1 else f"{times} times in 100"


def span(sessions: float) -> str:
    """A number of sessions, rounded up; from two years on in years of 252."""
    years = sessions / SESSIONS_A_YEAR
    if years > _LONGEST:
        return f"{_LONGEST:.0f}\u00a0years"
    if years >= 2.0:
        return f"{math.ceil(10.0 * years) / 10.0:.1f}\u00a0years"
    return counted(math.ceil(sessions), "session")


def _luck(odds: Odds, trials: int) -> str:
    is_sure = odds.deflated >= EVIDENCE
    known = "which is evidence" if is_sure else "and 95\u00a0% would be evidence"
    return (
        f"By luck alone, one strategy without any skill looks this good {how_often(odds.alone)}, "
        f"the best of {trials:,}, as many as were tried so far, {how_often(odds.best)}. The chance "
        "that it is more than luck by the strict rule, the deflated Sharpe ratio, is "
        f"{percent(odds.deflated, 0, signed=False)}, {known}."
    )


def _settles(odds: Odds, sessions: int) -> str:
    fresh = f"at least {span(odds.fresh)} that the search has never seen, if it goes on like this"
    if odds.longer is None:
        return f"More of the same history would not settle it, as luck gives more; {fresh}, would."
    if odds.longer <= sessions:
        return f"By the strict rule it is settled; to be sure of the future takes {fresh}."
    return (
        f"A record of at least {span(odds.longer)} would settle it (it has {span(sessions)}), "
        f"or {fresh}."
    )


def _two_digits(value: float) -> int:
    step: int = 10 ** max(math.floor(math.log10(value)) - 1, 0)
    return round(value / step) * step
