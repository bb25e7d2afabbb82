"""Small markets and simulations written by hand, for tests."""

from __future__ import annotations

import numpy as np

from daemon.domain.engine.simulation import Simulation, Trades
from daemon.domain.market.bars import Actions, Market, TimeAxis, sealed


def axis_of(sessions: int, a_session: int) -> TimeAxis:
    """Sessions of so many one-minute bars (or of one daily bar)."""
    session = np.repeat(np.arange(sessions), a_session)
    place = np.tile(np.arange(a_session), sessions)
    opened = session * 86_400_000_000_000 + place * 60_000_000_000
    return TimeAxis(
        open_time=opened,
        close_time=opened + 60_000_000_000,
        session=session,
        session_date=(16_801 + session).astype(np.int32),
        minute=place + 1,
        minutes_left=a_session - 1 - place,
    )


def market_of(
    close: np.ndarray,
    a_session: int = 1,
    timeframe: str = "1d",
    stale: np.ndarray | None = None,
    actions: Actions | None = None,
) -> Market:
    """A market whose bars are one dollar high around the closes, (T, N)."""
    bars, symbols = close.shape
    return sealed(
        Market(
            symbols=tuple(f"S{n}" for n in range(symbols)),
            timeframe=timeframe,
            axis=axis_of(bars // a_session, a_session),
            open=close.copy(),
            high=close + 0.5,
            low=close - 0.5,
            close=close,
            volume=np.full(close.shape, 1e6),
            stale=np.zeros(close.shape, dtype=bool) if stale is None else stale,
            actions=actions or Actions.none(),
        )
    )


def walk(seed: int, sessions: int, symbols: int = 3) -> np.ndarray:
    """Closes of independent walks, (sessions, symbols)."""
    steps = np.random.default_rng(seed).normal(0.0, 0.01, (sessions, symbols))
    return 100.0 * np.exp(np.cumsum(steps, axis=0))


def trades_of(count: int, bars: int, held: int = 2, closed: bool = True) -> Trades:
    """Round trips spread evenly over the bars, alternating between gain and loss."""
    entry = np.linspace(1, bars - held - 1, count).astype(np.int64)
    return Trades(
        symbol=np.zeros(count, dtype=np.int64),
        quantity=np.full(count, 10.0),
        entry_bar=entry,
        entry_price=np.full(count, 100.0),
        exit_bar=entry + held if closed else np.full(count, -1),
        exit_price=np.full(count, 101.0),
        pnl=np.where(np.arange(count) % 2 == 0, 20.0, -10.0),
        fees=np.ones(count),
        reason=np.ones(count, dtype=np.int64),
        ambiguous=np.zeros(count, dtype=bool),
    )


def simulation_of(
    returns: np.ndarray,
    trades: Trades | None = None,
    fee_estimated: bool = False,
) -> Simulation:
    """A ledger that earned these returns bar by bar on 100,000 dollars."""
    bars = len(returns)
    return Simulation(
        capital=100_000.0,
        equity=100_000.0 * np.cumprod(1.0 + returns),
        trades=trades_of(40, bars) if trades is None else trades,
        traded=1e6,
        fees=40.0,
        orders=80,
        rejected=0,
        fee_estimated=fee_estimated,
    )
