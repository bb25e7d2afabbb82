"""A finalist is proved on its own market and on symbols that nobody has seen, of any time frame."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from daemon.domain.engine.causality import Causality
from daemon.domain.market.bars import TIMEFRAMES, Market
from daemon.domain.market.probe import probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.parity import UNPROVED
from daemon.supervisor.evaluations import Terms
from daemon.supervisor.proving.reruns import rerun, unseen_market
from tests.supervisor.test_evaluations import KNOWING, Proving, evaluations_of

GENOME = '''"""Follow the last move."""


def signal(bars, p):
    return np.where(ta.momentum(bars.close, 1) > 0.0, 1.0, 0.0)
'''
TERMS = evaluations_of(Proving(KNOWING, Causality())).terms("")


@dataclass
class Asked:
    """Notes the markets that a proof is asked for on, and refuses with reasons by first symbol."""

    reasons: Mapping[str, Reason] = field(default_factory=dict)
    proved: list[Market] = field(default_factory=list)

    async def backtest(
        self, source: str, market: Market, params: Any, terms: Terms, always_prove: bool = False
    ) -> Any:
        if not always_prove:
            raise GenomeRefused([Reason("raised", 0, "a variant is no part of this test")])
        self.proved.append(market)
        if market.symbols[0] in self.reasons:
            raise GenomeRefused([self.reasons[market.symbols[0]]])


def rerun_on(market: Market, asked: Asked) -> tuple[str, ...]:
    return asyncio.run(rerun(asked, GENOME, market, TERMS)).reasons  # type: ignore[arg-type]


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_the_unseen_symbols_have_bars_of_the_same_time_frame_drawn_by_the_text(
    timeframe: str,
) -> None:
    one, same = unseen_market(GENOME, timeframe), unseen_market(GENOME, timeframe)
    other = unseen_market(GENOME + "\n", timeframe)

    assert one.timeframe == timeframe
    assert len(one.axis) == 1500
    assert one.hash == same.hash
    assert len({one.hash, other.hash, probe(timeframe).hash}) == 3


@pytest.mark.parametrize("timeframe", ["15m", "1d"])
def test_it_is_proved_on_both_markets_and_told_what_either_shows(timeframe: str) -> None:
    market, unseen = probe(timeframe), unseen_market(GENOME, timeframe)
    ahead = Reason("lookahead_future", 0, "it looks ahead")
    asked = Asked({unseen.symbols[0]: ahead})

    reasons = rerun_on(market, asked)

    assert [each.hash for each in asked.proved] == [market.hash, unseen.hash]
    assert reasons[-1] == "it looks ahead"


def test_unseen_bars_that_are_too_few_for_a_stated_warm_up_are_no_reason_but_its_own_are() -> None:
    market, unseen = probe("1d"), unseen_market(GENOME, "1d")
    few = Reason(UNPROVED, 0, "too few bars")

    assert rerun_on(market, Asked({unseen.symbols[0]: few})) == ()
    assert rerun_on(market, Asked({market.symbols[0]: few})) == ("too few bars",)
