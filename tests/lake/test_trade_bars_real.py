"""Bars made of real trades against the minute file of the same days."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.lake.calendar import load_sessions
from tests.bench.trade_bars import FIELDS, MAKER, MAKER_LATE, VENDOR, Hours, compared

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
