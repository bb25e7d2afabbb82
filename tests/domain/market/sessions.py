"""Small session tables and rows made by hand, and slow references of align and resample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daemon.domain.market.align import Events, Rows, Series
from daemon.domain.market.bars import TIMEFRAMES, Market
from daemon.domain.market.calendar import SessionTable

MINUTE = 60_000_000_000
DAY = 86_400_000_000_000
FIRST_DAY = 16_405  # 2014-12-01


def table(minutes: list[int], first_day: int = FIRST_DAY) -> SessionTable:
    """One session a day of the given lengths, each opening at 14:30 UTC."""
    days = np.arange(first_day, first_day + len(minutes), dtype=np.int32)
    opens = days.astype(np.int64) * DAY + 870 * MINUTE
    return SessionTable(days, opens, opens + np.array(minutes, dtype=np.int64) * MINUTE)


def rows(stamps: list[int], closes: list[float], volume: float = 10.0) -> Rows:
    """Rows whose open is the close less one, high and low a half beyond."""
    close = np.array(closes, dtype=np.float64)
    return Rows(
        np.array(stamps, dtype=np.int64),
        close - 1.0,
        close + 0.5,
        close - 1.5,
        close,
        np.full(len(close), volume),
    )


def splits(day: int, new: float, old: float) -> Events:
    """One split."""
    return Events(np.array([day], dtype=np.int32), np.zeros(1), np.array([new]), np.array([old]))


@dataclass
class SlowBar:
    """One bar of the slow reference; empty until a row falls into it."""

    open: float = 0.0
    high: float = 0.0
    low: float = 0.0
    close: float = 0.0
    volume: float = 0.0
    stale: bool = True

    def add(self, row: tuple[float, float, float, float, float]) -> None:
        """Takes a row in."""
        if self.stale:
            self.open, self.high, self.low, self.stale = row[0], row[1], row[2], False
        self.high, self.low, self.close = max(self.high, row[1]), min(self.low, row[2]), row[3]
        self.volume += row[4]


def slow_bars(series: Series, sessions: SessionTable, timeframe: str) -> list[SlowBar]:
    """Every bar of the sessions for one symbol's minutes, row by row, without splits."""
    minutes = TIMEFRAMES[timeframe]
    found: dict[tuple[int, int], SlowBar] = {}
    keys = []
    for number in range(len(sessions)):
        length = int(sessions.close_time[number] - sessions.open_time[number]) // MINUTE
        size = minutes or length
        for window in range(-(-length // size)):
            keys.append((number, window))
            found[keys[-1]] = SlowBar()
    for k in range(len(series.rows)):
        stamp = int(series.rows.open_time[k])
        for number in range(len(sessions)):
            if sessions.open_time[number] <= stamp < sessions.close_time[number]:
                length = int(sessions.close_time[number] - sessions.open_time[number]) // MINUTE
                window = (stamp - int(sessions.open_time[number])) // MINUTE // (minutes or length)
                values = (
                    getattr(series.rows, f)[k] for f in ("open", "high", "low", "close", "volume")
                )
                found[number, window].add(tuple(float(v) for v in values))
    return _carried([found[key] for key in keys])


def _carried(bars: list[SlowBar]) -> list[SlowBar]:
    first = next(bar.open for bar in bars if not bar.stale)
    last = first
    for bar in bars:
        if bar.stale:
            bar.open = bar.high = bar.low = bar.close = last
        last = bar.close
    return bars


def same_bars(market: Market, column: int, bars: list[SlowBar]) -> bool:
    """True if the market's column shows exactly these bars."""
    return all(
        (
            market.open[t, column],
            market.high[t, column],
            market.low[t, column],
            market.close[t, column],
            market.volume[t, column],
            bool(market.stale[t, column]),
        )
        == (bar.open, bar.high, bar.low, bar.close, bar.volume, bar.stale)
        for t, bar in enumerate(bars)
    ) and len(bars) == len(market.axis)
