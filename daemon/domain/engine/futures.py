"""Other markets for the look-ahead check: replaced futures, other dollars, other session numbers.

A replaced future differs violently from its first bar on (crash, surge, noise, drift), because a
cheat that fires only on a crash of the next bar is blind to a gentle one. On a large market only a
window around the cut is copied, so that a future costs the same however long the history is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from daemon.domain.market.bars import FIELDS, PRICES, Actions, Floats, Market

PRICE_SCALE: Final = 1.37
VOLUME_SCALE: Final = 3.0
NUDGE: Final = 0.02
"""Of the deviation of bar returns: no rule that works is so precise, a value learnt by heart is."""
_KINDS: Final = 4
SESSIONS_ON: Final = 720_720
"""A multiple of every number up to 16, and of 20, 21, 63, 252: a cycle of sessions stays whole."""
CRASH, SURGE, JUMPS, DRIFT = range(4)
"""Kinds of replaced futures."""
LEAST_AHEAD: Final = 256
"""Bars after a cut at least, where the market has them: a warm-up may be filled from there."""


@dataclass(frozen=True, slots=True)
class Window:
    """Bars start..stop-1 of a market, others from `cut` on."""

    start: int
    cut: int
    stop: int


def some_symbols(market: Market, column: int, columns: int) -> Market:
    """So many symbols of a market from `column` on, as views, without corporate actions."""
    part = slice(column, column + columns)
    arrays: dict[str, Any] = {name: getattr(market, name)[:, part] for name in (*FIELDS, "stale")}
    symbols, none = market.symbols[part], Actions.none()
    return replace(market, symbols=symbols, actions=none, spread=None, hash="", **arrays)


def window_around(cut: int, shape: tuple[int, int], cells: int) -> Window:
    """The whole market where it has at most `cells` bars times symbols, else about as many.

    A quarter of them lies after the cut. Of a cut among the first bars only what is near.
    """
    bars, symbols = shape
    room = cells // symbols
    if cut <= LEAST_AHEAD:
        return Window(0, cut, min(bars, cut + 2 * LEAST_AHEAD))
    if bars <= room:
        return Window(0, cut, bars)
    ahead = max(LEAST_AHEAD, room // 4)
    return Window(max(0, cut + ahead - max(room, 2 * ahead)), cut, min(bars, cut + ahead))


def replaced_future(market: Market, cut: int, generator: np.random.Generator) -> Market:
    """The whole market with other bars from `cut` on."""
    return replaced_window(market, Window(0, cut, len(market.axis)), generator)


def replaced_window(market: Market, window: Window, generator: np.random.Generator) -> Market:
    """A window with other bars from its cut on; symbols in turn crash, surge, jump about, drift.

    Every symbol gets every future as cuts go by. Volumes are new, no bar is stale, times stay. A
    symbol that was not listed yet is listed at the cut.
    """
    tails = _tails(market, window, generator)
    arrays = {name: _columns(market, name, window) for name in tails}
    for name, tail in tails.items():
        arrays[name][window.cut - window.start :] = tail
    return _window(market, window, arrays)


def scaled(market: Market, window: Window) -> Market:
    """A window at 1.37 times the price and 3 times the volume."""
    factors = dict.fromkeys(PRICES, PRICE_SCALE) | {"volume": VOLUME_SCALE}
    arrays = {name: _columns(market, name, window) for name in (*FIELDS, "stale")}
    for name, factor in factors.items():
        arrays[name] *= factor
    return _window(market, window, arrays)


def renumbered(market: Market, window: Window) -> Market:
    """A window whose sessions are numbered 720,720 higher."""
    arrays = {name: _columns(market, name, window) for name in (*FIELDS, "stale")}
    later = _window(market, window, arrays)
    return replace(later, axis=replace(later.axis, session=later.axis.session + SESSIONS_ON))


def strange(market: Market, window: Window) -> Market:
    """A window with both: what no rule of relative moves should notice."""
    return renumbered(scaled(market, window), Window(0, window.cut, window.stop - window.start))


def nudged(market: Market, window: Window, generator: np.random.Generator) -> Market:
    """A window with the prices of every bar a little off, by a factor drawn for each symbol.

    It deviates from 1 by 2 % of the symbol's own deviation of bar returns. Open, high, low and
    close of a bar share it, so that bars stay sound; a bar that closes where the one before it did
    shares that one's, so that a halt stays one. Volumes are as they were.
    """
    arrays = {name: _columns(market, name, window) for name in (*FIELDS, "stale")}
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.diff(np.log(arrays["close"]), axis=0)
    known = np.isfinite(moves)
    squares = np.square(np.where(known, moves, 0.0)).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(known.sum(axis=0), 1))
    draws = generator.standard_normal(arrays["close"].shape)
    own = np.ones(draws.shape, dtype=bool)
    own[1:] = moves != 0.0
    drawn = np.maximum.accumulate(np.where(own, np.arange(len(own))[:, None], 0), axis=0)
    factors = np.exp(NUDGE * deviation * np.take_along_axis(draws, drawn, axis=0))
    for name in PRICES:
        arrays[name] *= factors
    return _window(market, window, arrays)


def side_by_side(markets: list[Market]) -> Market:
    """Markets of the same bars as one, their symbols after each other (not sealed, no actions)."""
    arrays: dict[str, Any] = {
        name: np.asfortranarray(np.hstack([getattr(market, name) for market in markets]))
        for name in (*FIELDS, "stale")
    }
    symbols = tuple(symbol for market in markets for symbol in market.symbols)
    return replace(markets[0], symbols=symbols, hash="", **arrays)


def _tails(market: Market, window: Window, generator: np.random.Generator) -> dict[str, Floats]:
    rows, symbols = window.stop - window.cut, market.shape[1]
    close = _last_close(market, window.cut) * np.exp(_paths(rows, symbols, window.cut, generator))
    opened = np.vstack([close[:1], close[:-1]]) * (1.0 + generator.normal(0.0, 0.002, close.shape))
    spread = 1.0 + generator.uniform(0.001, 0.02, close.shape)
    known = np.nan_to_num(market.volume[window.start : window.stop]).mean(axis=0)
    volume = np.maximum(known, 1_000.0) * generator.uniform(0.2, 6.0, close.shape)
    return {
        "open": opened,
        "high": np.maximum(opened, close) * spread,
        "low": np.minimum(opened, close) / spread,
        "close": close,
        "volume": np.round(volume),
        "stale": np.zeros(close.shape, dtype=bool),
    }


def _paths(rows: int, symbols: int, turn: int, generator: np.random.Generator) -> Floats:
    """Logarithms of price over the last known one, (rows, symbols)."""
    kinds = (np.arange(symbols) + turn) % _KINDS
    shocks = generator.normal(0.0, 0.004, (rows, symbols))
    shocks[:, kinds == JUMPS] *= 12.0
    shocks[:, kinds == DRIFT] += 0.006
    shocks[0, kinds == CRASH] = -0.12
    shocks[0, kinds == SURGE] = 0.14
    shocks[0, kinds == JUMPS] = 0.09 * np.sign(shocks[0, kinds == JUMPS])
    paths: Floats = np.cumsum(np.clip(shocks, -0.2, 0.2), axis=0)
    return np.clip(paths, -3.0, 3.0)


def _last_close(market: Market, cut: int) -> Floats:
    last = market.close[cut - 1]
    return np.where(np.isfinite(last) & (last > 0.0), last, 100.0)


def _columns(market: Market, name: str, window: Window) -> Any:
    return np.array(getattr(market, name)[window.start : window.stop], order="F")


def _window(market: Market, window: Window, arrays: dict[str, Any]) -> Market:
    axis = market.axis.part(window.start, window.stop)
    return replace(market, axis=axis, spread=None, hash="", **arrays)
