"""Minutes made from their neighbours, for those who need a bar in each minute of a session.

Each missing minute becomes the mean of the bar before it, real or just made, and the next real
one, in open, high, low and close; its volume is 0. Such a bar knows the minute after it, so that a
market never shows it (`daemon.lake.reader.read_bars`): whoever traded on it would see the future.
"""

from __future__ import annotations

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import PRICES, Floats, Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable


def made_minutes(rows: Rows, table: SessionTable, most: int) -> Rows:
    """Bars for the runs of at most `most` missing minutes between two bars of a session.

    rows: real minute bars, ascending. table: the sessions to fill. A longer run stays as it is,
    and so does what lies before a session's first bar or after its last.
    """
    session = table.of_instants(rows.open_time) if len(table) else np.full(len(rows), -1)
    regular = np.flatnonzero(session >= 0)
    minutes = rows.open_time[regular] // NANOS_PER_MINUTE
    lacking = np.diff(minutes) - 1
    same = np.diff(session[regular]) == 0
    gap = np.flatnonzero(same & (lacking >= 1) & (lacking <= most))
    length = lacking[gap]
    step = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length) + 1
    before = regular[np.repeat(gap, length)]
    after = regular[np.repeat(gap + 1, length)]
    prices = {name: _towards(getattr(rows, name), before, after, step) for name in PRICES}
    times = (rows.open_time[before] + step * NANOS_PER_MINUTE).astype(np.int64)
    return Rows(open_time=times, **prices, volume=np.zeros(len(step)))


def _towards(values: Floats, before: Ints, after: Ints, step: Ints) -> Floats:
    """The mean taken `step` times over: half of the way to the next bar with each minute."""
    moved: Floats = values[after] + (values[before] - values[after]) * 0.5**step
    return moved
