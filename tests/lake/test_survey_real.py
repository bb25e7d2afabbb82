"""The scan against the known defects of the real files."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request
from plugins.files.source import FilesSource

pytestmark = pytest.mark.market
SIX = ("SPY", "QQQ", "IWM", "DIA", "AAPL", "FB")
THIN = ("AZO", "ERIE", "TPL", "SW", "DBB", "FXY")
LaidIn = Callable[..., Lake]
Found = dict[str, list[tuple[str, Code, Severity]]]


@pytest.fixture
def laid_in(lake: Lake, market_folder: Path) -> LaidIn:
    def lay(kind: str, symbols: tuple[str, ...], start: date, end: date) -> Lake:
        ingest(lake, FilesSource(), Request(kind, symbols, start, end, market_folder))
        return lake

    return lay


def told(lake: Lake, least: Severity = Severity.WARN) -> Found:
    found: Found = {}
    for report in lake.survey({}).reports:
        rows = [_row(one) for one in report.findings if one.severity >= least]
        found.setdefault(report.key.symbol, []).extend(rows)
    return found


def _row(finding: Finding) -> tuple[str, Code, Severity]:
    return str(np.datetime64(finding.day, "D")), finding.code, finding.severity


def test_six_liquid_symbols_lack_the_known_days_and_nothing_else(laid_in: LaidIn) -> None:
    lake = laid_in("minute", SIX, date(2014, 12, 1), date(2015, 7, 2))

    found = told(lake)

    bad = {
        symbol: [day for day, _, severity in rows if severity is Severity.BAD]
        for symbol, rows in found.items()
    }
    gone = ["2014-12-15", "2014-12-31"]
    week = [f"2015-05-{day}" for day in (11, 12, 13, 14, 15)]
    assert bad == {
        **dict.fromkeys(("SPY", "QQQ", "IWM", "DIA"), gone),
        **dict.fromkeys(("AAPL", "FB"), gone + week),
    }
    rest = {(day, code) for rows in found.values() for day, code, s in rows if s < Severity.BAD}
    assert rest == {("2014-12-24", Code.AFTER_CLOSE), ("2014-12-18", Code.SPIKE)}
    for symbol in SIX:
        assert ("2014-12-24", Code.AFTER_CLOSE, Severity.WARN) in found[symbol]


def test_thin_symbols_of_a_year_are_not_blamed_for_being_thin(laid_in: LaidIn) -> None:
    found = told(laid_in("minute", THIN, date(2024, 1, 2), date(2024, 12, 31)))

    assert {symbol: rows for symbol, rows in found.items() if rows} == {
        "SW": [("2024-12-26", Code.MISSING_MINUTES, Severity.WARN)]
    }


def test_splits_are_quiet_where_they_are_recorded_and_loud_where_not(
    laid_in: LaidIn, market_folder: Path
) -> None:
    lake = laid_in("minute", ("AAPL",), date(2014, 6, 5), date(2014, 6, 10))
    laid_in("minute", ("TPL",), date(2024, 3, 20), date(2024, 4, 3))
    laid_in("minute", ("NFLX",), date(2025, 11, 10), date(2025, 11, 20))
    assert not any(told(lake).values())

    unrecorded = Lake(lake.layout.root.parent / "raw", cache=lake.layout.root.parent)
    for symbol, start, end in (
        ("AAPL", date(2014, 6, 5), date(2014, 6, 10)),
        ("NFLX", date(2025, 11, 10), date(2025, 11, 20)),
    ):
        source = FilesSource()
        source.kinds = ("minute",)  # type: ignore[misc]
        ingest(unrecorded, source, Request("minute", (symbol,), start, end, market_folder))
    assert told(unrecorded) == {
        "AAPL": [("2014-06-09", Code.UNRECORDED_SPLIT, Severity.BAD)],
        "NFLX": [("2025-11-17", Code.UNRECORDED_SPLIT, Severity.BAD)],
    }


def test_the_reverse_split_that_nobody_recorded_is_found(laid_in: LaidIn) -> None:
    found = told(laid_in("minute", ("UGAZ",), date(2019, 12, 16), date(2019, 12, 24)))

    assert ("2019-12-23", Code.UNRECORDED_SPLIT, Severity.BAD) in found["UGAZ"]


def test_a_fund_without_sixteen_months_lacks_them(laid_in: LaidIn) -> None:
    lake = laid_in("minute", ("INDA", "DBB"), date(2023, 7, 10), date(2025, 6, 24))

    found = told(lake, Severity.BAD)

    days = [day for day, code, _ in found["INDA"] if code is Code.MISSING_DAY]
    assert (days[0], days[-1], len(days)) == ("2023-10-18", "2025-02-07", 328)
    assert found["DBB"] == []


def test_daily_bars_keep_their_known_bad_prints(laid_in: LaidIn) -> None:
    lake = laid_in("day", ("IBM", "GOOG", "QQQ", "BNO"), date(2002, 1, 2), date(2011, 12, 30))

    found = told(lake)

    assert ("2002-12-23", Code.SPIKE, Severity.BAD) in found["IBM"]
    assert any(
        day.startswith("2008-09-30") and code is Code.SPIKE for day, code, _ in found["GOOG"]
    )
    missing = [day for day, code, _ in found["QQQ"] if code is Code.MISSING_DAY]
    assert (missing[0], missing[-1]) == ("2004-12-01", "2011-03-22")
    assert sum(code is Code.MISSING_DAY for _, code, _ in found["BNO"]) == 26


def test_minutes_and_day_bars_of_one_symbol_agree(laid_in: LaidIn) -> None:
    lake = laid_in("minute", ("SPY", "QQQ"), date(2015, 1, 2), date(2015, 7, 2))
    laid_in("day", ("SPY", "QQQ"), date(2015, 1, 2), date(2015, 7, 2))

    found = told(lake)

    assert not [row for rows in found.values() for row in rows if row[1] is Code.DAY_DISAGREES]


def test_a_second_look_reads_nothing_again(laid_in: LaidIn) -> None:
    lake = laid_in("minute", SIX, date(2014, 12, 1), date(2014, 12, 31))
    known = {one.key: one.inputs for one in lake.survey({}).reports}

    began = time.perf_counter()
    again = lake.survey(known)

    assert again.reports == ()
    assert time.perf_counter() - began < 1.0
