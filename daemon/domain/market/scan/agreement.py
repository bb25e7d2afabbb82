"""Two tellings of the same bars: two sources, or the day bar and its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import PRICES, Bools, Ints
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Code, Finding, Severity

CENT: Final = 0.01
_BAD_SHARE: Final = 0.05
_WARN_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two prices may lie apart: `price` as a share of them, or one cent; `volume` too."""

    price: float = 0.001
    volume: float = 0.05


def disagreement(one: Rows, other: Rows, days: Ints, tolerance: Tolerance) -> list[Finding]:
    """Bars that both have and tell differently, by day.

    Both ascend. days: int64 (R,), exchange dates of the rows of `one`. Bad where more than a
    twentieth of a day's shared bars disagree in price; a volume alone is worth no more than INFO.
    """
    _, first, second = np.intersect1d(
        one.open_time, other.open_time, assume_unique=True, return_indices=True
    )
    prices = np.zeros(len(first), dtype=bool)
    for name in PRICES:
        left, right = getattr(one, name)[first], getattr(other, name)[second]
        prices |= ~_near(left, right, tolerance.price, CENT * 1.0001)
    volumes = ~_near(one.volume[first], other.volume[second], tolerance.volume, 0.0)
    shared = days[first]
    found = []
    for day in np.unique(shared[prices | volumes]).tolist():
        own = shared == day
        found.append(_told(day, int(own.sum()), int(prices[own].sum()), int(volumes[own].sum())))
    return found


def day_against_minutes(minutes: Rows, daily: Rows, table: SessionTable) -> list[Finding]:
    """Day bars whose close is not that of the last regular minute, within the 1 % of an auction.

    Both ascend. Bad beyond 5 %: one of the two is adjusted, or of another symbol.
    """
    starts = np.searchsorted(minutes.open_time, table.open_time)
    stops = np.searchsorted(minutes.open_time, table.close_time)
    session = table.of_daily_stamps(daily.open_time) if len(table) else np.zeros(0, dtype=np.int64)
    rows = np.flatnonzero(session >= 0)
    rows = rows[stops[session[rows]] > starts[session[rows]]]
    last = minutes.close[stops[session[rows]] - 1]
    apart = np.abs(np.log(last) - np.log(daily.close[rows]))
    return [
        Finding(
            int(table.session_date[session[rows[k]]]),
            Code.DAY_DISAGREES,
            Severity.BAD if apart[k] > 0.05 else Severity.WARN,
            1,
            f"the day bar closes at {daily.close[rows[k]]:g}, its last minute at {last[k]:g}",
        )
        for k in np.flatnonzero(apart > 0.01).tolist()
    ]


def _near(left: np.ndarray, right: np.ndarray, share: float, least: float) -> Bools:
    limit = np.maximum(share * np.maximum(np.abs(left), np.abs(right)), least)
    near: Bools = np.abs(left - right) <= limit
    return near


def _told(day: int, shared: int, prices: int, volumes: int) -> Finding:
    severity = Severity.INFO
    if prices > _WARN_SHARE * shared:
        severity = Severity.BAD if prices > _BAD_SHARE * shared else Severity.WARN
    sentence = (
        f"of {shared:,} bars that both sources have, {prices:,} differ in price "
        f"and {volumes:,} in volume beyond the tolerance"
    )
    return Finding(day, Code.SOURCES_DISAGREE, severity, max(prices, volumes), sentence)
