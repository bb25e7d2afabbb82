"""Sessions and axes of the exchange."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.bars import TIMEFRAMES
from daemon.domain.market.calendar import axis, bars_a_session, first_bars, minutes_of
from daemon.errors import UsageError
from tests.domain.market.sessions import DAY, FIRST_DAY, MINUTE, table


def test_an_hour_axis_starts_at_the_open_and_ends_with_a_short_bar() -> None:
    sessions = table([390])

    hours = axis(sessions, "1h")

    assert hours.minute.tolist() == [60, 120, 180, 240, 300, 360, 390]
    assert hours.minutes_left.tolist() == [330, 270, 210, 150, 90, 30, 0]
    assert hours.open_time[0] == sessions.open_time[0]
    assert hours.close_time[-1] == sessions.close_time[0]
    assert hours.close_time[-1] - hours.open_time[-1] == 30 * MINUTE


def test_a_half_day_has_fewer_bars_and_knows_when_it_ends() -> None:
    sessions = table([390, 210])

    assert bars_a_session(sessions, "1h").tolist() == [7, 4]
    assert bars_a_session(sessions, "1m").tolist() == [390, 210]
    assert first_bars(sessions, "30m").tolist() == [0, 13]
    assert axis(sessions, "1m").minutes_left[390] == 209


def test_a_daily_bar_opens_and_closes_with_its_session() -> None:
    sessions = table([390, 210])

    daily = axis(sessions, "1d")

    assert daily.open_time.tolist() == sessions.open_time.tolist()
    assert daily.close_time.tolist() == sessions.close_time.tolist()
    assert daily.minute.tolist() == [390, 210]
    assert daily.session_date.tolist() == [FIRST_DAY, FIRST_DAY + 1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([210, 390, 235, 1]), min_size=1, max_size=6),
    st.sampled_from(sorted(TIMEFRAMES)),
)
def test_bars_of_a_session_cover_it_without_overlap(minutes: list[int], timeframe: str) -> None:
    sessions = table(minutes)

    bars = axis(sessions, timeframe)

    for number in range(len(minutes)):
        own = bars.session == number
        assert bars.open_time[own][0] == sessions.open_time[number]
        assert bars.close_time[own][-1] == sessions.close_time[number]
        assert np.array_equal(bars.open_time[own][1:], bars.close_time[own][:-1])
        assert np.all(bars.minute[own] + bars.minutes_left[own] == minutes[number])


def test_an_instant_belongs_to_a_session_from_its_open_until_before_its_close() -> None:
    sessions = table([390, 210])
    opened, closed = int(sessions.open_time[1]), int(sessions.close_time[1])

    found = sessions.of_instants(np.array([opened - 1, opened, closed - 1, closed]))

    assert found.tolist() == [-1, 1, 1, -1]


def test_daily_stamps_at_new_york_midnight_utc_midnight_and_the_open_mean_the_same_day() -> None:
    sessions = table([390])
    midnight = FIRST_DAY * DAY

    stamps = np.array([midnight, midnight + 5 * 60 * MINUTE, int(sessions.open_time[0])])

    assert sessions.of_daily_stamps(stamps).tolist() == [0, 0, 0]
    assert sessions.of_daily_stamps(stamps - DAY).tolist() == [-1, -1, -1]
    assert sessions.of_daily_stamps(stamps + DAY).tolist() == [-1, -1, -1]


def test_dates_without_a_session_have_no_number() -> None:
    sessions = table([390, 390])

    found = sessions.of_dates(np.array([FIRST_DAY - 1, FIRST_DAY, FIRST_DAY + 1, FIRST_DAY + 2]))

    assert found.tolist() == [-1, 0, 1, -1]


def test_between_takes_both_ends() -> None:
    sessions = table([390] * 5)

    assert len(sessions.between(FIRST_DAY + 1, FIRST_DAY + 3)) == 3


def test_an_unknown_time_frame_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match='did you mean "15m"'):
        minutes_of("15min")
