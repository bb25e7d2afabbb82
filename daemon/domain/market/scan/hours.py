"""Bars at hours that the exchange does not have: closed days, after an early close, shifted clocks.

The test of a shift: the session's window, moved by whole hours, holds clearly more of the day's
trading than the window itself, and no fewer of its bars. Activity is the square root of volume, so
that one block counts little; the busy ends of a session (its U-shape) make its window stand out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import Bools, Floats, Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.scan.findings import Code, Finding, Severity, by_day, plural
from daemon.domain.market.scan.presence import DENSE

NANOS_PER_HOUR: Final = 60 * NANOS_PER_MINUTE
HOURS: Final = (-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8)
_LEAST_BARS: Final = 60
_CLEARLY: Final = 0.08
_MOST: Final = 0.7
_FEWER: Final = 0.02


def closed_days(days: Ints, table: SessionTable) -> list[Finding]:
    """Bars on days without a session. days: int64 (R,), exchange dates of the rows."""
    return [
        Finding(
            day,
            Code.CLOSED_DAY,
            Severity.WARN,
            count,
            f"{plural(count, 'bar')} on a day on which the exchange was closed; "
            "no market shows them",
        )
        for day, count in by_day(days, table.of_dates(days) < 0)
    ]


def after_close(rows: Rows, table: SessionTable) -> list[Finding]:
    """Bars between an early close and the usual one; the minute of the closing auction is none.

    A warning where the symbol has no bar out of hours otherwise: then they are not its
    after-hours trading but a source that did not know the half day.
    """
    if len(table) == 0 or len(rows) == 0:
        return []
    usual = int(table.minutes.max())
    early = table.minutes < usual
    ends = table.open_time + usual * NANOS_PER_MINUTE
    counts = _between(rows.open_time, table.close_time + NANOS_PER_MINUTE, ends)
    within = int(_between(rows.open_time, table.open_time, table.close_time).sum())
    elsewhere = len(rows) - within - int(counts[early].sum())
    severity = Severity.INFO if elsewhere > 0.01 * len(rows) else Severity.WARN
    return [
        Finding(
            int(table.session_date[session]),
            Code.AFTER_CLOSE,
            severity,
            int(counts[session]),
            f"{plural(int(counts[session]), 'bar')} after the early close; no market shows them",
        )
        for session in np.flatnonzero(early & (counts > 0)).tolist()
    ]


def shifted_hours(rows: Rows, table: SessionTable) -> list[Finding]:
    """Sessions whose bars stand whole hours off. rows ascend."""
    if len(table) == 0 or len(rows) == 0:
        return []
    activity = np.append(0.0, np.cumsum(np.sqrt(np.maximum(np.nan_to_num(rows.volume), 0.0))))
    own, best, most = _best_hours(rows.open_time, activity, table)
    ones = np.arange(len(rows) + 1, dtype=np.float64)
    own_bars, _, moved_bars = _best_hours(rows.open_time, ones, table, best)
    bars = _between(rows.open_time, *_day_ends(table))
    shifted = (bars >= _LEAST_BARS) & (most >= _MOST) & (most - own >= _CLEARLY)
    shifted &= moved_bars >= own_bars - _FEWER
    shifted &= (moved_bars * bars >= DENSE * table.minutes) | _beside(shifted, best)
    return [
        Finding(
            int(table.session_date[session]),
            Code.TIME_SHIFT,
            Severity.BAD,
            int(bars[session]),
            f"the session's bars stand {_hours(HOURS[best[session]])}: "
            f"{100 * most[session]:.0f} % of the activity fits the hours moved so, "
            f"{100 * own[session]:.0f} % the real ones",
        )
        for session in np.flatnonzero(shifted).tolist()
    ]


def _best_hours(
    open_time: Ints, activity: Floats, table: SessionTable, best: Ints | None = None
) -> tuple[Floats, Ints, Floats]:
    """Of each session: (share in its own window, the best other of HOURS, the share there).

    activity: float64 (R+1,), running sum. best: which of HOURS to take, the best where not given.
    """
    own = _share(open_time, activity, table, 0)
    moved = np.stack([_share(open_time, activity, table, hour) for hour in HOURS])
    chosen = moved.argmax(axis=0) if best is None else best
    return own, chosen, moved[chosen, np.arange(len(table))]


def _beside(shifted: Bools, best: Ints) -> Bools:
    """bool (S,): whether the session before or after is shifted the same way.

    One day of a thin symbol proves nothing: news before the open or after the close look alike.
    """
    same = shifted[1:] & shifted[:-1] & (best[1:] == best[:-1])
    beside: Bools = np.append(same, False) | np.append(False, same)
    return beside


def _hours(hours: int) -> str:
    return f"{plural(abs(hours), 'hour')} too {'late' if hours > 0 else 'early'}"


def _share(open_time: Ints, activity: Floats, table: SessionTable, hours: int) -> Floats:
    """float64 (S,): share of each day's activity within the session's window, moved by hours."""
    move = hours * NANOS_PER_HOUR
    day = _sum_between(open_time, activity, *_day_ends(table))
    window = _sum_between(open_time, activity, table.open_time + move, table.close_time + move)
    return window / np.maximum(day, 1e-12)


def _day_ends(table: SessionTable) -> tuple[Ints, Ints]:
    """The 24 hours around each session's middle."""
    middle = (table.open_time + table.close_time) // 2
    return middle - 12 * NANOS_PER_HOUR, middle + 12 * NANOS_PER_HOUR


def _between(open_time: Ints, start: Ints, stop: Ints) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = np.searchsorted(open_time, stop) - np.searchsorted(
        open_time, start
    )
    return found


def _sum_between(open_time: Ints, total: Floats, start: Ints, stop: Ints) -> Floats:
    found: Floats = total[np.searchsorted(open_time, stop)]
    return found - total[np.searchsorted(open_time, start)]
