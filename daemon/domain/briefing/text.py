"""The briefing as plain text for a terminal: at most sixty lines, with block-character curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from textwrap import wrap
from typing import Final

from daemon.domain.briefing.document import Briefing, Strategy, Tally
from daemon.domain.briefing.scales import sparkline
from daemon.domain.briefing.wording import counted, dollars, listed, number, percent, plain, ratio

LINES: Final = 60
_SENTENCES: Final = 3
_TALLIES: Final = 5


def as_text(briefing: Briefing, width: int = 88) -> str:
    """The document in `width` columns, ordinary spaces only."""
    lines = [
        *_masthead(briefing, width),
        *_paragraphs(briefing.summary, width),
        "",
        *_section("Needs you", briefing.decisions or ("Nothing needs your decision.",), width),
        *_strategies(briefing, width),
        *_section("Learnt", briefing.learnt[:_SENTENCES], width),
        *_section("Refused", _tallies(briefing), width),
        *_section("Data", (*briefing.market.facts[:2], *briefing.market.warnings[:3]), width),
        f"Again: {briefing.recipe.command}",
    ]
    return "\n".join(lines[:LINES]).replace("\u00a0", " ")


def ran_words(briefing: Briefing) -> str:
    """What ran, in one sentence."""
    ran = briefing.ran
    parts = [
        f"{counted(ran.evaluated, 'trial')} priced of {ran.asked:,} asked for",
        f"{ran.accepted:,} passed",
        f"{ran.without_fitness:,} could not be judged",
        f"{ran.failed:,} could not be run",
        f"{counted(ran.refused, 'child', 'children')} refused before they cost anything",
        counted(ran.generations, "generation"),
    ]
    if ran.quarantined:
        parts.insert(2, f"{ran.quarantined:,} quarantined as suspected leaks")
    return f"{', '.join(parts)}."


def origin_words(strategy: Strategy) -> str:
    """Where a strategy came from, in one sentence."""
    if not strategy.parents:
        return f"Written by {strategy.operator}."
    return (
        f"Child of {listed([p.name for p in strategy.parents])}; the change: {strategy.operator}."
    )


def fee_words(strategy: Strategy) -> str:
    """Fees in dollars, and as a share of what was earned before them."""
    share = strategy.fee_share
    paid = dollars(strategy.metrics.fees)
    return paid if share is None else f"{paid} ({percent(share, signed=False)} of gross profit)"


def curve_words(strategy: Strategy, width: int) -> str:
    """The equity as block characters; equal steps are equal growth."""
    return sparkline([log(max(value, 1e-6)) for value in strategy.curve.strategy], width)


def params_words(strategy: Strategy) -> str:
    """The parameters as "rsi 2, trend 200"."""
    return ", ".join(f"{name} {number(value)}" for name, value in strategy.params.items())


def _masthead(briefing: Briefing, width: int) -> list[str]:
    lines = [f"NIGHT SHIFT  morning briefing of {briefing.night}", "═" * width]
    if briefing.simulation:
        lines += ["S I M U L A T E D   M A R K E T".center(width).rstrip()]
        lines += [line.center(width).rstrip() for line in wrap(briefing.simulation, width - 8)]
        lines += ["═" * width]
    return [*lines, *wrap(briefing.headline, width), *wrap(ran_words(briefing), width), ""]


def _paragraphs(sentences: Iterable[str], width: int) -> list[str]:
    return wrap(" ".join(sentences), width)


def _section(name: str, sentences: Sequence[str], width: int) -> list[str]:
    if not sentences:
        return []
    lines = [name]
    for sentence in sentences:
        lines += wrap(sentence, width, initial_indent="  · ", subsequent_indent="    ")
    return [*lines, ""]


def _strategies(briefing: Briefing, width: int) -> list[str]:
    shown = briefing.top or briefing.near_misses
    if not shown:
        return []
    lines = ["Top strategies" if briefing.top else "Closest to passing"]
    for place, strategy in enumerate(shown, start=1):
        lines += _strategy(place, strategy, width)
    return [*lines, ""]


def _strategy(place: int, strategy: Strategy, width: int) -> list[str]:
    metrics = strategy.metrics
    figures = (
        f"Sharpe {ratio(metrics.sharpe)}  {percent(metrics.cagr)} a year  "
        f"fall {percent(metrics.max_drawdown)}  {counted(metrics.trades, 'trade')}  "
        f"selection {ratio(strategy.selection)}"
    )
    return [
        "  " + plain(f"{place} {strategy.name}: {strategy.idea}", width - 2),
        f"    {figures}"[:width],
        f"    {curve_words(strategy, min(width - 4, 60))}",
    ]


def _tallies(briefing: Briefing) -> tuple[str, ...]:
    found: list[Tally] = sorted([*briefing.refusals, *briefing.lessons], key=lambda t: -t.count)
    return tuple(f"{tally.count:,} × {tally.name}" for tally in found[:_TALLIES])
