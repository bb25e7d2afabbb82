"""Coarser bars from minutes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Series, align
from daemon.domain.market.bars import FIELDS, Actions, sealed
from daemon.domain.market.resample import resample
from tests.domain.market.sessions import (
    FIRST_DAY,
    MINUTE,
    rows,
    same_bars,
    slow_bars,
    splits,
    table,
)

COARSE = ("5m", "15m", "30m", "1h", "1d")


@st.composite
def minutes(draw: st.DrawFn) -> tuple[list[int], list[Series]]:
    """Session lengths, and one or two symbols with prices at some of their minutes."""
    lengths = draw(st.lists(st.sampled_from([7, 30, 61, 95]), min_size=1, max_size=3))
    sessions = table(lengths)
    instants = [
        int(sessions.open_time[number]) + minute * MINUTE
        for number, length in enumerate(lengths)
        for minute in range(length)
    ]
    series = []
    for name in ("AAA", "BBB")[: draw(st.integers(1, 2))]:
        kept = draw(st.lists(st.sampled_from(instants), min_size=1, max_size=40, unique=True))
        closes = draw(
            st.lists(st.integers(5, 500).map(float), min_size=len(kept), max_size=len(kept))
        )
        series.append(Series(name, rows(sorted(kept), closes)))
    return lengths, series


@settings(max_examples=60, deadline=None)
@given(minutes(), st.sampled_from(COARSE))
def test_resampled_minutes_equal_a_row_by_row_reference(
    drawn: tuple[list[int], list[Series]], timeframe: str
) -> None:
    lengths, series = drawn
    market = align(series, table(lengths), "1m")
    first = int(market.axis.session_date[0])
    held = table(lengths).between(first, int(market.axis.session_date[-1]))

    coarse = resample(market, timeframe)

    for column, one in enumerate(series):
        assert same_bars(coarse, column, slow_bars(one, held, timeframe))


@settings(max_examples=60, deadline=None)
@given(minutes(), st.sampled_from(COARSE))
def test_aligning_rows_directly_equals_aligning_minutes_and_resampling(
    drawn: tuple[list[int], list[Series]], timeframe: str
) -> None:
    lengths, series = drawn
    series = [replace(series[0], events=splits(FIRST_DAY + 1, 7.0, 1.0)), *series[1:]]

    direct = align(series, table(lengths), timeframe)
    through_minutes = resample(align(series, table(lengths), "1m"), timeframe)

    assert direct.hash == through_minutes.hash


def test_a_stale_minute_gives_its_window_no_price() -> None:
    sessions = table([10, 10])
    opened = sessions.open_time.tolist()
    series = Series("AAA", rows([opened[0], opened[1] + 2 * MINUTE], [100.0, 50.0]))

    coarse = resample(align([series], sessions, "1m"), "5m")

    assert coarse.high[2, 0] == 50.5
    assert coarse.open[2, 0] == 49.0
    assert coarse.stale[:, 0].tolist() == [False, True, False, True]


def test_windows_held_only_in_part_give_no_bar() -> None:
    sessions = table([20])
    stamps = [int(sessions.open_time[0]) + k * MINUTE for k in range(20)]
    market = align([Series("AAA", rows(stamps, [100.0] * 20))], sessions, "1m")

    coarse = resample(market.part(3, 18), "5m")

    assert coarse.axis.minute.tolist() == [10, 15]
    assert coarse.volume[:, 0].tolist() == [50.0, 50.0]


def test_actions_and_spread_move_to_the_coarser_bars() -> None:
    sessions = table([10, 10])
    stamps = [int(o) + k * MINUTE for o in sessions.open_time for k in range(10)]
    series = Series("AAA", rows(stamps, [100.0] * 20), events=splits(FIRST_DAY + 1, 3.0, 2.0))
    market = align([series], sessions, "1m")
    spread = np.asfortranarray(np.arange(20.0)[:, None])

    coarse = resample(sealed(replace(market, spread=spread)), "5m")

    assert coarse.actions.bar.tolist() == [2]
    assert (coarse.actions.new[0], coarse.actions.old[0]) == (3.0, 2.0)
    assert coarse.spread is not None
    assert coarse.spread[:, 0].tolist() == [2.0, 7.0, 12.0, 17.0]


def test_arrays_stay_fortran_ordered_and_read_only() -> None:
    sessions = table([10])
    series = [Series(name, rows([int(sessions.open_time[0])], [100.0])) for name in ("A", "B")]

    coarse = resample(align(series, sessions, "1m"), "5m")

    for name in FIELDS:
        array = getattr(coarse, name)
        assert array.flags.f_contiguous
        assert not array.flags.writeable


def test_only_minutes_can_be_resampled() -> None:
    sessions = table([10])
    market = align([Series("A", rows([int(sessions.open_time[0])], [9.0]))], sessions, "5m")

    assert resample(market, "5m") is market
    with pytest.raises(ValueError, match="expected minute bars"):
        resample(market, "1h")


def test_actions_none_is_kept() -> None:
    sessions = table([10])
    market = align([Series("A", rows([int(sessions.open_time[0])], [9.0]))], sessions, "1m")

    assert len(resample(market, "5m").actions.bar) == len(Actions.none().bar)
