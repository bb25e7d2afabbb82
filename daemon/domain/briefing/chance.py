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
_LEAST: Final = 0.005
_ALWAYS: Final = 0.995
_LONGEST: Final = 100.0
BY_HEART: Final = "unless it knows these dates by heart"
"""What rivals skill beside luck: the rules count looks, and not what was fitted to the sample."""


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
        luck=_luck(odds, looks),
        settles=_settles(odds, seen.periods),
        independent=looks.independent,
    )


def chance_line(chance: Chance) -> str:
    """The odds in short, for a terminal: how often luck does it, and how likely it is skill."""
    return (
        f"Luck does this well {how_often(chance.best)} (best of {chance.tries:,}); chance of skill "
        f"by the strict rule: {share(chance.deflated)}; needs at least {span(chance.fresh)} unseen"
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


def share(chance: float) -> str:
    """0.62 as "62 %"; what is neither impossible nor sure is not rounded to it."""
    if chance < _LEAST:
        return "under 1\u00a0%"
    return "over 99\u00a0%" if chance >= _ALWAYS else percent(chance, 0, signed=False)


def span(sessions: float) -> str:
    """A number of sessions, rounded up; from two years on in years of 252."""
    years = sessions / SESSIONS_A_YEAR
    if years > _LONGEST:
        return f"{_LONGEST:.0f}\u00a0years"
    if years >= 2.0:
        return f"{math.ceil(10.0 * years) / 10.0:.1f}\u00a0years"
    return counted(math.ceil(sessions), "session")


def _luck(odds: Odds, looks: Looks) -> str:
    known = "which is evidence" if odds.deflated >= EVIDENCE else "and evidence begins at 95\u00a0%"
    return (
        f"Without any skill one strategy looks this good {how_often(odds.alone)}, and the best of "
        f"{looks.trials:,}, as many as were tried so far, {how_often(odds.best)}."
        f"{_alike(odds, looks)} The strict rule counts all that sets the trials apart as luck; by "
        f"it the chance that this one is more than luck is {share(odds.deflated)}, {known}."
    )


def _alike(odds: Odds, looks: Looks) -> str:
    """What the trials are worth where they resemble each other; "" where they do not."""
    worth = round(looks.independent)
    if worth >= looks.trials:
        return ""
    return (
        f" As alike as these are, they are worth about {worth:,} independent ones, the best of "
        f"which does {how_often(odds.best_independent)}; decisions count all {looks.trials:,}."
    )


def _settles(odds: Odds, sessions: int) -> str:
    fresh = f"at least {span(odds.fresh)} that the search has never seen, if it goes on like this"
    if odds.longer is None:
        return f"By the strict rule no record of this quality is long enough; it takes {fresh}."
    if odds.longer <= sessions:
        settled = f"By the strict rule it is settled, {BY_HEART}"
        return f"{settled}; to be sure of what comes takes {fresh}."
    record = f"at least {span(odds.longer)}, where it has {span(sessions)}"
    return f"By the strict rule a record of {record}; or {fresh}."


def _two_digits(value: float) -> int:
    step: int = 10 ** max(math.floor(math.log10(value)) - 1, 0)
    return round(value / step) * step
