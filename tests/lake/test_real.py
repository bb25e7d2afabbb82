"""Real flat files, where there are some."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.contracts import root_of
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.flatfiles.layout import key_of
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


@pytest.mark.parametrize(
    ("kind", "symbols", "day"),
    [
        ("trades", ("AIG", "IBM"), date(2013, 10, 7)),
        ("quotes", ("SPY",), date(2013, 10, 8)),
        ("option_minute", (), date(2015, 1, 23)),
        ("option_quotes", ("TWX",), date(2014, 6, 5)),
    ],
)
def test_ticks_and_options_come_in_whole_and_once(
    tmp_path: Path,
    market_folder: Path,
    kind: str,
    symbols: tuple[str, ...],
    day: date,
) -> None:
    lake = Lake(tmp_path / "lake")
    request = Request(kind, symbols, day, day, market_folder)
    lines = _lines(market_folder, kind, day, symbols)

    first = ingest(lake, FilesSource(), request)
    forced = ingest(lake, FilesSource(), request, force=True)

    assert first.failed == ()
    assert (first.rows, forced.rows) == (lines, 0)
    assert sum(one.rows for one in lake.inventory(gaps=False)) == lines
    assert lake.verify() == ()


def _lines(folder: Path, kind: str, day: date, symbols: tuple[str, ...]) -> int:
    """Rows of the wanted symbols in a file, counted line by line."""
    with gzip.open(folder / "flatfiles" / key_of(kind, day), "rt") as file:
        next(file)
        tickers = (line.split(",", 1)[0] for line in file)
        return sum(not symbols or root_of(ticker) in symbols for ticker in tickers)
