"""Series up to an instant, and with another future after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.market.align import Events, Rows, Series
from daemon.domain.market.bars import FIELDS, Floats
from daemon.domain.market.calendar import SessionTable

ROWS: Final = ("open_time", *FIELDS)
EVENTS: Final = ("ex_date", "cash", "new", "old")


@dataclass(frozen=True, slots=True)
class Known:
    """How many rows and corporate actions of a series an instant knows."""

    rows: int
    events: int


def known_at(one: Series, table: SessionTable, instant: int) -> Known:
    """Rows whose bar has closed, and actions of sessions that have begun.

    instant: nanoseconds UTC, after the first session's open.
    """
    stamps = one.rows.open_time
    rows = int(np.searchsorted(stamps, instant, side="left"))
    if one.daily:
        sessions = table.of_daily_stamps(stamps)
        rows = int(np.count_nonzero(table.close_time[sessions] <= instant))
    begun = table.session_date[table.open_time < instant]
    return Known(rows, int(np.count_nonzero(one.events.ex_date <= begun[-1])))


def past_of(one: Series, known: Known) -> Series:
    """The series without what is not known."""
    rows = Rows(*(getattr(one.rows, name)[: known.rows] for name in ROWS))
    events = Events(*(getattr(one.events, name)[: known.events] for name in EVENTS))
    return replace(one, rows=rows, events=events)


def other_future(one: Series, known: Known, generator: np.random.Generator) -> Series:
    """The series with violently other rows after what is known, a fifth of them missing.

    Each later corporate action becomes a split of three for one with a dividend.
    """
    count = len(one.rows) - known.rows
    rows = {name: getattr(one.rows, name).copy() for name in ROWS}
    if known.rows and count:
        last = float(one.rows.close[known.rows - 1])
        for name, values in _violent(last, one.rows.volume[known.rows :], generator).items():
            rows[name][known.rows :] = values
    kept = np.arange(len(one.rows)) < known.rows
    kept |= generator.random(len(kept)) > 0.2
    events = {name: getattr(one.events, name).copy() for name in EVENTS}
    for name, value in (("cash", 0.4), ("new", 3.0), ("old", 1.0)):
        events[name][known.events :] = value
    chosen = Rows(**{name: values[kept] for name, values in rows.items()})
    return replace(one, rows=chosen, events=Events(**events))


def _violent(last: float, volume: Floats, generator: np.random.Generator) -> dict[str, Floats]:
    count = len(volume)
    steps = generator.normal(0.0, 0.05, count)
    steps[0] = generator.choice([-0.3, 0.3])
    close = last * np.exp(np.clip(np.cumsum(steps), -2.0, 2.0))
    opened = close * np.exp(generator.normal(0.0, 0.02, count))
    return {
        "open": opened,
        "high": np.maximum(opened, close) * 1.03,
        "low": np.minimum(opened, close) * 0.97,
        "close": close,
        "volume": np.round(volume * generator.uniform(0.1, 9.0, count)),
    }
