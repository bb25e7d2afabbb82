"""Clean bars to break: random walks over whole sessions, busy at both ends as real ones are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Code, Finding
from tests.domain.market.sessions import FIRST_DAY, MINUTE, table

SESSIONS = 12
HALF_DAY = 5
"""Number of the session that ends at 13:00."""

MONDAY = FIRST_DAY  # 2014-12-01


def sessions(count: int = SESSIONS) -> SessionTable:
    """Full sessions with one half day among them."""
    return table([210 if k == HALF_DAY else 390 for k in range(count)])


def minutes_of(grid: SessionTable, seed: int = 1, density: float = 1.0) -> Rows:
    """A bar in each minute of a grid, or in a share of them."""
    chance = np.random.default_rng(seed)
    length = grid.minutes
    within = np.concatenate([np.arange(n) for n in length])
    opened = np.repeat(grid.open_time, length)
    ends = np.minimum(within, np.repeat(length, length) - 1 - within)
    volume = np.round(1_000 + 20_000 / (1 + ends) + chance.integers(0, 500, len(within)))
    rows = walk(opened + within * MINUTE, volume, chance, 0.0005)
    return rows if density == 1.0 else chosen(rows, chance.random(len(rows)) < density)


def days_of(grid: SessionTable, seed: int = 1) -> Rows:
    """A daily bar for each session, stamped at New York midnight (winter)."""
    chance = np.random.default_rng(seed)
    volume = chance.integers(1_000_000, 9_000_000, len(grid)).astype(np.float64)
    return walk(grid.open_time - 570 * MINUTE, volume, chance, 0.01)


def walk(stamps: np.ndarray, volume: np.ndarray, chance: np.random.Generator, step: float) -> Rows:
    """Bars whose closes wander and whose opens are the close before."""
    close = 100.0 * np.exp(np.cumsum(chance.normal(0, step, len(stamps))))
    opened = np.append(100.0, close[:-1])
    reach = np.abs(chance.normal(0, step, len(stamps))) + step / 10
    high = np.maximum(opened, close) * (1 + reach)
    low = np.minimum(opened, close) * (1 - reach)
    return Rows(stamps.astype(np.int64), opened, high, low, close, volume)


def chosen(rows: Rows, kept: np.ndarray) -> Rows:
    """Rows by a mask or by indices."""
    return Rows(rows.open_time[kept], *(getattr(rows, name)[kept] for name in FIELDS))


def with_bar(rows: Rows, at: int, **values: float) -> Rows:
    """The rows with values of one bar changed."""
    columns = {name: getattr(rows, name).copy() for name in values}
    for name, value in values.items():
        columns[name][at] = value
    return replace(rows, **columns)


def scaled(rows: Rows, start: int, factor: float) -> Rows:
    """The rows with prices multiplied from one on."""
    columns = {name: getattr(rows, name).copy() for name in ("open", "high", "low", "close")}
    for column in columns.values():
        column[start:] *= factor
    return replace(rows, **columns)


def where(findings: list[Finding] | tuple[Finding, ...], code: Code) -> list[tuple[int, int]]:
    """(day, count) of the findings of a code."""
    return [(one.day, one.count) for one in findings if one.code is code]
