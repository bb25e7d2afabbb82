"""Splits that the prices show and nobody recorded, and recorded ones that they do not show.

Prices are raw, so that a split of 4 for 1 divides the price by 4 overnight. A ratio counts as one
of a split where the open and the close of the new session both stand at it; a fall by a third is
too often a real one, so that 3 for 2 is only a warning. A move by a factor of eight is no market's,
near a ratio or not. Nothing is judged across a gap of more than a week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.align import Events
from daemon.domain.market.bars import Floats, Ints
from daemon.domain.market.scan.findings import Code, Finding, Severity

RATIOS: Final = (1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100)
SMALLEST: Final = float(np.log(1.2))
"""Recorded ratios nearer to 1 than this (spin-offs, stock dividends) drown in overnight moves."""

_NO_MARKET: Final = float(np.log(8.0))
_WEEK: Final = 7
_DOUBTFUL: Final = 0.5
_NARROW: Final = 0.03
_WIDE: Final = 0.06
_WITHIN_A_DAY: Final = 0.15
_CANDIDATES: Final = np.log(np.array([*RATIOS, *(1 / ratio for ratio in RATIOS)]))


@dataclass(frozen=True, slots=True)
class Sessions:
    """First open and last close of each session with bars. day: int64 (S,), exchange dates."""

    day: Ints
    open: Floats
    close: Floats


def split_findings(sessions: Sessions, recorded: Events) -> list[Finding]:
    """Both kinds of findings. recorded: the splits (and dividends, which are ignored) known."""
    if len(sessions.day) < 2:
        return []
    opens, closes = np.log(sessions.open), np.log(sessions.close)
    night, whole = opens[1:] - closes[:-1], np.diff(closes)
    told = _told(sessions.day, recorded)
    days = sessions.day[1:]
    near = np.diff(sessions.day) <= _WEEK
    hidden = near & (np.abs(told) >= SMALLEST) & (np.abs(night + told) > np.abs(night))
    rest = np.where(hidden, 0.0, told)
    found = [_not_shown(int(days[k]), float(told[k])) for k in np.flatnonzero(hidden).tolist()]
    moves = _Moves(days[near], (night + rest)[near], (whole + rest)[near])
    return found + _unrecorded(moves)


@dataclass(frozen=True, slots=True)
class _Moves:
    """Log moves after recorded splits. night: close to open, whole: close to close."""

    day: Ints
    night: Floats
    whole: Floats


def _told(day: Ints, recorded: Events) -> Floats:
    """float64 (S-1,): log of new over old of the splits between each session and the one before."""
    total = np.zeros(len(day))
    at = np.searchsorted(day, recorded.ex_date, side="left")
    inside = (at > 0) & (at < len(day)) & (recorded.new > 0) & (recorded.old > 0)
    np.add.at(total, at[inside], np.log(recorded.new[inside] / recorded.old[inside]))
    return total[1:]


def _not_shown(day: int, told: float) -> Finding:
    sentence = f"a split of {_words(told)} is recorded, but the price did not change with it"
    return Finding(day, Code.SPLIT_NOT_SHOWN, Severity.BAD, 1, sentence)


def _unrecorded(moves: _Moves) -> list[Finding]:
    """Nights whose move is that of a split, and whose close stays there."""
    if len(moves.day) == 0:
        return []
    usual = float(np.median(np.abs(moves.night)))
    distance = np.abs(moves.night[:, None] + _CANDIDATES)
    nearest = distance.argmin(axis=1)
    told = _CANDIDATES[nearest]
    tolerance = np.where(np.abs(told) < _DOUBTFUL, _NARROW, np.clip(4.0 * usual, _WIDE, 2 * _WIDE))
    split = distance.min(axis=1) <= tolerance
    split &= np.abs(moves.whole + told) <= tolerance + _WITHIN_A_DAY
    split |= np.minimum(np.abs(moves.night), np.abs(moves.whole)) >= _NO_MARKET
    return [
        _not_recorded(int(moves.day[k]), float(told[k])) for k in np.flatnonzero(split).tolist()
    ]


def _not_recorded(day: int, told: float) -> Finding:
    severity = Severity.WARN if abs(told) < _DOUBTFUL else Severity.BAD
    sentence = f"the price moved overnight as in a split of {_words(told)}, and none is recorded"
    return Finding(day, Code.UNRECORDED_SPLIT, severity, 1, sentence)


def _words(told: float) -> str:
    """`log(new / old)` as 4 for 1, 1 for 10 or 3 for 2."""
    ratio = float(np.exp(abs(told)))
    large, small = (f"{ratio:.4g}", "1") if abs(ratio - 1.5) > 1e-9 else ("3", "2")
    return f"{large} for {small}" if told > 0 else f"{small} for {large}"
