"""Bars made of real trades against the minute file of the same days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.bars import Bools
from daemon.domain.market.kinds import Columns
from daemon.lake.calendar import load_sessions
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.reader import read_columns
from daemon.lake.trade_bars import TradeBars
from daemon.plugin.roles import Request
from plugins.files.source import FilesSource
from tests.bench.trade_bars import (
    DAYS,
    FIELDS,
    MAKER,
    MAKER_LATE,
    SYMBOLS,
    VENDOR,
    Hours,
    compared,
)

pytestmark = pytest.mark.market


def test_under_the_rules_of_the_files_maker_the_bars_agree(
    market_folder: Path, calendar_cache: Path
) -> None:
    hours = Hours(load_sessions(calendar_cache), regular=True)

    found = compared(market_folder, hours, MAKER)

    assert (found.both, found.only_file, found.only_ours) == (7798, 0, 0)
    assert all(found.share(name) > 0.995 for name in FIELDS)
    assert sum(n for (_, why), n in found.classes.items() if why == "other") <= 10


def test_in_extended_hours_too(market_folder: Path, calendar_cache: Path) -> None:
    hours = Hours(load_sessions(calendar_cache), regular=False)

    found = compared(market_folder, hours, MAKER_LATE)

    assert found.both > 3500
    assert found.only_file + found.only_ours < 10
    assert all(found.share(name) > 0.99 for name in FIELDS)


def test_under_the_vendors_table_they_differ_by_classes_that_are_known(
    market_folder: Path, calendar_cache: Path
) -> None:
    hours = Hours(load_sessions(calendar_cache), regular=True)

    found = compared(market_folder, hours, VENDOR)

    assert found.share("volume") > 0.995
    assert all(found.share(name) > 0.87 for name in FIELDS)
    unexplained = sum(n for (_, why), n in found.classes.items() if why == "other")
    assert unexplained <= 10


def regular(lake: Lake, symbol: str) -> Columns:
    """The minute bars of a symbol in regular hours."""
    bars = read_columns(lake.layout, "minute", symbol)
    inside: Bools = lake.sessions.of_instants(bars["open_time"]) >= 0
    return {name: column[inside] for name, column in bars.items()}


def test_bars_of_the_trades_in_the_lake_agree_as_told_and_give_way_to_the_file(
    tmp_path: Path, market_folder: Path, calendar_cache: Path
) -> None:
    lake, first, last = Lake(tmp_path, cache=calendar_cache), DAYS[0], DAYS[-1]
    ingest(lake, FilesSource(), Request("trades", SYMBOLS, first, last, market_folder))
    made = ingest(lake, TradeBars(lake), Request("minute", SYMBOLS, first, last), along=())
    ours = {symbol: regular(lake, symbol) for symbol in SYMBOLS}
    ingest(lake, FilesSource(), Request("minute", SYMBOLS, first, last, market_folder))
    theirs = {symbol: regular(lake, symbol) for symbol in SYMBOLS}

    assert (made.parts, made.failed) == (20, ())
    assert sum(len(bars["open_time"]) for bars in ours.values()) == 7799
    assert sum(len(bars["open_time"]) for bars in theirs.values()) == 7799
    agree = dict.fromkeys(FIELDS, 0)
    for symbol in SYMBOLS:
        assert np.array_equal(ours[symbol]["open_time"], theirs[symbol]["open_time"])
        for name in FIELDS:
            near = np.abs(ours[symbol][name] - theirs[symbol][name]) < 1e-6
            agree[name] += int(near.sum())
    # one bar is not in the file: it stayed, and was held against itself
    shares = [round(100 * (agree[name] - 1) / 7798, 2) for name in FIELDS]
    assert shares == [87.87, 92.41, 89.61, 88.25, 99.58]  # the first line of docs/data.md
    left = {o.text: o.rows for d in lake.inventory() if d.kind == "minute" for o in d.origins}
    assert left["trades"] == 2
