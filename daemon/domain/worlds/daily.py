"""Daily bars around given returns: what a made-up world of returns looks like as a market.

Each session opens at the last close, so that whoever decides at a close earns the whole return of
the next session. Highs, lows and volumes are drawn from the session's own move alone: nothing but
the returns themselves can tell of a later session.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Market, TimeAxis, sealed

_FIRST_DAY: Final = 10_959  # Monday 2000-01-03
_MINUTE: Final = 60_000_000_000
_OPEN: Final = 870 * _MINUTE
_SESSION_MINUTES: Final = 390
_WORST: Final = -0.5
_SHARES: Final = 5e6


def daily_market(returns: Floats, rng: np.random.Generator) -> Market:
    """A market of T sessions and N symbols whose closes follow the returns; symbols W00, W01, ...

    returns: simple returns a session, float64 (T, N); none below -50 % is taken.
    """
    sessions, symbols = returns.shape
    moves = np.maximum(returns, _WORST)
    close = 100.0 * np.cumprod(1.0 + moves, axis=0, dtype=np.float64)
    opened = np.vstack((np.full((1, symbols), 100.0), close[:-1]))
    reach = np.std(moves, axis=0) * np.abs(rng.standard_normal((2, sessions, symbols))) / 2.0
    high: Floats = np.maximum(opened, close) * (1.0 + reach[0])
    low: Floats = np.minimum(opened, close) / (1.0 + reach[1])
    wild = np.abs(moves) / np.maximum(np.std(moves, axis=0), 1e-12)
    noise = np.exp(0.3 * rng.standard_normal((sessions, symbols)))
    volume: Floats = np.floor(_SHARES * noise * (0.6 + 0.5 * np.minimum(wild, 6.0)))
    names = tuple(f"W{number:02d}" for number in range(symbols))
    stale = np.zeros((sessions, symbols), dtype=np.bool_)
    axis = weekday_axis(sessions)
    made = Market(names, "1d", axis, opened, high, low, close, volume, stale, simulated=True)
    return sealed(made)


def weekday_axis(sessions: int) -> TimeAxis:
    """One bar for each weekday from 2000-01-03 on, of a made-up exchange without holidays."""
    session = np.arange(sessions)
    week, weekday = np.divmod(session, 5)
    date = _FIRST_DAY + 7 * week + weekday
    opening = date * (24 * 60 * _MINUTE) + _OPEN
    return TimeAxis(
        open_time=opening,
        close_time=opening + _SESSION_MINUTES * _MINUTE,
        session=session,
        session_date=date.astype(np.int32),
        minute=np.full(sessions, _SESSION_MINUTES),
        minutes_left=np.zeros(sessions, dtype=np.int64),
    )
