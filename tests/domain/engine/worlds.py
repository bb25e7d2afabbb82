"""Small markets for tests of the engine: written out by hand, or drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Actions, Market, TimeAxis, sealed
from daemon.domain.trading.friction import Friction

MINUTE = 60_000_000_000
DAY = 1440 * MINUTE
OPENING = 870  # 14:30 UTC
FIRST_DATE = 16_500  # 2015-03-06


def axis_of(bars: int, bars_a_session: int, minutes: int, first_date: int = FIRST_DATE) -> TimeAxis:
    """Sessions of `bars_a_session` bars of `minutes` each; a weekend after every fifth session."""
    number = np.arange(bars) // bars_a_session
    place = np.arange(bars) % bars_a_session
    dates = first_date + number + 2 * (number // 5)
    opening = dates * DAY + OPENING * MINUTE + place * minutes * MINUTE
    minute = (place + 1) * minutes
    return TimeAxis(
        open_time=opening.astype(np.int64),
        close_time=(opening + minutes * MINUTE).astype(np.int64),
        session=number.astype(np.int64),
        session_date=dates.astype(np.int32),
        minute=minute.astype(np.int64),
        minutes_left=(bars_a_session * minutes - minute).astype(np.int64),
    )


def market_of(
    bars: list[tuple[float, float, float, float]] | np.ndarray,
    *,
    volume: Any = 1_000_000.0,
    stale: tuple[int, ...] = (),
    actions: tuple[tuple[int, float, float, float], ...] = (),
    spread: list[float] | None = None,
    bars_a_session: int = 1,
    minutes: int = 390,
    first_date: int = FIRST_DATE,
) -> Market:
    """One symbol from rows of (open, high, low, close). actions: (bar, cash, new, old)."""
    prices = np.asarray(bars, dtype=np.float64)
    count = len(prices)
    marks = np.zeros((count, 1), dtype=bool)
    marks[list(stale)] = True
    rows = np.asarray(actions, dtype=np.float64).reshape(-1, 4)
    events = Actions(
        rows[:, 0].astype(np.int64),
        np.zeros(len(rows), dtype=np.int64),
        rows[:, 1].copy(),
        rows[:, 2].copy(),
        rows[:, 3].copy(),
    )
    return sealed(
        Market(
            symbols=("AAA",),
            timeframe="1d",
            axis=axis_of(count, bars_a_session, minutes, first_date),
            **{
                name: prices[:, k : k + 1]
                for k, name in enumerate(("open", "high", "low", "close"))
            },
            volume=np.broadcast_to(np.asarray(volume, dtype=np.float64), (count,))[:, None].copy(),
            stale=marks,
            actions=events,
            spread=None if spread is None else np.asarray(spread, dtype=np.float64)[:, None],
        )
    )


def flat_market(opens: list[float], **options: Any) -> Market:
    """Bars whose four prices are the same."""
    return market_of([(p, p, p, p) for p in opens], **options)


def panel_of(rows: list[list[float]]) -> Market:
    """Daily bars of several symbols, a row of flat prices for each."""
    prices = np.array(rows, dtype=np.float64).T.copy()
    return sealed(
        Market(
            symbols=tuple("ABCD"[: len(rows)]),
            timeframe="1d",
            axis=axis_of(len(prices), 1, 390),
            open=prices,
            high=prices,
            low=prices,
            close=prices,
            volume=np.full(prices.shape, 1_000_000.0),
            stale=np.zeros(prices.shape, dtype=bool),
        )
    )


def random_case(rng: np.random.Generator) -> tuple[Market, np.ndarray, str, Exits, Friction, float]:
    """A market, targets, sizing, exits, friction and capital: everything `simulate` takes."""
    bars, symbols = int(rng.integers(2, 60)), int(rng.integers(1, 5))
    market = _random_market(rng, bars, symbols)
    sizing = str(rng.choice(["slot", "weights", "shares"], p=[0.5, 0.4, 0.1]))
    targets = _random_targets(rng, bars, symbols, sizing)
    capital = float(rng.choice([3_000.0, 100_000.0, 2_000_000.0]))
    return market, targets, sizing, _random_exits(rng), _random_friction(rng), capital


def _random_market(rng: np.random.Generator, bars: int, symbols: int) -> Market:
    step = rng.choice([0.002, 0.02, 0.08])
    close = 50 * np.exp(np.cumsum(rng.normal(0, step, (bars, symbols)), axis=0))
    opening = np.vstack([close[:1], close[:-1]]) * np.exp(rng.normal(0, step / 2, close.shape))
    top = np.maximum(opening, close) * (1 + np.abs(rng.normal(0, step / 2, close.shape)))
    bottom = np.minimum(opening, close) * (1 - np.abs(rng.normal(0, step / 4, close.shape)))
    volume = rng.integers(0, 40_000, close.shape).astype(np.float64)
    volume[rng.random(close.shape) < rng.choice([0.0, 0.1])] = 0.0
    stale = rng.random(close.shape) < rng.choice([0.0, 0.2])
    prices = [opening, top, bottom, close]
    if rng.random() < 0.3:
        prices = [np.round(p, 1) for p in prices]
    actions = _random_actions(rng, bars, symbols)
    for bar, symbol, new, old in zip(
        actions.bar, actions.symbol, actions.new, actions.old, strict=True
    ):
        for p in prices:
            p[bar:, symbol] *= old / new
    for t in range(bars):
        for n in np.flatnonzero(stale[t]):
            last = prices[3][t - 1, n] if t else prices[0][t, n]
            if t:
                for k in np.flatnonzero((actions.bar == t) & (actions.symbol == n)):
                    last = last * actions.old[k] / actions.new[k]
            for p in prices:
                p[t, n] = last
            volume[t, n] = 0.0
    spread = None
    if rng.random() < 0.5:
        spread = prices[3] * rng.uniform(0, 0.002, close.shape)
        spread[rng.random(close.shape) < 0.2] = np.nan
    first_date = int(rng.choice([16_500, 19_000, 19_990, 20_580]))
    minutes, per_session = ((390, 1), (1, 7), (30, 5), (1, 3))[int(rng.integers(0, 4))]
    return sealed(
        Market(
            symbols=tuple("ABCD"[:symbols]),
            timeframe="1m",
            axis=axis_of(bars, per_session, minutes, first_date),
            open=prices[0],
            high=prices[1],
            low=prices[2],
            close=prices[3],
            volume=volume,
            stale=stale,
            actions=actions,
            spread=spread,
        )
    )


def _random_actions(rng: np.random.Generator, bars: int, symbols: int) -> Actions:
    count = int(rng.choice([0, 0, 1, 4]))
    bar = np.sort(rng.integers(0, bars, count))
    ratios = np.array([(1, 1), (2, 1), (3, 2), (1, 10), (7, 3)], dtype=np.float64)
    chosen = ratios[rng.integers(0, len(ratios), count)]
    cash = np.where(rng.random(count) < 0.6, rng.uniform(0, 1.5, count), 0.0)
    symbol = rng.integers(0, symbols, count)
    return Actions(bar, symbol, cash, chosen[:, 0].copy(), chosen[:, 1].copy())


def _random_targets(rng: np.random.Generator, bars: int, symbols: int, sizing: str) -> np.ndarray:
    levels = rng.choice([-1.0, -0.5, 0.0, 0.0, 0.3, 1.0], (bars, symbols))
    if rng.random() < 0.4:
        levels = np.abs(levels)
    keep = rng.random((bars, symbols)) < rng.choice([0.3, 0.7, 0.95])
    for t in range(1, bars):
        levels[t] = np.where(keep[t], levels[t - 1], levels[t])
    if sizing == "weights":
        levels = levels / symbols
    if sizing == "shares":
        levels = levels * 100
    return levels


def _random_exits(rng: np.random.Generator) -> Exits:
    def maybe(low: float, high: float) -> float:
        return float(rng.uniform(low, high)) if rng.random() < 0.3 else 0.0

    if rng.random() < 0.2:
        return Exits()
    return Exits(
        stop_atr=maybe(0.3, 3),
        target_atr=maybe(0.3, 3),
        trail_atr=maybe(0.3, 3),
        stop_pct=maybe(0.002, 0.1),
        target_pct=maybe(0.002, 0.1),
        trail_pct=maybe(0.002, 0.1),
        atr=int(rng.integers(1, 15)),
        max_bars=int(rng.integers(1, 9)) if rng.random() < 0.3 else 0,
        session_end=bool(rng.random() < 0.3),
    )


def _random_friction(rng: np.random.Generator) -> Friction:
    def maybe(*values: float) -> float:
        return float(rng.choice(values)) if rng.random() < 0.4 else 0.0

    fill = str(rng.choice(["next_open", "next_open", "same_close", "midpoint"]))
    return Friction(
        name="random",
        commission_per_share=maybe(0.005, 0.02),
        commission_minimum=maybe(1.0, 25.0),
        commission_per_order=maybe(0.02, 5.0),
        commission_bps=maybe(1.0, 10.0),
        commission_on="entry" if rng.random() < 0.3 else "both",
        spread_bps=maybe(2.0, 20.0),
        spread_from_quotes=bool(rng.random() < 0.5),
        slippage_bps=maybe(1.0, 30.0),
        volume_cap=maybe(0.025, 0.1, 0.002),
        impact=maybe(0.1, 1.0),
        fill=fill,  # type: ignore[arg-type]
        delay_bars=0 if fill == "same_close" else int(rng.choice([0, 0, 0, 1, 3])),
        whole_shares=bool(rng.random() < 0.5),
        cash_buffer=maybe(0.05),
        margin=float(rng.choice([1.0, 1.0, 2.0])),
        shortable=bool(rng.random() < 0.8),
        borrow_rate=maybe(0.01, 0.5),
        regulatory_fees=bool(rng.random() < 0.4),
        dividends=bool(rng.random() < 0.8),
        rebalance_band=maybe(0.02, 0.2),
    )
