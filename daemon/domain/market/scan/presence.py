"""Which regular minutes a symbol has bars in, as a grid of sessions by minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools, Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable

DENSE = 0.9
"""A symbol with bars in at least this share of its minutes can testify on those of others."""


@dataclass(frozen=True, slots=True)
class Presence:
    """bool (S, M) of S sessions and the M minutes of the longest one.

    known: minutes that the session has and the symbol could have a bar in. held: those with one.
    """

    known: Bools
    held: Bools

    @property
    def days(self) -> Bools:
        """bool (S,): sessions with a bar."""
        return np.asarray(self.held.any(axis=1), dtype=np.bool_)

    @property
    def density(self) -> float:
        """Share of the minutes with a bar, of sessions that have one at all."""
        days = self.days
        known = int(self.known[days].sum())
        return float(self.held[days].sum()) / known if known else 0.0

    @property
    def is_dense(self) -> bool:
        """Whether the symbol trades often enough to testify on others."""
        return self.density >= DENSE

    def within(self, sessions: Bools) -> Presence:
        """The grid as if there were no others than these sessions. sessions: bool (S,)."""
        if sessions.all():
            return self
        return Presence(self.known & sessions[:, None], self.held & sessions[:, None])


def presence_of(open_time: Ints, table: SessionTable) -> Presence:
    """The grid of ascending bars of a symbol over the sessions of a table."""
    minutes = table.minutes
    width = int(minutes.max()) if len(table) else 0
    known = np.arange(width) < minutes[:, None]
    return Presence(known, _held(open_time, table, width))


def cut_to_life(grid: Presence, begins: bool, ends: bool) -> Presence:
    """The grid without what lies before the first bar, and after the last one.

    begins, ends: whether that bar is the symbol's very first or last.
    """
    if not grid.held.any():
        return grid
    known = grid.known.copy()
    flat = grid.held.ravel()
    if begins:
        known.ravel()[: int(flat.argmax())] = False
    if ends:
        known.ravel()[len(flat) - int(flat[::-1].argmax()) :] = False
    return Presence(known, grid.held)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the dense symbols of a lake say together.

    minutes: int16 (S, M), how many of them have a bar in the minute. days: int16 (S,), how many
    have one in the session.
    """

    minutes: npt.NDArray[np.int16]
    days: npt.NDArray[np.int16]

    def without(self, grid: Presence) -> Crowd:
        """What the others say: the crowd less one of its own members."""
        return Crowd(self.minutes - grid.held, self.days - grid.days)

    def part(self, start: int, stop: int, width: int) -> Crowd:
        """Sessions start..stop-1 in their first `width` minutes."""
        return Crowd(self.minutes[start:stop, :width], self.days[start:stop])

    @property
    def silent(self) -> Bools:
        """bool (S, M): minutes in which fewer than a quarter of at least two witnesses traded."""
        days = self.days[:, None]
        quiet: Bools = (days >= 2) & (4 * self.minutes < days)
        return quiet


def crowd_of(grids: Sequence[Presence]) -> Crowd:
    """The testimony of grids over the same sessions; those that are not dense have none."""
    dense = [grid for grid in grids if grid.is_dense]
    shape = grids[0].held.shape if grids else (0, 0)
    minutes, days = np.zeros(shape, dtype=np.int16), np.zeros(shape[0], dtype=np.int16)
    for grid in dense:
        minutes += grid.held
        days += grid.days
    return Crowd(minutes, days)


def _held(open_time: Ints, table: SessionTable, width: int) -> Bools:
    held = np.zeros((len(table), width), dtype=bool)
    if len(table) == 0 or len(open_time) == 0:
        return held
    borders = np.searchsorted(open_time, np.stack([table.open_time, table.close_time]))
    counts = borders[1] - borders[0]
    session = np.repeat(np.arange(len(table)), counts)
    rows = np.repeat(borders[0] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    minute = (open_time[rows] - table.open_time[session]) // NANOS_PER_MINUTE
    held[session, minute] = True
    return held
