"""The whole scan of a symbol, and its score."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.domain.market.scan.scan import Context, scan_days, scan_minutes
from daemon.domain.market.scan.score import score_of
from tests.domain.market.scan.made import (
    MONDAY,
    chosen,
    days_of,
    minutes_of,
    scaled,
    sessions,
    with_bar,
)
from tests.domain.market.sessions import splits

GRID = sessions(20)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("density", [1.0, 0.4])
def test_clean_bars_have_no_finding_at_all(seed: int, density: float) -> None:
    assert scan_minutes(minutes_of(GRID, seed, density), Context(GRID)) == ()
    assert scan_days(days_of(GRID, seed), Context(GRID)) == ()


def test_every_rule_speaks_of_minutes_in_order_of_days() -> None:
    rows = minutes_of(GRID)
    at = np.searchsorted(rows.open_time, GRID.open_time)
    rows = with_bar(rows, int(at[3]) + 40, close=0.0)
    rows = with_bar(rows, int(at[4]) + 40, high=300.0)
    rows = scaled(rows, int(at[9]), 0.5)
    kept = np.ones(len(rows), dtype=bool)
    kept[at[7] : at[8]] = False
    kept[at[12] + 100 : at[12] + 200] = False
    twice = np.sort(np.append(np.flatnonzero(kept), at[14]))

    found = scan_minutes(chosen(rows, twice), Context(GRID, splits=splits(MONDAY + 16, 2.0, 1.0)))

    assert [(one.day - MONDAY, one.code) for one in found] == [
        (3, Code.IMPOSSIBLE),
        (4, Code.SPIKE),
        (7, Code.MISSING_DAY),
        (9, Code.UNRECORDED_SPLIT),
        (12, Code.MISSING_MINUTES),
        (14, Code.DUPLICATED),
        (16, Code.SPLIT_NOT_SHOWN),
    ]


def test_minutes_are_held_against_the_day_bars() -> None:
    rows = minutes_of(GRID)
    last = np.searchsorted(rows.open_time, GRID.close_time) - 1
    daily = replace(days_of(GRID), close=rows.close[last])
    wrong = with_bar(daily, 4, close=float(daily.close[4]) * 2)

    found = [scan_minutes(rows, Context(GRID, daily=one)) for one in (daily, wrong)]

    assert found[0] == ()
    assert [(one.day, one.code) for one in found[1]] == [(MONDAY + 4, Code.DAY_DISAGREES)]


def test_daily_bars_are_told_what_they_lack() -> None:
    found = scan_days(chosen(days_of(GRID), np.arange(20) != 6), Context(GRID))

    assert [(one.day, one.code) for one in found] == [(MONDAY + 6, Code.MISSING_DAY)]


def test_nothing_at_all_is_scanned_too() -> None:
    nothing = chosen(minutes_of(GRID), np.zeros(0, dtype=np.int64))

    assert scan_minutes(nothing, Context(GRID.rows(0, 0))) == ()
    assert scan_days(nothing, Context(GRID.rows(0, 0))) == ()


def test_the_score_counts_days_not_findings() -> None:
    def bad(day: int, count: int = 1, severity: Severity = Severity.BAD) -> Finding:
        return Finding(day, Code.SPIKE, severity, count, "")

    score = score_of([bad(1), bad(1), bad(2, 30), bad(3, 1, Severity.WARN)], 10)

    assert (score.sessions, score.bad, score.worst, score.share) == (10, 2, (2, 1), 0.8)
    assert score_of([], 0).share == 1.0


def test_every_code_is_explained_in_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "data.md").read_text(encoding="utf-8")

    assert [code.value for code in Code if f"`{code.value}`" not in page] == []
