"""Real bars up to a day, as a campaign's lake holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from daemon.domain.market.bars import Market
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request
from daemon.supervisor.measured.past import PastSource
from daemon.supervisor.measured.walk import survived, worth_trading
from tests.supervisor.measured.real import real_market


def kept_in_a_lake(lake: Lake, market: Market) -> Market:
    report = ingest(lake, PastSource(market), Request("day"))
    assert report.failed == ()
    return lake.market(lake.symbols(simulated=False), "1d")[0]


def test_a_campaign_sees_the_bars_up_to_the_day_bit_for_bit_and_none_after(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    whole = real_market(lake.sessions, 90, 3)
    part = whole.part(0, 60)

    kept = kept_in_a_lake(lake, part)

    assert whole.stale.any()
    assert set(part.actions.bar.tolist()) == {20, 35}
    assert np.any(part.actions.new != part.actions.old)
    assert kept.hash == part.hash
    assert not kept.simulated
    assert {day for held in lake.inventory(False) for day in (held.end,) if held.kind == "day"} == {
        np.datetime64(int(part.axis.session_date[-1]), "D").astype(object)
    }


def test_only_symbols_that_still_trade_and_have_few_gaps_are_worth_trading(tmp_path: Path) -> None:
    market = real_market(Lake(tmp_path / "lake").sessions, 60, 3)

    assert worth_trading(market, 0.9) == ("R0", "R1", "R2")
    assert worth_trading(market, 0.96) == ("R1", "R2")  # three of R0's sixty are missing
    assert worth_trading(market.part(0, 42), 0.5) == ("R1", "R2")  # R0 is halted on the last day
    assert worth_trading(market.part(0, 20), 0.9) == ("R0", "R2")  # R1 is not listed yet


def test_an_account_that_lost_everything_stays_lost() -> None:
    fine = np.array([0.1, -0.2, 0.3])

    assert survived(fine) is fine
    assert survived(np.array([0.1, -1.4, 0.3, np.nan])).tolist() == [0.1, -1.0, 0.0, 0.0]
    assert survived(np.array([np.nan, 0.3])).tolist() == [-1.0, 0.0]
