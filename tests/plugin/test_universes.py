"""A genome that names a universe waits until the lake has bars of it."""

from __future__ import annotations

import pytest

from daemon.domain.genome import gate
from daemon.domain.market.bars import Market
from daemon.errors import UsageError
from daemon.plugin.universes import without_data
from tests.domain.stats.made import market_of, walk
from tests.fakes import FakeMarkets
from tests.plugins.breeding import trend

HELD = FakeMarkets({("1d", "leveraged"): market_of(walk(1, 5))})


class Misspelt(FakeMarkets):
    """Knows no universe."""

    def market(self, timeframe: str, universe: str = "") -> Market:
        raise UsageError(f'no universe "{universe}"')


@pytest.mark.parametrize("universe", ["", "leveraged"])
def test_nothing_is_lacking_where_there_are_bars_or_no_universe_is_named(universe: str) -> None:
    assert without_data(HELD, gate.check(trend(20, universe=universe)).manifest) == ""


@pytest.mark.parametrize(
    ("markets", "why"),
    [(FakeMarkets(), "no 1d market of the universe 'sectors'"), (Misspelt(), 'no universe "sec')],
)
def test_a_named_universe_without_bars_or_of_no_list_is_a_sentence(
    markets: FakeMarkets, why: str
) -> None:
    told = without_data(markets, gate.check(trend(20, universe="sectors")).manifest)

    assert told.startswith(f'its universe "sectors" has no data: {why}')
