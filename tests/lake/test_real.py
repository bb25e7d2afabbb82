"""Real flat files, where there are some."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request
from plugins.files.source import FilesSource

pytestmark = pytest.mark.market
SIX = ("SPY", "QQQ", "IWM", "DIA", "AAPL", "FB")
START, END = date(2014, 12, 1), date(2015, 7, 2)


@pytest.fixture(scope="module")
def real(
    tmp_path_factory: pytest.TempPathFactory, calendar_cache: Path, market_folder: Path
) -> Lake:
    """Minutes of six symbols, and their daily rows of 2014."""
    lake = Lake(tmp_path_factory.mktemp("real"), cache=calendar_cache)
    ingest(lake, FilesSource(), Request("minute", SIX, START, END, market_folder))
    year = Request("day", SIX, date(2014, 1, 1), date(2014, 12, 31), market_folder)
    ingest(lake, FilesSource(), year)
    return lake


def test_six_symbols_make_a_market_of_the_known_sessions(real: Lake) -> None:
    market, skipped = real.market(SIX, "1m", START, END)

    assert skipped == ()
    assert market.sessions == 148
    assert market.symbols == SIX
    missing = {
        str(np.datetime64(int(day), "D"))
        for day in np.unique(market.axis.session_date)
        if market.stale[market.axis.session_date == day].all()
    }
    assert missing == {"2014-12-15", "2014-12-31"}
    assert market.stale[:, 0].mean() < 0.02


def test_the_half_day_before_christmas_has_210_minutes(real: Lake) -> None:
    market, _ = real.market(("SPY",), "1m", date(2014, 12, 24), date(2014, 12, 24))

    assert len(market.axis) == 210
    assert market.axis.minutes_left[0] == 209


def test_the_split_of_2014_is_seven_for_one_and_leaves_no_step(real: Lake) -> None:
    market, _ = real.market(("AAPL",), "1d", date(2014, 6, 2), date(2014, 6, 13))

    raw, adjusted = market.close[:, 0], market.adjusted().close[:, 0]
    (bar,) = market.actions.bar
    assert (market.actions.new[0], market.actions.old[0]) == (7.0, 1.0)
    assert str(np.datetime64(int(market.axis.session_date[bar]), "D")) == "2014-06-09"
    assert raw[bar] / raw[bar - 1] < 0.15
    assert np.all(np.abs(np.diff(adjusted) / adjusted[:-1]) < 0.03)


def test_minutes_end_where_the_daily_bar_ends(real: Lake) -> None:
    december = date(2014, 12, 1), date(2014, 12, 30)
    symbols = ("SPY", "QQQ", "IWM", "AAPL")
    daily, _ = real.market(symbols, "1d", *december)
    minutes, _ = real.market(symbols, "1h", *december)

    last = minutes.axis.minutes_left == 0
    fresh = ~minutes.stale[last]
    gap = np.abs(minutes.close[last] / daily.close - 1)

    assert fresh.sum() == 20 * len(symbols)
    assert gap[fresh].max() < 0.005


def test_ingesting_real_files_again_reads_none_of_them(real: Lake, market_folder: Path) -> None:
    report = ingest(real, FilesSource(), Request("minute", SIX, START, END, market_folder))

    assert (report.parts, report.rows, report.failed) == (0, 0, ())
    assert report.skipped == 146
    assert report.seconds < 1
    assert real.verify() == ()
