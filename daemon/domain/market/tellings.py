"""Splits and dividends as several sources tell them: one event is taken once.

Sources differ by some days on when an event takes effect, and by some cents on a dividend. A
second telling taken for a second event would apply a split twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from daemon.domain.market.align import Events
from daemon.domain.market.bars import Bools, Ints
from daemon.domain.market.calendar import Days

NEAR: Final = 5
"""Sessions between two tellings of one event at most."""
_RATIO: Final = 1e-3
"""A ratio may be told as a decimal: 0.0333 for 1 for 30."""
_CASH: Final = 0.02
_COLUMNS: Final = ("ex_date", "cash", "new", "old")


def told_once(tellings: Sequence[Events], session_date: Days) -> Events:
    """Splits, or dividends, of one symbol without second tellings, by ex-date.

    tellings: of each source, the most preferred first; each of a source's events is an event.
    An event of a later source is a second telling where an earlier one has an event of that day,
    or one of the same ratio and like cash (2 %) within `NEAR` sessions; the nearest are paired,
    each once, so that weekly dividends are not taken for their neighbours. session_date: int32
    (S,), of the calendar; days that lie before or after all of it count as one.
    """
    kept = Events.none()
    for one in tellings:
        kept = _joined(kept, one, ~_second_tellings(kept, one, session_date))
    return kept


def _second_tellings(kept: Events, told: Events, session_date: Days) -> Bools:
    """bool (K,), of the events told."""
    second: Bools = np.isin(told.ex_date, kept.ex_date)
    apart = np.abs(_places(told, session_date)[:, None] - _places(kept, session_date))
    one, other = np.nonzero((apart <= NEAR) & _alike(told, kept))
    matched = np.zeros(len(told.ex_date), dtype=bool)
    taken = np.zeros(len(kept.ex_date), dtype=bool)
    for pair in np.argsort(apart[one, other], kind="stable").tolist():
        if not matched[one[pair]] and not taken[other[pair]]:
            matched[one[pair]] = taken[other[pair]] = True
    return second | matched


def _places(events: Events, session_date: Days) -> Ints:
    return np.searchsorted(session_date, events.ex_date, side="left").astype(np.int64)


def _alike(told: Events, kept: Events) -> Bools:
    """bool (K, L)."""
    ratio = np.isclose((told.new / told.old)[:, None], kept.new / kept.old, rtol=_RATIO, atol=0.0)
    cash: Bools = np.isclose(told.cash[:, None], kept.cash, rtol=_CASH, atol=0.0)
    return ratio & cash


def _joined(kept: Events, told: Events, fresh: Bools) -> Events:
    order = np.argsort(np.append(kept.ex_date, told.ex_date[fresh]), kind="stable")
    return Events(
        *(np.append(getattr(kept, name), getattr(told, name)[fresh])[order] for name in _COLUMNS)
    )
