"""The probe market is the same everywhere, and has in it what tempts code into faults."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

from daemon.domain.market import probe as made
from daemon.domain.market.bars import PRICES, TIMEFRAMES
from daemon.domain.market.probe import BARS, PROBE_VERSION, SYMBOLS, probe

A_SESSION = {"1m": 390, "5m": 78, "15m": 26, "30m": 13, "1h": 7, "1d": 1}


def test_the_bars_of_this_version_are_these_to_the_last_bit() -> None:
    """A new hash needs a new PROBE_VERSION: behaviours compared before would not compare."""
    found = probe("1d").hash

    assert PROBE_VERSION == 1
    assert found == "d6bac458028c2fb9530cdcb2cc5e63d7e73e875cf60006eb86d538442fe93154"


@pytest.mark.parametrize("timeframe", list(TIMEFRAMES))
def test_every_time_frame_has_its_sessions(timeframe: str) -> None:
    market = probe(timeframe)

    _, counts = np.unique(market.axis.session, return_counts=True)

    assert market.shape == (BARS, len(SYMBOLS))
    assert set(counts[:-1]) == {A_SESSION[timeframe]}
    assert np.all(np.diff(market.axis.open_time) > 0)
    assert np.all(market.axis.close_time[:-1] <= market.axis.open_time[1:])
    assert np.all(market.axis.minute + market.axis.minutes_left == 390)


def test_the_prices_are_the_same_in_each_time_frame() -> None:
    daily, minutes = probe("1d"), probe("1m")

    assert all(np.array_equal(getattr(daily, n), getattr(minutes, n)) for n in PRICES)
    assert daily.hash != minutes.hash


def test_bars_hold_together() -> None:
    market = probe("1d")

    assert np.all(market.low > 0)
    assert np.all(market.low <= np.minimum(market.open, market.close))
    assert np.all(market.high >= np.maximum(market.open, market.close))
    assert np.all((market.volume > 0) == ~market.stale)


def test_there_is_a_gap_a_crash_a_flat_stretch_and_stale_bars() -> None:
    market = probe("1d")
    close = market.close

    gap = market.open[made.GAP_BAR, made.GAP_SYMBOL] / close[made.GAP_BAR - 1, made.GAP_SYMBOL]
    fall = close[made.CRASH.stop - 1, 0] / close[made.CRASH.start - 1, 0]
    flat = close[made.FLAT.start : made.FLAT.stop, made.FLAT_SYMBOL]
    stale = market.stale[:, made.STALE_SYMBOL]

    assert gap > 1.1
    assert fall < 0.8
    assert np.ptp(flat) == 0.0
    assert np.flatnonzero(stale).tolist() == list(made.STALE)
    assert np.flatnonzero(market.stale[:, made.LATE_SYMBOL]).tolist() == list(
        range(made.LISTING_BAR)
    )


def test_a_stale_bar_repeats_the_last_close() -> None:
    market = probe("1d")

    before = market.close[made.STALE.start - 1, made.STALE_SYMBOL]
    during = market.open[made.STALE.start : made.STALE.stop, made.STALE_SYMBOL]

    assert np.all(during == before)


def test_an_inverse_moves_against_its_original() -> None:
    close = probe("1d").close

    moves = np.diff(np.log(close), axis=0)

    assert np.corrcoef(moves[:, 0], moves[:, made.INVERSE_SYMBOL])[0, 1] < -0.9


def test_building_it_takes_under_20_ms() -> None:
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        probe("1d")
        seconds.append(time.perf_counter() - started)

    assert min(seconds) < 0.02


def test_importing_it_brings_in_nothing_but_numpy() -> None:
    code = (
        "import sys, daemon.domain.market.probe; "
        "print([n for n in ('pandas', 'scipy', 'numba', 'pydantic') if n in sys.modules])"
    )

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert answer.stdout.strip() == b"[]"
