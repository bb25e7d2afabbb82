"""Small markets for the tests of programs."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Market, TimeAxis, sealed

DAY = 86_400_000_000_000


def market(bars: int = 300, symbols: int = 3, seed: int = 1, a_session: int = 1) -> Market:
    """Random walks; sessions of `a_session` bars, a minute each."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (bars, symbols)), axis=0))
    opened = close * np.exp(rng.normal(0, 0.002, close.shape))
    index = np.arange(bars)
    session, place = np.divmod(index, a_session)
    axis = TimeAxis(
        index * DAY, index * DAY + 1, session, session.astype(np.int32), place + 1, place * 0
    )
    return sealed(
        Market(
            symbols=tuple(f"S{k}" for k in range(symbols)),
            timeframe="1d",
            axis=axis,
            open=opened,
            high=np.maximum(opened, close) * 1.001,
            low=np.minimum(opened, close) * 0.999,
            close=close,
            volume=np.round(rng.lognormal(10, 1, close.shape)),
            stale=np.zeros(close.shape, dtype=bool),
        )
    )
