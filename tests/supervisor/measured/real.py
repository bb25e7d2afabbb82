"""Bars that count as real, on real sessions, for campaigns up to a day."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.align import Events, Rows, Series, align
from daemon.domain.market.bars import FIELDS, Market
from daemon.domain.market.calendar import SessionTable
from daemon.domain.worlds.planted import EdgeKind, planted

FIRST = 14_612  # 2010-01-03


def real_market(table: SessionTable, sessions: int, symbols: int) -> Market:
    """Daily bars with a strong edge, gaps, a later listing, a split and two dividends."""
    rng = np.random.default_rng(5)
    made = planted(EdgeKind.REVERSAL, (sessions, symbols), 6.0, rng).market
    first = int(np.searchsorted(table.session_date, FIRST))
    used = table.rows(first, first + sessions)
    kept = np.ones((sessions, symbols), dtype=bool)
    kept[:30, 1] = False
    kept[40:43, 0] = False
    series = [_series(made, used, kept[:, n], n) for n in range(symbols)]
    return align(series, used, "1d")


def _series(made: Market, table: SessionTable, kept: np.ndarray, n: int) -> Series:
    days = table.session_date[[20, 35, 35, len(table) - 5]]
    events = Events(
        days, np.array([0.5, 0.0, 0.25, 0.1]), *np.array([[1, 2, 1, 1], [1, 1, 1, 1.0]])
    )
    rows = Rows(table.open_time[kept], *(getattr(made, name)[kept, n] for name in FIELDS))
    return Series(f"R{n}", rows, daily=True, events=events if n < 2 else Events.none())
