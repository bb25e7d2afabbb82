"""The probe market: the same 8 x 1,500 bars for every genome, on which behaviour is compared.

Two genomes that hold the same positions here are the same genome in other words, so the bars must
be equal to the last bit on every machine and with every library. They rest on the raw bits of a
PCG64 generator and on + - * / alone; `PROBE_VERSION` changes with any of them. It is no model of a
market (the simulated source is), but it has what tempts code into faults: a gap, a crash, a flat
stretch, bars that are stale, a symbol that lists late, an inverse of another.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import PRICES, TIMEFRAMES, Bools, Floats, Market, TimeAxis, sealed

PROBE_VERSION: Final = 1
BARS: Final = 1500
SYMBOLS: Final = ("PRBA", "PRBB", "PRBC", "PRBD", "PRBE", "PRBF", "PRBG", "PRBH")
GAP_BAR: Final = 420
CRASH: Final = range(700, 712)
FLAT: Final = range(900, 960)
STALE: Final = range(1100, 1140)
LISTING_BAR: Final = 120
GAP_SYMBOL, FLAT_SYMBOL, STALE_SYMBOL, LATE_SYMBOL, INVERSE_SYMBOL = 1, 2, 3, 4, 7
_SEED: Final = 20_260_101
_SESSION_MINUTES: Final = 390
_MINUTE: Final = 60_000_000_000
_FIRST_DAY: Final = 10_959  # Monday 2000-01-03
_OPEN: Final = 870 * _MINUTE  # 14:30 UTC the year round: a made-up exchange
_VOLATILITY: Final = (0.012, 0.016, 0.009, 0.02, 0.025, 0.014, 0.006, 0.012)


def probe(timeframe: str, seed: int = _SEED) -> Market:
    """8 symbols x 1,500 bars; the same prices in each time frame, other sessions.

    seed: another one gives other bars of the same kind.

    Sessions have 1 (1d), 390 (1m), 78, 26, 13 or 7 bars (1h, the last of them half an hour).
    """
    axis = _axis(timeframe)
    draws = _bell(np.random.PCG64(seed), 4 * len(SYMBOLS) * BARS).reshape(4, BARS, len(SYMBOLS))
    close: Floats = np.cumprod(1.0 + _returns(draws[0]), axis=0, dtype=np.float64)
    close *= 100.0
    opened = np.vstack((np.full((1, len(SYMBOLS)), 100.0), close[:-1]))
    opened *= 1.0 + 0.002 * draws[1]
    opened[GAP_BAR, GAP_SYMBOL] = close[GAP_BAR - 1, GAP_SYMBOL] * 1.15
    opened, close = _cents(opened), _cents(close)
    high = _cents(np.maximum(opened, close) * (1.0 + 0.003 * np.abs(draws[2])))
    low = _cents(np.minimum(opened, close) * (1.0 - 0.003 * np.abs(draws[3])))
    busy = 1.0 + np.abs(draws[0]) + 0.5 * np.abs(draws[2])
    bars: dict[str, Any] = {"open": opened, "high": high, "low": low, "close": close}
    bars["volume"] = np.floor(100_000.0 * busy)
    stale = _blemished(bars)
    return sealed(Market(SYMBOLS, timeframe, axis, stale=stale, simulated=True, **bars))


def _returns(draws: Floats) -> Floats:
    """One common draw (that of the first symbol) and an own one, slow swings, gap and crash."""
    swing = 0.5 + ((np.arange(BARS) // 100) % 3)[:, None]
    returns: Floats = (0.6 * draws[:, :1] + 0.8 * draws) * np.array(_VOLATILITY) * swing * 0.6
    returns = np.clip(returns, -0.2, 0.2) + 0.0004
    returns[CRASH.start : CRASH.stop] -= 0.03
    returns[GAP_BAR, GAP_SYMBOL] = 0.15
    returns[:, INVERSE_SYMBOL] = -returns[:, 0]
    return returns


def _blemished(bars: dict[str, Floats]) -> Bools:
    """Writes the flat and the stale stretches into the bars; (T, N) stale marks."""
    stale = np.zeros((BARS, len(SYMBOLS)), dtype=np.bool_)
    flat = slice(FLAT.start, FLAT.stop)
    opened, close = bars["open"], bars["close"]
    for prices in (bars[name] for name in PRICES):
        prices[flat, FLAT_SYMBOL] = close[FLAT.start - 1, FLAT_SYMBOL]
        prices[STALE.start : STALE.stop, STALE_SYMBOL] = close[STALE.start - 1, STALE_SYMBOL]
        prices[:LISTING_BAR, LATE_SYMBOL] = opened[LISTING_BAR, LATE_SYMBOL]
    stale[STALE.start : STALE.stop, STALE_SYMBOL] = True
    stale[:LISTING_BAR, LATE_SYMBOL] = True
    bars["volume"][stale] = 0.0
    return stale


def _axis(timeframe: str) -> TimeAxis:
    minutes = TIMEFRAMES[timeframe] or _SESSION_MINUTES
    a_session = -(-_SESSION_MINUTES // minutes)
    session, place = np.divmod(np.arange(BARS), a_session)
    week, weekday = np.divmod(session, 5)
    date = _FIRST_DAY + 7 * week + weekday
    opening = date * (24 * 60 * _MINUTE) + _OPEN
    minute = np.minimum((place + 1) * minutes, _SESSION_MINUTES)
    return TimeAxis(
        open_time=opening + place * minutes * _MINUTE,
        close_time=opening + minute * _MINUTE,
        session=session,
        session_date=date.astype(np.int32),
        minute=minute,
        minutes_left=_SESSION_MINUTES - minute,
    )


def _bell(bits: np.random.PCG64, count: int) -> Floats:
    """Bell-shaped draws of variance 1: sums of four 16-bit uniforms, exact on every machine."""
    words = bits.random_raw(count).astype("<u8").view("<u2").reshape(count, 4)
    total: npt.NDArray[np.int64] = words.astype(np.int64).sum(axis=1)
    return np.asarray((total - 131_070) / 37_837.0)


def _cents(prices: Floats) -> Floats:
    return np.asarray(np.floor(prices * 100.0 + 0.5) / 100.0)
