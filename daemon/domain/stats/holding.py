"""When anything was held: the union of the trades' stretches of bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daemon.domain.market.bars import Bools, Ints


@dataclass(frozen=True, slots=True)
class Holding:
    """Stretches of bars at whose close a position was held, of a run of `bars` bars.

    first, stop: int64 (M,), stretches [first, stop), ascending, none touching the next.
    """

    first: Ints
    stop: Ints
    bars: int

    def share(self) -> float:
        """Share of bars at whose close anything was held; the size plays no part."""
        return float(np.sum(self.stop - self.first)) / self.bars

    def any(self, first: int, last: int) -> bool:
        """Whether anything was held at the close of one of the bars first..last, inclusive."""
        after = int(np.searchsorted(self.stop, first, side="right"))
        return after < len(self.first) and bool(self.first[after] <= last)


def holding(entry_bar: Ints, exit_bar: Ints, counted: Bools, bars: int) -> Holding:
    """The holding of K trades in order of entry; exit_bar is -1 while a trade is open.

    A trade is held at the closes from the bar of its entry to the one before its exit. counted:
    bool (K,), trades large enough to be called a position.
    """
    first = entry_bar[counted]
    stop = np.where(exit_bar[counted] < 0, bars, exit_bar[counted])
    lasting = stop > first
    first, stop = first[lasting], stop[lasting]
    reached = np.maximum.accumulate(stop)
    fresh = np.ones(len(first), dtype=bool)
    fresh[1:] = first[1:] > reached[:-1]
    last = np.append(np.flatnonzero(fresh)[1:] - 1, len(first) - 1) if len(first) else fresh[:0]
    return Holding(first[fresh], reached[last], bars)
