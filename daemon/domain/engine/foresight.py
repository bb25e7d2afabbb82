"""Proof over the engine itself: nothing that it books before a cut hangs on what comes after it.

A chain of series, market, positions and ledger (`Setting`) is run whole, and again in ways that
may change nothing before a cut:

1 `within`: asked for up to an instant inside the bar after the cut
2 `gone`: the rows and corporate actions after the cut do not exist
3 `others`: they are others, violently so, with a split and a dividend that were never there
4 `targets`: the same bars, but from the last decision before the cut on all targets are turned
   round; a decision acts on the next bar at the earliest
5 `inside`: the bar after the cut has another high, low and close; what was ordered before fills at
   its open as before

`foresights` gives every difference it finds. Genomes are held to the same in `causality`; this is
for the rules that price them, and for what stands between the lake and a genome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.engine.causality import first_difference
from daemon.domain.engine.intake import checked
from daemon.domain.engine.pasts import known_at, other_future, past_of
from daemon.domain.engine.simulate import simulate
from daemon.domain.engine.simulation import ExitReason, Simulation, Sizing
from daemon.domain.genome.contract import Exits, Kind
from daemon.domain.market.align import Series, align
from daemon.domain.market.bars import FIELDS, PRICES, TIME_FIELDS, Floats, Ints, Market
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.resample import resample
from daemon.domain.trading.friction import Friction

SHOWN: Final = (*FIELDS, "stale")
_AT_THE_OPEN: Final = (ExitReason.TARGET_CHANGED, ExitReason.REVERSED, ExitReason.MAX_BARS)


@dataclass(frozen=True, slots=True)
class Setting:
    """One chain from series to ledger. rule: positions (T, N) from the market as a genome sees it.

    coarse: time frame that the aligned bars are folded to; "" leaves them.
    """

    series: tuple[Series, ...]
    table: SessionTable
    timeframe: str
    rule: Callable[[Market], Floats]
    friction: Friction
    exits: Exits
    sizing: Sizing = "slot"
    coarse: str = ""


@dataclass(frozen=True, slots=True)
class Foresight:
    """A difference before a cut. what: symbols, axis, a field of the bars, actions, positions,
    equity or trades. way: in which run. bar: the first that differs. cut: first bar that was gone.
    """

    what: str
    way: str
    bar: int
    cut: int

    def __str__(self) -> str:
        return f"{self.what} at bar {self.bar} know what comes from bar {self.cut} on ({self.way})"


@dataclass(frozen=True, slots=True)
class Course:
    """What a chain made: the market and as it is seen, positions, ledger."""

    market: Market
    seen: Market
    positions: Floats
    simulation: Simulation


def course_of(setting: Setting, as_of: int | None = None) -> Course:
    """The chain run once."""
    market = align(setting.series, setting.table, setting.timeframe, as_of)
    if setting.coarse:
        market = resample(market, setting.coarse)
    seen = market.adjusted()
    kind: Kind = "signal" if setting.sizing == "slot" else "rotate"
    positions = checked(setting.rule(seen), kind).dense()
    return Course(market, seen, positions, _priced(setting, market, positions))


def foresights(
    setting: Setting, generator: np.random.Generator, cuts: int = 24
) -> Iterator[Foresight]:
    """Every difference, cut by cut; nothing where the chain looks back only."""
    whole = course_of(setting)
    for cut in drawn_cuts(whole, generator, cuts):
        yield from _of_targets(setting, whole, cut)
        yield from _inside(setting, whole, cut, generator)
        yield from _of_data(setting, whole, cut, generator)


def drawn_cuts(whole: Course, generator: np.random.Generator, count: int) -> tuple[int, ...]:
    """At most so many bars at which a past ends, in the order they were drawn.

    They lie at and after fills, exits and corporate actions, and anywhere; all after every symbol
    was listed and before the last bar.
    """
    market, trades = whole.market, whole.simulation.trades
    bars, listed = len(market.axis), int(np.argmin(market.stale, axis=0).max()) + 2
    booked: Ints = np.concatenate([trades.entry_bar, trades.exit_bar])
    kinds = [booked, booked + 1, market.actions.bar, generator.integers(listed, bars, count)]
    drawn = np.array(
        [kinds[k % 4][int(generator.integers(len(kinds[k % 4])))] for k in range(count)]
    )
    inside = [int(cut) for cut in drawn if listed <= cut < bars - 1]
    return tuple(dict.fromkeys(inside))


def _of_data(
    setting: Setting, whole: Course, cut: int, generator: np.random.Generator
) -> Iterator[Foresight]:
    instant = int(whole.market.axis.close_time[cut - 1])
    pairs = [(one, known_at(one, setting.table, instant)) for one in setting.series]
    past = tuple(past_of(*pair) for pair in pairs)
    later = tuple(other_future(*pair, generator) for pair in pairs)
    within = course_of(setting, (instant + int(whole.market.axis.close_time[cut])) // 2)
    if len(within.market.axis) > cut:
        yield Foresight("bars", "within", cut, cut)
    yield from _compared(whole, within, cut, "within")
    yield from _compared(whole, course_of(replace(setting, series=past)), cut, "gone")
    yield from _compared(whole, course_of(replace(setting, series=later)), cut, "others")


def _compared(whole: Course, other: Course, cut: int, way: str) -> Iterator[Foresight]:
    if whole.market.symbols != other.market.symbols:
        yield Foresight("symbols", way, 0, cut)
        return
    pairs = {name: (getattr(whole.seen, name), getattr(other.seen, name)) for name in SHOWN}
    for name in TIME_FIELDS:
        pairs[name] = getattr(whole.market.axis, name), getattr(other.market.axis, name)
    pairs["positions"] = whole.positions, other.positions
    for name, (one, two) in pairs.items():
        bar = _first_difference(one[:cut], two[:cut])
        if bar >= 0:
            yield Foresight(name, way, bar, cut)
    if not np.array_equal(_acted(whole.market, cut), _acted(other.market, cut)):
        yield Foresight("actions", way, cut, cut)
    yield from _of_ledgers(whole.simulation, other.simulation, cut, way)


def _of_ledgers(whole: Simulation, other: Simulation, cut: int, way: str) -> Iterator[Foresight]:
    bar = _first_difference(whole.equity[:cut], other.equity[:cut])
    if bar >= 0:
        yield Foresight("equity", way, bar, cut)
    before, after = _closed(whole, cut), _closed(other, cut)
    if not np.array_equal(before, after):
        yield Foresight("trades", way, cut - 1, cut)


def _of_targets(setting: Setting, whole: Course, cut: int) -> Iterator[Foresight]:
    """A fill at the same close is the one rule by which a decision acts on its own bar."""
    first = cut if setting.friction.fill == "same_close" else cut - 1
    turned = whole.positions.copy()
    share = 0.5 if setting.sizing == "slot" else 0.5 / turned.shape[1]
    turned[first:] = np.where(turned[first] > 0.0, -share, share)
    other = _priced(setting, whole.market, turned)
    yield from _of_ledgers(whole.simulation, other, cut, "targets")


def _inside(
    setting: Setting, whole: Course, cut: int, generator: np.random.Generator
) -> Iterator[Foresight]:
    """Where rules act at opens only: no levels, no end of session, fills at the open."""
    levels = replace(setting.exits, max_bars=0)
    if levels.any or setting.friction.fill != "next_open":
        return
    market = whole.market.part(0, cut + 1)
    arrays: dict[str, Any] = {name: getattr(market, name).copy(order="F") for name in PRICES}
    opened = arrays["open"][cut]
    arrays["close"][cut] = opened * generator.choice([0.7, 1.4], len(opened))
    arrays["high"][cut] = np.maximum(opened, arrays["close"][cut]) * 1.1
    arrays["low"][cut] = np.minimum(opened, arrays["close"][cut]) * 0.9
    positions = whole.positions[: cut + 1]
    filled = _filled(_priced(setting, market, positions), cut)
    other = _filled(_priced(setting, replace(market, **arrays), positions), cut)
    if not np.array_equal(filled, other):
        yield Foresight("fills", "inside", cut, cut)


def _priced(setting: Setting, market: Market, positions: Floats) -> Simulation:
    return simulate(market, positions, setting.sizing, setting.exits, setting.friction)


def _filled(simulation: Simulation, bar: int) -> Floats:
    """Symbol, quantity and price of what was entered or left at the open of a bar, (K, 4)."""
    trades = simulation.trades
    left = (trades.exit_bar == bar) & np.isin(trades.reason, _AT_THE_OPEN)
    here = left | (trades.entry_bar == bar)
    price = np.where(left, trades.exit_price, trades.entry_price)
    columns = np.column_stack([trades.symbol, trades.entry_bar, trades.quantity, price])
    filled: Floats = columns[here]
    return filled


def _closed(simulation: Simulation, cut: int) -> Floats:
    """What was entered before a cut, with all figures of what was also left before it, (K, 8)."""
    trades = simulation.trades
    left = (trades.exit_bar >= 0) & (trades.exit_bar < cut)
    names = ("exit_bar", "quantity", "entry_price", "exit_price", "pnl", "reason")
    known = [np.where(left, getattr(trades, name), -1.0) for name in names]
    columns = np.column_stack([trades.symbol, trades.entry_bar, *known])
    return columns[trades.entry_bar < cut].astype(np.float64)


def _acted(market: Market, cut: int) -> Floats:
    actions = market.actions
    columns = [actions.bar, actions.symbol, actions.cash, actions.new, actions.old]
    return np.column_stack(columns)[actions.bar < cut].astype(np.float64)


def _first_difference(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> int:
    if len(one) != len(other):
        return min(len(one), len(other))
    shape = (len(one), -1)
    wide = [array.reshape(shape).astype(np.float64) for array in (one, other)]
    return first_difference(*wide)
