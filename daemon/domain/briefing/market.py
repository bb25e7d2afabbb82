"""The data a night ran on, in sentences: what is there, what is missing, what is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from daemon.domain.briefing.document import MarketState, UsedMarket
from daemon.domain.briefing.quality import quality_rows, quality_words
from daemon.domain.briefing.wording import (
    calendar_day,
    capitalised,
    counted,
    day_text,
    listed,
    plain,
)
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Trial
from daemon.domain.market.bars import TIMEFRAMES
from daemon.domain.market.scan.score import MarketQuality

_SHOWN: Final = 12
_NAMED: Final = 4
_STRONGEST: Final = "A"
"""Level of a sandbox with every layer."""


def market_state(
    evaluation: Evaluation | None, own: Sequence[Trial], health: Mapping[str, Any]
) -> MarketState:
    """What the lake and the trials say. evaluation: the longest of the night, for the dates."""
    facts, warnings = _lake_facts(health), _lake_warnings(health)
    levels = sorted({trial.sandbox for trial in own})
    (facts if levels == [_STRONGEST] else warnings)[:0] = _confinement(levels)
    quality = _quality(health)
    skipped = sorted({s for t in own if t.evaluation for s in t.evaluation.skipped})
    refused = {one.symbol for one in quality.symbols if one.refused} if quality else set()
    if skipped := [symbol for symbol in skipped if symbol not in refused]:
        warnings.append(f"No data for {_some(skipped)}; strategies skipped them.")
    estimated = sum("fee_estimated" in t.evaluation.flags for t in own if t.evaluation)
    if estimated:
        warnings.append(
            f"{counted(estimated, 'trial')} used dates that the fee table does not cover; "
            "their fees are estimates."
        )
    rows = quality_rows(quality) if quality else ()
    words = quality_words(quality) if quality else ()
    ended = sum("ended_early" in t.evaluation.flags for t in own if t.evaluation)
    if ended:
        warnings.append(
            f"{counted(ended, 'trial')} ended with a holding whose prices stop before the "
            "market's do; it counts at its last price."
        )
    if evaluation is None:
        return MarketState((), None, None, tuple(facts), tuple(warnings), rows, words)
    start, end = calendar_day(evaluation.first_date), calendar_day(evaluation.last_date)
    facts.insert(
        0,
        f"{counted(len(evaluation.symbols), 'symbol')}, {day_text(start)} to {day_text(end)}, "
        f"{counted(len(evaluation.session_returns), 'session')}.",
    )
    told = (tuple(facts), tuple(warnings), rows, words)
    return MarketState(evaluation.symbols, start, end, *told)


def used_markets(priced: Sequence[Evaluation]) -> tuple[UsedMarket, ...]:
    """Each market that was priced on, once."""
    found = {e.market_hash: e for e in priced}
    order = list(TIMEFRAMES)
    keys = sorted(found, key=lambda h: (order.index(found[h].timeframe), found[h].symbols, h))
    return tuple(UsedMarket(_market_name(found[key]), key) for key in keys)


def simulation_words(own: Sequence[Trial], health: Mapping[str, Any]) -> str:
    """The sentence under the banner of a simulated market; "" where every price is real."""
    if not any(t.evaluation.simulated for t in own if t.evaluation):
        return ""
    told = plain(str(health.get("simulation", "")), 700).rstrip(".")
    told = told or "every price was made up, perhaps with an edge planted in it"
    return f"{capitalised(told)}. Nothing here says anything about a real market."


def _quality(health: Mapping[str, Any]) -> MarketQuality | None:
    found = health.get("quality")
    return found if isinstance(found, MarketQuality) else None


def _confinement(levels: list[str]) -> list[str]:
    """How strongly the genomes of the night were confined, by the level of each trial."""
    if not levels:
        return []
    if levels == [_STRONGEST]:
        return [f"Every genome ran at sandbox level {_STRONGEST}, the strongest."]
    return [
        f"Genomes ran at sandbox level {listed(levels)}; {_STRONGEST} would be the strongest. "
        "Run none of people you do not trust; `nightshift doctor` says what it leaves open."
    ]


def _market_name(evaluation: Evaluation) -> str:
    symbols = list(evaluation.symbols)
    named = listed(symbols)
    if len(symbols) > _NAMED:
        named = f"{counted(len(symbols), 'symbol')}, {symbols[0]} to {symbols[-1]}"
    return f"{evaluation.timeframe} bars of {named}"


def _lake_facts(health: Mapping[str, Any]) -> list[str]:
    return [plain(str(fact), 200) for fact in health.get("facts", ())]


def _lake_warnings(health: Mapping[str, Any]) -> list[str]:
    return [plain(str(warning), 400) for warning in health.get("warnings", ())]


def _some(names: Sequence[str]) -> str:
    if len(names) <= _SHOWN:
        return listed(list(names))
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
