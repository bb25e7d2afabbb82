"""Missing days and missing minutes, judged by what the symbol itself and the others usually have.

A minute without a trade has no bar at any vendor, so that a thin symbol lacks many honestly. Each
minute of the session has its usual chance of a bar, scaled by how busy the day was; the surprise
of a run of missing minutes is minus the logarithm of its chance, and only a run that would hardly
come by itself, and stands out among the longest runs of the symbol's other days, is a finding
(quiet minutes come together more often than chance has it). A minute that no symbol has is a halt
or a hole of the source; one that the tape shows to be empty is a halt of the symbol and no hole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools, Floats, Ints
from daemon.domain.market.scan.findings import Code, Finding, Severity, plural
from daemon.domain.market.scan.presence import DENSE, Crowd, Presence

SURPRISE: Final = 14.0
"""A run this surprising comes by itself once in a million."""

_BAD_SHARE: Final = 0.10
_PRIOR: Final = 5.0
_SURE: Final = 0.999
_SHORTFALL: Final = 6.0
_LONG: Final = 5


def missing_days(grid: Presence, days: npt.NDArray[np.int32], crowd: Crowd | None) -> list[Finding]:
    """Sessions without a bar. days: int32 (S,), their exchange dates."""
    found = []
    for session in np.flatnonzero(~grid.days & grid.known.any(axis=1)).tolist():
        told = ""
        if crowd is not None:
            others = int(crowd.days[session])
            have = "has" if others == 1 else "have"
            told = f", which {plural(others, 'other symbol')} of the lake {have}" if others else ""
            told = told or ", nor has any symbol it is compared with"
        sentence = f"the session has no bar{told}"
        found.append(Finding(int(days[session]), Code.MISSING_DAY, Severity.BAD, 1, sentence))
    return found


@dataclass(frozen=True, slots=True)
class Lacking:
    """bool (S, M), the minutes without a bar: those of this symbol alone, and those of everyone."""

    alone: Bools
    shared: Bools


def lacking_of(grid: Presence, crowd: Crowd | None, halted: Bools | None) -> Lacking:
    """Which minutes a symbol lacks on days that have bars.

    halted: bool (S, M), minutes that the tape of trades shows to be empty.
    """
    missing = grid.known & ~grid.held & grid.days[:, None]
    if halted is not None:
        missing &= ~halted
    shared = missing & crowd.silent if crowd is not None else np.zeros_like(missing)
    return Lacking(missing & ~shared, shared)


def missing_minutes(grid: Presence, lacking: Lacking, days: npt.NDArray[np.int32]) -> list[Finding]:
    """A finding for each day that lacks minutes it should have. days: int32 (S,)."""
    if not grid.held.any():
        return []
    surprising, longest = _surprising_runs(grid, lacking.alone)
    count = lacking.alone.sum(axis=1)
    thin, severe = _shortfall(grid)
    known = np.maximum(grid.known.sum(axis=1), 1)
    bad = (surprising >= _BAD_SHARE * known) | severe
    warn = (surprising > 0) | thin
    told = (count > 0) & (warn | bad | (grid.density >= DENSE))
    usual = int(np.median(count[grid.days]))
    found = [
        Finding(
            int(days[session]),
            Code.MISSING_MINUTES,
            _severity(bool(warn[session]), bool(bad[session])),
            int(count[session]),
            f"{int(count[session])} of {int(known[session])} regular minutes have no bar, "
            f"the longest run is {int(longest[session])}; the usual day lacks {usual}",
        )
        for session in np.flatnonzero(told).tolist()
    ]
    return found + _holes_of_all(grid, lacking.shared, days)


def _severity(warn: bool, bad: bool) -> Severity:
    if bad:
        return Severity.BAD
    return Severity.WARN if warn else Severity.INFO


def _holes_of_all(grid: Presence, shared: Bools, days: npt.NDArray[np.int32]) -> list[Finding]:
    counts = shared.sum(axis=1)
    told = counts >= (1 if grid.density >= DENSE else _LONG)
    return [
        Finding(
            int(days[session]),
            Code.MARKET_HOLE,
            Severity.WARN if counts[session] >= _LONG else Severity.INFO,
            int(counts[session]),
            f"{plural(int(counts[session]), 'minute')} that hardly any symbol has: "
            "a halt of the market, or a hole of the source",
        )
        for session in np.flatnonzero(told).tolist()
    ]


def _surprising_runs(grid: Presence, alone: Bools) -> tuple[Ints, Ints]:
    """int64 (S,), minutes in runs that surprise, and the longest run of missing minutes."""
    cost = np.where(alone, -np.log1p(-_chance(grid)), 0.0)
    surprise = _reset_sum(cost, alone)
    length = _reset_sum(alone.astype(np.float64), alone)
    ends = alone & ~np.pad(alone, ((0, 0), (0, 1)))[:, 1:]
    limit = max(SURPRISE, _standing_out(surprise.max(axis=1)[grid.days]))
    counted = np.where(ends & (surprise >= limit), length, 0.0).sum(axis=1)
    return counted.astype(np.int64), length.max(axis=1).astype(np.int64)


def _standing_out(values: Floats) -> float:
    """Twelve robust deviations above the median."""
    middle = float(np.median(values))
    return middle + 12.0 * 1.4826 * float(np.median(np.abs(values - middle)))


def _chance(grid: Presence) -> Floats:
    """float64 (S, M): chance of a bar in each minute, by minute of the session and by day."""
    used = grid.known & grid.days[:, None]
    held, known = grid.held.sum(axis=0), used.sum(axis=0)
    usual = (held + _PRIOR * grid.density) / (known + _PRIOR)
    expected = (used * usual).sum(axis=1)
    busy = grid.held.sum(axis=1) / np.maximum(expected, 1e-9)
    chance: Floats = np.clip(usual * np.minimum(busy, 1.0)[:, None], 0.0, _SURE)
    return chance


def _reset_sum(values: Floats, running: Bools) -> Floats:
    """Running sums along rows that begin anew after each false value."""
    total = np.cumsum(values, axis=1)
    base = np.maximum.accumulate(np.where(running, 0.0, total), axis=1)
    sums: Floats = total - base
    return sums


def _shortfall(grid: Presence) -> tuple[Bools, Bools]:
    """bool (S,): days with far fewer bars than usual, and those with not even half of that."""
    known = np.maximum(grid.known.sum(axis=1), 1)
    share = grid.held.sum(axis=1) / known
    usual = float(np.median(share[grid.days]))
    spread = 1.4826 * float(np.median(np.abs(share[grid.days] - usual)))
    expected = usual * known
    noise = np.sqrt(expected * (1.0 - usual)) + spread * known + 1.0
    short = expected - share * known
    thin = grid.days & (short > _SHORTFALL * noise) & (short > _BAD_SHARE * expected)
    return thin, thin & (usual >= 0.5) & (share < 0.5 * usual)
