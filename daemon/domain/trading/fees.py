"""Fees that regulators take from traders of shares, by date, with the source of every row.

Sellers pay section 31 and the trading activity fee; both sides pay for the consolidated audit
trail, taken here to be passed on in full.

A date that no row covers is priced at the nearest known rate and flagged; it never means zero.
Rows are corrected here and nowhere else.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats

(
    START,
    SECTION_31_RATE,
    TAF_RATE,
    TAF_CAP,
    AUDIT_TRAIL_RATE,
    ESTIMATED_SALE,
    ESTIMATED_PURCHASE,
) = range(7)
"""Columns of `schedule()`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rate from `first` to `last`, both included.

    rate: of the proceeds (section 31) or dollars a share (trading activity, audit trail).
    cap: dollars a trade at most, of the trading activity fee.
    """

    first: date
    last: date
    rate: float
    source: str
    cap: float = 0.0


SECTION_31: Final = (
    Row(date(2014, 3, 18), date(2015, 2, 13), 22.10e-6, "FINRA notice 2014-03-03; FY2015 act + 60"),
    Row(date(2016, 3, 15), date(2017, 7, 3), 21.80e-6, "FINRA notice 2016-03-15"),
    Row(date(2017, 7, 4), date(2018, 5, 21), 23.10e-6, "FINRA notice 2018-05-07"),
    Row(date(2018, 5, 22), date(2019, 4, 15), 13.00e-6, "FINRA notice 2018-05-07"),
    Row(date(2019, 4, 16), date(2020, 2, 17), 20.70e-6, "SEC fee advisory 2 of FY2019"),
    Row(date(2020, 2, 18), date(2021, 2, 24), 22.10e-6, "FINRA notice 2020-02-03"),
    Row(date(2021, 2, 25), date(2021, 9, 30), 5.10e-6, "SEC notice 2021-01-15; at least its FY"),
    Row(date(2022, 10, 1), date(2023, 2, 26), 22.90e-6, "SEC notice 2023-01-23; its FY"),
    Row(date(2023, 2, 27), date(2024, 5, 21), 8.00e-6, "SEC notice 2023-01-23; FY2024 act + 60"),
    Row(date(2024, 5, 22), date(2025, 5, 13), 27.80e-6, "SEC release 34-99973, FINRA 2025-04-24"),
    Row(date(2025, 5, 14), date(2026, 4, 3), 0.0, "SEC release 34-102779, FINRA 2025-04-24"),
    Row(date(2026, 4, 4), date(2026, 9, 30), 20.60e-6, "SEC release 34-104909; rate second-hand"),
)

# 2026-10-01 to 2026-12-31 is said to be free (SR-FINRA-2026-021) and 2027 is contested: neither
# is confirmed, so both count as uncovered.
TRADING_ACTIVITY: Final = (
    Row(date(2012, 7, 1), date(2021, 12, 31), 0.000119, "SR-FINRA-2012-023", cap=5.95),
    Row(date(2025, 1, 1), date(2025, 12, 31), 0.000166, "second-hand", cap=8.30),
    Row(date(2026, 1, 1), date(2026, 9, 30), 0.000195, "second-hand", cap=9.79),
)

# The rates of 2025 (several, by half-years) are not known here and count as uncovered.
AUDIT_TRAIL: Final = (
    Row(date(1934, 6, 6), date(2024, 8, 31), 0.0, "CAT NMS Plan FAQ V6: no invoice before 2024-09"),
    Row(date(2024, 9, 1), date(2024, 9, 30), 0.000035, "FINRA rule 6897, CAT Fee 2024-1"),
    Row(date(2024, 10, 1), date(2024, 12, 31), 0.000048, "CAT FAQ V6: 2024-1 + historical 1"),
    Row(date(2026, 1, 1), date(2026, 12, 31), 0.000003, "a broker's schedule, second-hand"),
)

Piece = tuple[float, Row, bool]
"""(first day, row, estimated)"""


@functools.cache
def schedule() -> Floats:
    """All tables as one: float64 (K, 7), a row from each day on which something changes.

    Columns: START (days since 1970-01-01, the first is minus infinity), SECTION_31_RATE,
    TAF_RATE, TAF_CAP, AUDIT_TRAIL_RATE, ESTIMATED_SALE and ESTIMATED_PURCHASE (1 where a rate
    that the side pays is a nearest known one).
    """
    tables = (_pieces(SECTION_31), _pieces(TRADING_ACTIVITY), _pieces(AUDIT_TRAIL))
    starts = sorted({start for pieces in tables for start, _, _ in pieces})
    schedule = np.array(
        [_line(start, *(_at(pieces, start) for pieces in tables)) for start in starts]
    )
    schedule.flags.writeable = False
    return schedule


def _line(start: float, section: Piece, activity: Piece, trail: Piece) -> list[float]:
    rates = [section[1].rate, activity[1].rate, activity[1].cap, trail[1].rate]
    return [start, *rates, section[2] or activity[2] or trail[2], trail[2]]


def _at(pieces: list[Piece], day: float) -> Piece:
    return next(piece for piece in reversed(pieces) if piece[0] <= day)


def _pieces(rows: tuple[Row, ...]) -> list[Piece]:
    """The rows without gaps: a gap is halved between its neighbours."""
    pieces: list[Piece] = [(-np.inf, rows[0], True)]
    for k, row in enumerate(rows):
        first, last = _day(row.first), _day(row.last)
        pieces.append((first, row, False))
        following = _day(rows[k + 1].first) if k + 1 < len(rows) else np.inf
        if following > last + 1:
            pieces.append((last + 1, row, True))
            if k + 1 < len(rows):
                pieces.append(((last + following) // 2 + 1, rows[k + 1], True))
    return pieces


def _day(day: date) -> float:
    return float((day - date(1970, 1, 1)).days)
