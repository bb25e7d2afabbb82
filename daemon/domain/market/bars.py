"""Bars and the market: the aligned (time, symbol) arrays that genomes see and the engine trades.

The conventions of time, stated once:

- Every instant is an int64 of nanoseconds since 1970-01-01 UTC. Session dates are dates of the
  exchange, as int32 days since 1970-01-01.
- A bar is known at its *close*. `open_time` is where its window starts (what vendors stamp),
  `close_time` where it ends; they are never called just "time". A daily bar opens and closes
  with the regular session.
- A decision made on bar t uses bars 0..t and trades at the open of bar t+1 at the earliest.

Prices are raw (unadjusted). Splits and dividends travel beside them; what a genome sees is
`Market.adjusted()`: prices on the share basis of the *first* bar, so that the past never depends
on a later split. A bar missing at one symbol repeats the last close with volume 0 and `stale`.

Before a symbol's first bar it is not listed. The raw market holds its first open there, volume 0,
stale, so that 0 shares are worth 0 dollars; that price is the future's, so that genomes see NaN
prices and NaN volume instead, as if the symbol's series began with its first bar. A market that
begins within a halt knows no price either, and shows NaN until the first bar after it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TIMEFRAMES: Final[dict[str, int]] = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "1d": 0}
"""Name of each time frame and its minutes; 0 stands for one bar a session."""

PRICES: Final = ("open", "high", "low", "close")
FIELDS: Final = (*PRICES, "volume")


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The instants of T bars.

    open_time, close_time: int64 (T,), nanoseconds UTC. session: int64 (T,), number of the session
    counted from 0 at the first bar. session_date: int32 (T,). minute: int64 (T,), minutes from the
    session's open to the bar's close. minutes_left: int64 (T,), minutes from the bar's close to
    the session's close (0 at its last bar; knows half days).
    """

    open_time: Ints
    close_time: Ints
    session: Ints
    session_date: npt.NDArray[np.int32]
    minute: Ints
    minutes_left: Ints

    def __len__(self) -> int:
        return len(self.close_time)

    def part(self, start: int, stop: int) -> TimeAxis:
        """Bars start..stop-1; sessions keep their numbers."""
        return TimeAxis(*(getattr(self, name)[start:stop] for name in TIME_FIELDS))


TIME_FIELDS: Final = (
    "open_time",
    "close_time",
    "session",
    "session_date",
    "minute",
    "minutes_left",
)


@dataclass(frozen=True, slots=True)
class Actions:
    """Corporate actions, sorted by bar: they take effect before the open of bar `bar[k]`.

    bar, symbol: int64 (K,) indices. cash: dollars a share paid to who held at the close before.
    new, old: a split turns `old` shares into `new` (exact integers as float64; 1, 1 if none).
    """

    bar: Ints
    symbol: Ints
    cash: Floats
    new: Floats
    old: Floats

    @staticmethod
    def none() -> Actions:
        """No corporate action at all."""
        empty = np.zeros(0, dtype=np.int64)
        zero = np.zeros(0, dtype=np.float64)
        return Actions(empty, empty, zero, zero, zero)

    def part(self, start: int, stop: int) -> Actions:
        """The actions of bars start..stop-1, with bars counted from start."""
        keep = (self.bar >= start) & (self.bar < stop)
        return Actions(
            self.bar[keep] - start,
            self.symbol[keep],
            self.cash[keep],
            self.new[keep],
            self.old[keep],
        )


@dataclass(frozen=True, slots=True)
class Market:
    """T aligned bars of N symbols, ending at an as-of instant.

    open, high, low, close, volume: float64 (T, N), Fortran order (a symbol's column is
    contiguous), read-only, dollars and shares. stale: bool (T, N).
    spread: float64 (T, N) full quoted spread in dollars, or None where no quotes exist.
    simulated: true where the prices were made up by the simulated market.
    """

    symbols: tuple[str, ...]
    timeframe: str
    axis: TimeAxis
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    stale: Bools
    actions: Actions = field(default_factory=Actions.none)
    spread: Floats | None = None
    simulated: bool = False
    hash: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return self.close.shape[0], self.close.shape[1]

    @property
    def sessions(self) -> int:
        """How many sessions the bars span."""
        return 0 if len(self.axis) == 0 else int(self.axis.session[-1] - self.axis.session[0]) + 1

    def part(self, start: int, stop: int) -> Market:
        """Bars start..stop-1 as a market of its own, with a hash of its own."""
        arrays: dict[str, Any] = {
            name: getattr(self, name)[start:stop] for name in (*FIELDS, "stale")
        }
        spread = None if self.spread is None else self.spread[start:stop]
        axis = self.axis.part(start, stop)
        actions = self.actions.part(start, stop)
        return sealed(replace(self, axis=axis, actions=actions, spread=spread, **arrays))

    def adjusted(self) -> Market:
        """The market as genomes see it: prices on the share basis of the first bar, NaN before it.

        Past-only: prices after a split are multiplied by new/old, volumes divided by it; prices
        and volumes on the stale rows that a column begins with are NaN. The market itself where
        there is neither.
        """
        unlisted = self._unlisted()
        if not unlisted.any() and not np.any(self.actions.new != self.actions.old):
            return self
        factor = np.ones(self.shape, order="F")
        for bar, symbol, new, old in zip(
            self.actions.bar, self.actions.symbol, self.actions.new, self.actions.old, strict=True
        ):
            factor[bar:, symbol] *= new / old
        for symbol in np.flatnonzero(unlisted):
            factor[: unlisted[symbol], symbol] = np.nan
        prices: dict[str, Any] = {name: _read_only(getattr(self, name) * factor) for name in PRICES}
        return replace(self, volume=_read_only(self.volume / factor), **prices)

    def _unlisted(self) -> Ints:
        """How many stale rows each column begins with, int64 (N,)."""
        bars, symbols = self.shape
        rows = np.zeros(symbols, dtype=np.int64)
        for symbol in np.flatnonzero(self.stale[:1].any(axis=0)):
            traded = ~self.stale[:, symbol]
            rows[symbol] = traded.argmax() if traded.any() else bars
        return rows


def sealed(market: Market) -> Market:
    """The market with read-only Fortran arrays and the hash of everything in it."""
    arrays: dict[str, Any] = {
        name: _read_only(getattr(market, name)) for name in (*FIELDS, "stale")
    }
    if market.spread is not None:
        arrays["spread"] = _read_only(market.spread)
    frozen = replace(market, **arrays)
    return replace(frozen, hash=content_hash(frozen))


def content_hash(market: Market) -> str:
    """SHA-256 over symbols, time frame, axis, bars, stale marks, actions and spread."""
    digest = hashlib.sha256()
    digest.update(repr((market.symbols, market.timeframe, market.shape)).encode())
    columns = [getattr(market.axis, name) for name in TIME_FIELDS]
    columns += [getattr(market, name) for name in (*FIELDS, "stale")]
    columns += [getattr(market.actions, name) for name in ("bar", "symbol", "cash", "new", "old")]
    if market.spread is not None:
        columns.append(market.spread)
    for array in columns:
        digest.update(np.ascontiguousarray(array.T).data)
    return digest.hexdigest()


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    fortran = np.asfortranarray(array)
    view = fortran.view()
    view.flags.writeable = False
    return view
