"""The plugin's rules give the sessions of the exchange's calendar, to the minute."""

from __future__ import annotations

import exchange_calendars
import numpy as np
import pytest

from plugins.simulated.sessions import MINUTE_NS, minute_times, sessions


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_ten_years_of_sessions_are_those_of_the_calendar_library() -> None:
    calendar = exchange_calendars.get_calendar("XNYS", start="2014-01-01", end="2023-12-31")
    opened = calendar.opens.dt.tz_convert(None).to_numpy().astype("datetime64[ns]").astype(np.int64)
    closed = (
        calendar.closes.dt.tz_convert(None).to_numpy().astype("datetime64[ns]").astype(np.int64)
    )

    made = sessions(2014, 2023)

    assert np.array_equal(made.open_time, opened)
    assert np.array_equal(made.minutes, (closed - opened) // MINUTE_NS)


def test_the_shipped_years_begin_and_end_where_they_should() -> None:
    made = sessions(2016, 2023)
    days = made.open_time.astype("datetime64[ns]").astype("datetime64[D]").astype(str)

    assert (days[0], days[-1]) == ("2016-01-04", "2023-12-29")


def test_a_half_day_has_210_minutes() -> None:
    made = sessions(2023, 2023)

    exists, times = minute_times(made)

    assert sorted(set(exists.sum(axis=1))) == [210, 390]
    assert len(times) == made.minutes.sum()
    assert np.all(np.diff(times) > 0)
