"""Rows out of order, and rows that stand twice: the lake refuses them, a source may give them."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Ints
from daemon.domain.market.scan.findings import Code, Finding, Severity, by_day, plural


def order_findings(rows: Rows, days: Ints) -> list[Finding]:
    """Times that go back, and times that stand more than once. days: int64 (R,), exchange dates."""
    back = np.zeros(len(rows), dtype=bool)
    back[1:] = np.diff(rows.open_time) < 0
    found = [
        Finding(
            day,
            Code.UNSORTED,
            Severity.BAD,
            count,
            f"{plural(count, 'bar')} begin earlier than the one before",
        )
        for day, count in by_day(days, back)
    ]
    order = np.argsort(rows.open_time, kind="stable")
    again = np.zeros(len(rows), dtype=bool)
    again[order[1:]] = np.diff(rows.open_time[order]) == 0
    found += [
        Finding(
            day,
            Code.DUPLICATED,
            Severity.BAD,
            count,
            f"{plural(count, 'bar')} stand there a second time",
        )
        for day, count in by_day(days, again)
    ]
    return found


def in_order(rows: Rows) -> Rows:
    """The rows sorted by time; of two with the same time the later one holds."""
    if np.all(np.diff(rows.open_time) > 0):
        return rows
    order = np.argsort(rows.open_time, kind="stable")
    order = order[np.append(np.diff(rows.open_time[order]) != 0, True)]
    return Rows(rows.open_time[order], *(getattr(rows, name)[order] for name in FIELDS))
