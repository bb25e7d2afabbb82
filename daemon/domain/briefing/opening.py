"""The headline of a briefing, and the paragraph under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daemon.domain.briefing.document import Benchmark, Luck, Ran, Strategy
from daemon.domain.briefing.luck import is_beyond_luck, is_evidence
from daemon.domain.briefing.standings import Standing
from daemon.domain.briefing.wording import capitalised, counted, percent, ratio, spelled

DIGITS: Final = 4
"""Decimals of the Sharpe ratios in a document."""


def doubt(passed: Sequence[Standing], luck: Luck) -> str:
    """Why luck may explain all that passed; "" where one is more than luck by both rules."""
    beyond = [s.evaluation for s in passed if is_beyond_luck(s.evaluation, luck)]
    if not beyond:
        return "the best is no better than luck"
    if any(is_evidence(evaluation, luck) for evaluation in beyond):
        return ""
    return "by the strict rule none is evidence of more than luck"


def headline(ran: Ran, chosen: Sequence[Strategy], doubt: str) -> str:
    """Of a night in which nothing was proven. doubt: why luck may explain what passed."""
    if ran.evaluated == 0:
        return "No strategy was priced this night"
    if not chosen:
        trials = counted(ran.evaluated, "trial")
        return f"Nothing passed: {trials} priced, and none reached the threshold"
    best = max(chosen, key=lambda s: s.selection or 0.0)
    count = capitalised(spelled(ran.accepted))
    noun = "strategy" if ran.accepted == 1 else "strategies"
    if doubt:
        return f"{count} {noun} reached the threshold, but {doubt}"
    return f"{count} {noun} passed, led by {best.name}"


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
