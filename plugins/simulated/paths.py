"""Minutes of one symbol and one year, drawn so that they add up to the sessions of the world.

1. `_shares`: how the variance of a session spreads over its minutes: high after the open, low at
   noon, rising into the close.
2. `_bridged`: noise of that shape, tied to the move of the first half hour and to that of the
   rest; the factor's minutes are the same for every symbol. It is as wide as those moves were
   drawn, tail included: narrower noise would turn a wide move into a trend that its first minutes
   give away.
3. `_prices`: prints bounce between bid and ask, the opening and the closing one excepted; highs
   and lows are those of a Brownian bridge inside the minute; all in cents.
4. `_volumes`: the same shape, and more where the price moved more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Ints
from plugins.simulated.characters import Character, character
from plugins.simulated.sessions import FULL_DAY, Sessions, minute_times
from plugins.simulated.settings import SimulatedSettings
from plugins.simulated.world import FIRST_SHARE, OVERNIGHT_SHARE, World

FIRST_MINUTES: Final = 30
_HALF_CENT: Final = 0.005
_SHARES_A_TRADE: Final = 120.0
_VOLUME_NOISE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Bars:
    """R bars of one symbol in order: instants of opening, dollars, shares, counts."""

    open_time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    transactions: Ints


@dataclass(frozen=True, slots=True)
class _Grid:
    """S sessions x 390 minutes.

    opening: (S, 1) dollars. moves, deviation: (S, 390) fractions of the opening, and of the same in
    sum. shares: (S, 390) of a session, 0 after the close. last: (S,) place of the closing minute.
    volume: (S, 1) of the session.
    """

    opening: Floats
    moves: Floats
    deviation: Floats
    shares: Floats
    last: Ints
    volume: Floats


def minute_bars(settings: SimulatedSettings, made: World, symbol: int, year: int) -> Bars:
    """Every minute of the regular sessions of a year; `made` is the world of the settings."""
    rng = _generator(settings.seed, 2, symbol, year)
    days = made.sessions.of_year(year)
    grid = _grid(settings, made, symbol, year, rng)
    part = Sessions(*(getattr(made.sessions, n)[days] for n in ("year", "open_time", "minutes")))
    exists, open_time = minute_times(part)
    opened, high, low, close = (p[exists] for p in _prices(rng, grid, character(symbol)))
    volume = _volumes(rng, grid)[exists]
    trades = np.ceil(volume / _SHARES_A_TRADE).astype(np.int64)
    return Bars(open_time, opened, high, low, close, volume, trades)


def daily_bars(minutes: Bars, starts: Ints) -> Bars:
    """The same bars folded by session; `starts` are the indices of each session's first minute."""
    stops = np.append(starts[1:], len(minutes.close)) - 1
    return Bars(
        open_time=minutes.open_time[starts],
        open=minutes.open[starts],
        high=np.maximum.reduceat(minutes.high, starts),
        low=np.minimum.reduceat(minutes.low, starts),
        close=minutes.close[stops],
        volume=np.add.reduceat(minutes.volume, starts),
        transactions=np.add.reduceat(minutes.transactions, starts),
    )


def _generator(seed: int, *stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))


def _grid(
    settings: SimulatedSettings, made: World, symbol: int, year: int, rng: np.random.Generator
) -> _Grid:
    days, beta = made.sessions.of_year(year), character(symbol).beta
    minutes = made.sessions.minutes[days]
    shares = _shares(minutes)
    factor, own = made.factor_width[days], made.own_width[days, symbol]
    common = _generator(settings.seed, 1, year)
    moves = beta * _bridged(common, shares, factor, made.factor_first[days], made.factor_rest[days])
    moves += _bridged(rng, shares, own, made.own_first[days, symbol], made.own_rest[days, symbol])
    moves += shares * made.drift[days, symbol, None]
    return _Grid(
        opening=made.open[days, symbol, None],
        moves=moves,
        deviation=_inside(np.hypot(beta * factor, own))[:, None] * np.sqrt(shares),
        shares=shares,
        last=minutes - 1,
        volume=made.volume[days, symbol, None],
    )


def _inside(deviation: Floats) -> Floats:
    """The part of a session's deviation that falls between its open and its close."""
    return np.asarray(np.sqrt(1.0 - OVERNIGHT_SHARE) * deviation)


def _shares(minutes: Ints) -> Floats:
    """Share of each minute in the variance between open and close: (S, 390), rows add up to 1."""
    place, left = np.arange(FULL_DAY), minutes[:, None] - 1 - np.arange(FULL_DAY)
    shape = 1.0 + 3.0 * np.exp(-place / 20.0) + 0.9 * np.exp(-np.maximum(left, 0) / 20.0)
    shape[left < 0] = 0.0
    for part, share in ((slice(0, FIRST_MINUTES), FIRST_SHARE), (slice(FIRST_MINUTES, None), None)):
        whole = 1.0 - FIRST_SHARE if share is None else share
        shape[:, part] *= whole / np.sum(shape[:, part], axis=1, keepdims=True)
    return np.asarray(shape)


def _bridged(
    rng: np.random.Generator, shares: Floats, deviation: Floats, first: Floats, rest: Floats
) -> Floats:
    """Moves of each minute (S, 390) that add up to `first` by half an hour, and then to `rest`."""
    moves = rng.standard_normal(shares.shape)
    moves *= np.sqrt(shares)
    moves *= _inside(deviation)[:, None]
    for part, target in ((slice(0, FIRST_MINUTES), first), (slice(FIRST_MINUTES, None), rest)):
        weight = shares[:, part] / np.sum(shares[:, part], axis=1, keepdims=True)
        missing = target - np.sum(moves[:, part], axis=1)
        moves[:, part] += weight * missing[:, None]
    return np.asarray(moves)


def _prices(rng: np.random.Generator, grid: _Grid, traits: Character) -> tuple[Floats, ...]:
    """Open, high, low, close, each (S, 390), in cents."""
    after = grid.opening * (1.0 + np.cumsum(grid.moves, axis=1))
    before = np.hstack((grid.opening, after[:, :-1]))
    half = np.maximum(before * (traits.spread_bps / 20_000.0), _HALF_CENT)
    side = rng.integers(0, 4, before.shape)
    opened = before + half * ((side & 1) * 2 - 1)
    close = after + half * ((side & 2) - 1)
    days = np.arange(len(grid.last))
    opened[:, 0], close[days, grid.last] = before[:, 0], after[days, grid.last]
    spread = 2.0 * (before * grid.deviation) ** 2
    middle, change = (opened + close) / 2.0, (close - opened) ** 2
    high = middle + np.sqrt(change + spread * rng.standard_exponential(before.shape)) / 2.0
    low = middle - np.sqrt(change + spread * rng.standard_exponential(before.shape)) / 2.0
    opened, high, low, close = (_cents(price) for price in (opened, high, low, close))
    return opened, high, low, close


def _volumes(rng: np.random.Generator, grid: _Grid) -> Floats:
    """Whole shares, at least one, (S, 390)."""
    noise = np.exp(_VOLUME_NOISE * rng.standard_normal(grid.moves.shape) - _VOLUME_NOISE**2 / 2.0)
    wild = np.abs(grid.moves) / np.maximum(grid.deviation, 1e-12)
    drawn = grid.volume * grid.shares * noise * (0.6 + 0.5 * np.minimum(wild, 6.0))
    return np.maximum(np.rint(drawn), 1.0)


def _cents(price: Floats) -> Floats:
    return np.asarray(np.maximum(np.rint(price * 100.0), 1.0) / 100.0)
