"""Rows of symbols on one axis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Events, Series, align
from daemon.domain.market.bars import FIELDS
from daemon.errors import MissingError
from tests.domain.market.sessions import (
    DAY,
    FIRST_DAY,
    MINUTE,
    rows,
    same_bars,
    slow_bars,
    splits,
    table,
)
from tests.domain.market.test_resample import minutes


@settings(max_examples=60, deadline=None)
@given(minutes(), st.sampled_from(["1m", "5m", "1h", "1d"]))
def test_aligned_rows_equal_a_row_by_row_reference(
    drawn: tuple[list[int], list[Series]], timeframe: str
) -> None:
    lengths, series = drawn

    market = align(series, table(lengths), timeframe)

    days = market.axis.session_date
    held = table(lengths).between(int(days[0]), int(days[-1]))
    for column, one in enumerate(series):
        assert same_bars(market, column, slow_bars(one, held, timeframe))


@settings(max_examples=80, deadline=None)
@given(minutes(), st.sampled_from(["1m", "15m", "1h", "1d"]), st.integers(-5, 400))
def test_nothing_after_the_as_of_instant_is_in_the_market_or_changes_it(
    drawn: tuple[list[int], list[Series]], timeframe: str, after: int
) -> None:
    lengths, series = drawn
    series = [replace(series[0], events=splits(FIRST_DAY + 1, 7.0, 1.0)), *series[1:]]
    sessions = table(lengths)
    as_of = int(sessions.open_time[0]) + after * 7 * MINUTE
    poisoned = [replace(one, rows=_poisoned(one, as_of, timeframe)) for one in series]
    try:
        whole = align(series, sessions, timeframe, as_of)
    except MissingError:
        with pytest.raises(MissingError):
            align(poisoned, sessions, timeframe, as_of)
        return

    other = align(poisoned, sessions, timeframe, as_of)

    assert int(whole.axis.close_time[-1]) <= as_of
    assert np.all(whole.actions.bar < len(whole.axis))
    assert other.hash == whole.hash


def _poisoned(one: Series, as_of: int, timeframe: str) -> object:
    """The rows with every price changed that is not yet known at the as-of instant."""
    late = one.rows.open_time + MINUTE > as_of
    changed = {
        name: np.where(late, getattr(one.rows, name) * 3.0 + 1.0, getattr(one.rows, name))
        for name in FIELDS
    }
    return replace(one.rows, **changed)


@settings(max_examples=60, deadline=None)
@given(minutes(), st.integers(1, 300))
def test_an_earlier_as_of_gives_a_prefix(drawn: tuple[list[int], list[Series]], k: int) -> None:
    lengths, series = drawn
    sessions = table(lengths)
    whole = align(series, sessions, "1m")
    bar = min(k, len(whole.axis)) - 1
    as_of = int(whole.axis.close_time[bar])
    if not all((~whole.stale[: bar + 1, c]).any() for c in range(len(series))):
        return

    early = align(series, sessions, "1m", as_of)

    assert early.hash == whole.part(0, len(early.axis)).hash


def test_missing_minutes_repeat_the_last_close_and_are_stale() -> None:
    sessions = table([5])
    opened = int(sessions.open_time[0])
    series = Series("A", rows([opened + MINUTE, opened + 3 * MINUTE], [10.0, 12.0]))

    market = align([series], sessions, "1m")

    assert market.close[:, 0].tolist() == [9.0, 10.0, 10.0, 12.0, 12.0]
    assert market.open[:, 0].tolist() == [9.0, 9.0, 10.0, 11.0, 12.0]
    assert market.volume[:, 0].tolist() == [0.0, 10.0, 0.0, 10.0, 0.0]
    assert market.stale[:, 0].tolist() == [True, False, True, False, True]


def test_rows_outside_regular_hours_are_left_out() -> None:
    sessions = table([5])
    opened, closed = int(sessions.open_time[0]), int(sessions.close_time[0])
    stamps = [opened - MINUTE, opened, closed - MINUTE, closed]

    market = align([Series("A", rows(stamps, [1000.0, 10.0, 11.0, 2000.0]))], sessions, "1d")

    assert (market.open[0, 0], market.close[0, 0], market.high[0, 0]) == (9.0, 11.0, 11.5)


def test_daily_rows_are_mapped_by_their_date() -> None:
    sessions = table([390, 210])
    stamps = [(FIRST_DAY + k) * DAY + 5 * 60 * MINUTE for k in range(2)]

    market = align([Series("A", rows(stamps, [10.0, 11.0]), daily=True)], sessions, "1d")

    assert market.close[:, 0].tolist() == [10.0, 11.0]
    assert market.axis.close_time.tolist() == sessions.close_time.tolist()


def test_a_daily_bar_is_known_only_after_its_session_closed() -> None:
    sessions = table([390, 390])
    stamps = [(FIRST_DAY + k) * DAY + 5 * 60 * MINUTE for k in range(2)]
    series = [Series("A", rows(stamps, [10.0, 11.0]), daily=True)]

    closed = int(sessions.close_time[1])

    assert len(align(series, sessions, "1d", closed - 1).axis) == 1
    assert len(align(series, sessions, "1d", closed).axis) == 2


def test_the_axis_runs_from_the_first_to_the_last_session_with_bars() -> None:
    sessions = table([5] * 6)
    series = [
        Series("A", rows([int(sessions.open_time[2])], [10.0])),
        Series("B", rows([int(sessions.open_time[4])], [20.0])),
    ]

    market = align(series, sessions, "1m")

    assert market.sessions == 3
    assert len(market.axis) == 15
    assert market.axis.session[0] == 0
    assert market.axis.session_date[0] == FIRST_DAY + 2


def test_symbols_without_bars_are_left_out_and_all_of_them_is_an_error() -> None:
    sessions = table([5])
    empty = Series("A", rows([], []))
    full = Series("B", rows([int(sessions.open_time[0])], [10.0]))

    assert align([empty, full], sessions, "1m").symbols == ("B",)
    with pytest.raises(MissingError, match="ingest"):
        align([empty], sessions, "1m")


def test_a_split_takes_effect_at_the_first_bar_of_its_session() -> None:
    sessions = table([3, 3])
    stamps = [int(o) + k * MINUTE for o in sessions.open_time for k in range(3)]
    series = Series(
        "A", rows(stamps, [70.0, 70.0, 70.0, 10.0, 10.0, 10.0]), events=splits(FIRST_DAY + 1, 7, 1)
    )

    market = align([series], sessions, "1m")

    assert market.actions.bar.tolist() == [3]
    assert market.close[:, 0].tolist() == [70.0, 70.0, 70.0, 10.0, 10.0, 10.0]
    assert market.adjusted().close[:, 0].tolist() == [70.0] * 6


def test_a_stale_price_is_carried_over_a_split_at_its_ratio() -> None:
    sessions = table([3, 3])
    opens = sessions.open_time.tolist()
    series = Series(
        "A", rows([opens[0], opens[1] + MINUTE], [70.0, 11.0]), events=splits(FIRST_DAY + 1, 7, 1)
    )

    market = align([series], sessions, "1m")

    assert market.close[:, 0].tolist() == [70.0, 70.0, 70.0, 10.0, 11.0, 11.0]


def test_an_ex_date_without_a_session_moves_to_the_next_one() -> None:
    sessions = table([3, 3])
    later = replace(sessions, session_date=sessions.session_date + np.array([0, 3], dtype=np.int32))
    series = Series(
        "A",
        rows([int(o) for o in later.open_time], [70.0, 10.0]),
        events=splits(FIRST_DAY + 1, 7, 1),
    )

    assert align([series], later, "1m").actions.bar.tolist() == [3]


def test_actions_nobody_could_hold_through_are_left_out() -> None:
    sessions = table([3, 3, 3])
    stamps = [int(sessions.open_time[1]), int(sessions.open_time[2])]
    days = np.array([FIRST_DAY, FIRST_DAY + 1, FIRST_DAY + 2, FIRST_DAY + 9], dtype=np.int32)
    events = Events(days, np.array([0.1, 0.2, 0.3, 0.4]), np.ones(4), np.ones(4))
    other = Series("B", rows([int(o) for o in sessions.open_time], [5.0, 5.0, 5.0]))

    market = align([Series("A", rows(stamps, [9.0, 9.0]), events=events), other], sessions, "1m")

    assert market.actions.cash.tolist() == [0.3]
    assert market.actions.bar.tolist() == [6]


def test_a_dividend_comes_before_a_split_of_the_same_day() -> None:
    sessions = table([3, 3])
    days = np.array([FIRST_DAY + 1, FIRST_DAY + 1], dtype=np.int32)
    events = Events(days, np.array([0.0, 0.5]), np.array([2.0, 1.0]), np.ones(2))
    series = Series("A", rows([int(o) for o in sessions.open_time], [10.0, 5.0]), events=events)

    actions = align([series], sessions, "1m").actions

    assert actions.cash.tolist() == [0.5, 0.0]
    assert actions.new.tolist() == [1.0, 2.0]


def test_a_bar_that_does_not_hold_its_own_close_is_widened() -> None:
    sessions = table([1])
    odd = replace(rows([int(sessions.open_time[0])], [10.0]), high=np.array([9.5]))

    market = align([Series("A", odd)], sessions, "1m")

    assert market.high[0, 0] == 10.0


def test_minutes_are_never_made_from_daily_rows() -> None:
    sessions = table([390])
    series = Series("A", rows([FIRST_DAY * DAY], [10.0]), daily=True)

    with pytest.raises(ValueError, match="expected minute rows"):
        align([series], sessions, "5m")
