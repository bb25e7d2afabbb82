"""Names and kinds of the lake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.kinds import KINDS, kind_named
from daemon.errors import BadDataError, UsageError
from daemon.lake.layout import Layout, folder_name


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_a_symbol_becomes_a_harmless_folder_and_comes_back(symbol: str) -> None:
    if symbol.encode("utf-8", "replace").decode() != symbol:
        return

    name = folder_name(symbol)

    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.%")
    assert not name.startswith(".")


def test_symbols_come_back_from_their_folders(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    symbols = ("../../etc", "ABFpA", "ABFPA", "BRK.B", ".", "..", "O:AAPL261218C00190000", "é/ü")
    for symbol in symbols:
        path = layout.manifest("day", symbol)
        assert path.resolve().is_relative_to(tmp_path / "day")
        path.parent.mkdir(parents=True)
        path.write_text("{}")

    assert layout.symbols("day") == tuple(sorted(symbols))


def test_symbols_that_differ_in_case_only_have_folders_that_differ_in_more() -> None:
    names = {folder_name("ABFpA").lower(), folder_name("ABFPA").lower()}

    assert len(names) == 2


@pytest.mark.parametrize("symbol", ["", "A" * 65])
def test_a_symbol_without_a_sane_length_is_refused(symbol: str) -> None:
    with pytest.raises(BadDataError, match="expected 1 to 64 characters"):
        folder_name(symbol)


def test_an_unknown_kind_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match='did you mean "minute"'):
        kind_named("minutes")


def test_extended_hours_belong_to_their_exchange_date_in_both_seasons() -> None:
    minute = KINDS["minute"]
    hour = 3_600_000_000_000
    stamps = np.array([9 * hour, 25 * hour - 1, 8 * hour, 24 * hour - 1, 4 * hour, 5 * hour])

    assert minute.days(stamps).tolist() == [0] * 6
    assert minute.bounds(0, 0) == (4 * hour, 28 * hour)
