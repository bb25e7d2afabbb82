"""Small made-up chains from series to ledger, on which the engine is proved not to look ahead.

Three symbols with what tempts an engine into faults: splits and dividends, a late listing, minutes
without a print, short sessions of two lengths. Between them the chains use every fill rule, every
exit, both sizings, drift and caps, daily rows, minutes and bars folded from minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from daemon.domain.engine.foresight import Setting
from daemon.domain.genome import gate, program
from daemon.domain.genome.contract import Exits
from daemon.domain.market.align import Events, Rows, Series
from daemon.domain.market.bars import Floats, Ints, Market
from daemon.domain.market.calendar import NANOS_PER_DAY, NANOS_PER_MINUTE, SessionTable
from daemon.domain.trading.friction import DELAYED, NONE, RETAIL, Friction

_FIRST_DAY: Final = 20_000  # Thursday 2024-10-03
_OPEN: Final = 870 * NANOS_PER_MINUTE
_SIGNAL: Final = '''"""Follow a short average, fade a stretched price."""

TIMEFRAME = "{timeframe}"


def signal(bars, p):
    trend = np.sign(ta.sma(bars.close, 3) - ta.ema(bars.close, 5))
    high, low = ta.highest(bars.high, 4), ta.lowest(bars.low, 4)
    place = (bars.close - low) / (high - low)
    strong = ta.zscore(bars.close, 8) * ta.rsi(bars.close, 3) / 100.0
    busy = bars.volume > ta.sma(bars.volume, 5)
    late = np.where(place > 0.7, -0.3, 0.2) + np.where(busy & (strong > 0.4), 0.3, 0.0)
    wish = np.where(place < 0.2, 0.0, 0.5 * trend + late)
    return np.where(np.isfinite(wish), np.clip(wish, -1.0, 1.0), 0.0)
'''
_ROTATE: Final = '''"""Own what rose most, by its place among the others."""

TIMEFRAME = "{timeframe}"


def rotate(panel, p):
    risen = ta.rank(ta.returns(panel.close, 3))
    calm = ta.volatility(panel.close, 5) < 0.5
    return ta.normalise_gross(np.where(calm & (risen > 0.4), risen, 0.0))
'''


def chains(generator: np.random.Generator) -> dict[str, Setting]:
    """The chains by name, on series drawn from the generator."""
    days, minutes = _table(48, 390), _table(16, 48)
    daily = tuple(_daily(name, days, generator) for name in ("AAA", "BBB", "CCC"))
    intraday = tuple(_minutes(name, minutes, generator) for name in ("AAA", "BBB", "CCC"))
    signal, rotate, quarters = _rule(_SIGNAL, "1d"), _rule(_ROTATE, "1d"), _rule(_SIGNAL, "15m")
    levels = Exits(stop_atr=1.5, target_atr=2.0, trail_atr=2.5, atr=5)
    shares = Exits(stop_pct=0.01, trail_pct=0.015, max_bars=6, session_end=True)
    drift = Friction("drift", rebalance_band=0.05, volume_cap=0.002, impact=0.1, margin=2.0)
    close = Friction("close", fill="same_close", commission_bps=1.0)
    return {
        "daily": Setting(daily, days, "1d", signal, NONE, Exits()),
        "daily with costs": Setting(daily, days, "1d", signal, RETAIL, Exits(max_bars=4)),
        "daily with levels": Setting(daily, days, "1d", signal, RETAIL, levels),
        "daily at the close": Setting(daily, days, "1d", signal, close, Exits()),
        "rotation": Setting(daily, days, "1d", rotate, drift, Exits(), sizing="weights"),
        "minutes": Setting(intraday, minutes, "15m", quarters, DELAYED, shares),
        "folded": Setting(intraday, minutes, "1m", quarters, NONE, shares, coarse="15m"),
    }


def _rule(text: str, timeframe: str) -> Callable[[Market], Floats]:
    loaded = program.load(gate.check(text.format(timeframe=timeframe)))

    def positions(market: Market) -> Floats:
        return loaded.positions(market, {})

    return positions


def _table(sessions: int, minutes: int) -> SessionTable:
    """Sessions on weekdays; every fifth is half as long."""
    number = np.arange(sessions)
    days = (_FIRST_DAY + number + 2 * (number // 5)).astype(np.int32)
    opened = days.astype(np.int64) * NANOS_PER_DAY + _OPEN
    length = np.where(number % 5 == 4, minutes // 2, minutes)
    return SessionTable(days, opened, opened + length * NANOS_PER_MINUTE)


def _daily(name: str, table: SessionTable, generator: np.random.Generator) -> Series:
    first = 9 if name == "CCC" else 0
    stamps = table.open_time[first:] - _OPEN
    kept = np.flatnonzero(generator.random(len(stamps)) > 0.08 * (stamps > stamps[3]))
    rows = _rows(stamps[kept], 0.03, generator)
    return Series(name, rows, daily=True, events=_events(name, table))


def _minutes(name: str, table: SessionTable, generator: np.random.Generator) -> Series:
    stamps = np.concatenate(
        [
            np.arange(opened, closed, NANOS_PER_MINUTE)
            for opened, closed in zip(table.open_time, table.close_time, strict=True)
        ]
    )
    first = 60 if name == "CCC" else 0
    kept = np.flatnonzero(generator.random(len(stamps) - first) > 0.3) + first
    return Series(name, _rows(stamps[kept], 0.003, generator), events=_events(name, table))


def _rows(stamps: Ints, step: float, generator: np.random.Generator) -> Rows:
    count = len(stamps)
    close = 80.0 * np.exp(np.cumsum(generator.normal(0.0, step, count)))
    before = np.concatenate([[80.0], close[:-1]])
    opened = before * np.exp(generator.normal(0.0, step / 2, count))
    high = np.maximum(opened, close) * (1.0 + np.abs(generator.normal(0.0, step / 2, count)))
    low = np.minimum(opened, close) * (1.0 - np.abs(generator.normal(0.0, step / 2, count)))
    volume = generator.integers(1_000, 90_000, count).astype(np.float64)
    return Rows(stamps, opened, high, low, close, volume)


def _events(name: str, table: SessionTable) -> Events:
    """Two splits and two dividends, on days of its own."""
    place = np.array([0.35, 0.5, 0.65, 0.8]) + 0.03 * (ord(name[0]) - ord("A"))
    dates = table.session_date[(place * len(table)).astype(int)]
    return Events(
        dates, np.array([0.0, 0.5, 0.0, 0.8]), np.array([2.0, 1.0, 1.0, 1.0]),
        np.array([1.0, 1.0, 4.0, 1.0]),
    )  # fmt: skip
