"""The headline of a briefing, and the paragraph under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daemon.domain.briefing.document import Benchmark, Luck, Ran, Strategy
from daemon.domain.briefing.luck import is_beyond_luck, is_evidence
from daemon.domain.briefing.standings import Standing
from daemon.domain.briefing.wording import capitalised, counted, percent, plain, ratio, spelled
from daemon.domain.stats.luck import Looks

DIGITS: Final = 4
"""Decimals of the Sharpe ratios in a document."""


def headline(ran: Ran, screened: Sequence[Standing], luck: Luck, looks: Looks) -> str:
    """Of a night in which nothing was proven. screened: all that reached the threshold, by rank.

    Passed is said only of those that are more than luck by both rules, each by its own figures.
    """
    if ran.evaluated == 0:
        return "No strategy was priced this night"
    if not screened:
        trials = counted(ran.evaluated, "trial")
        return f"Nothing passed: {trials} priced, and none reached the threshold"
    beyond = [standing for standing in screened if is_beyond_luck(standing.evaluation, luck)]
    known = luck.strict is not None
    sure = [each for each in beyond if known and is_evidence(each.evaluation, looks)]
    if sure:
        only = ":" if len(sure) == 1 else ", led by"
        first = f"{_strategies(len(sure))} passed the strict rule{only} {_name(sure[0])}"
        return f"{first}; {spelled(len(screened))} in all reached the threshold"
    doubt = "the best is no better than luck"
    if beyond:
        doubt = "by the strict rule none is evidence of more than luck"
    return f"{_strategies(len(screened))} reached the threshold, but {doubt}"


def _strategies(count: int) -> str:
    return f"{capitalised(spelled(count))} {'strategy' if count == 1 else 'strategies'}"


def _name(standing: Standing) -> str:
    return plain(standing.genome.name, 60)


def summary(
    ran: Ran,
    shown: Sequence[Strategy],
    benchmark: Benchmark | None,
    luck: Luck,
    sharpes: Sequence[float],
) -> tuple[str, ...]:
    """The first of those shown beside the market and luck. sharpes: of the night's trials."""
    if not shown or benchmark is None:
        return ("There is nothing to compare; see below for what went wrong.",)
    best = shown[0]
    figures = (
        f"{percent(best.metrics.cagr)} a year at a Sharpe ratio of {ratio(best.metrics.sharpe)}, "
        f"with a deepest fall of {percent(best.metrics.max_drawdown)}"
    )
    hold = (
        f"Buying and holding the market made {percent(benchmark.cagr)} a year at "
        f"{ratio(benchmark.sharpe)}, with a deepest fall of {percent(benchmark.max_drawdown)}."
    )
    opening = f"{_subject(best, ran)} made {figures}."
    obstacle = [] if ran.accepted else [f"What stood in the way: {best.verdict}."]
    return (opening, *obstacle, hold, luck.verdict, *_other_best(best, luck, sharpes))


def _subject(best: Strategy, ran: Ran) -> str:
    if best.proven:
        return f"{best.name}, which is proven,"
    return "The best by selection fitness" if ran.accepted else f"The closest, {best.name},"


def _other_best(shown: Strategy, luck: Luck, sharpes: Sequence[float]) -> tuple[str, ...]:
    if luck.best is None or luck.best == shown.metrics.sharpe:
        return ()
    if round(luck.best, DIGITS) not in sharpes:
        return ("That one was tried before this night.",)
    order = "what is proven comes first, then " if shown.proven else ""
    return (
        f"That one is another strategy than the first here: {order}the order is by selection "
        "fitness, which asks for success in most of the blocks.",
    )
