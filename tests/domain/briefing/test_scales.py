from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.briefing.scales import date_ticks, nice_ticks, sparkline, steep_ticks, thinned


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 5_000), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_thinning_keeps_ends_lows_and_highs_within_the_limit(
    length: int, columns: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    series = [generator.normal(size=length).cumsum() for _ in range(columns)]

    kept = thinned(series, 400)

    assert len(kept) <= 400
    assert kept[0] == 0
    assert kept[-1] == length - 1
    assert (np.diff(kept) > 0).all()
    for column in series:
        assert column[kept].min() == column.min()
        assert column[kept].max() == column.max()


@settings(deadline=None, max_examples=200)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_round_and_inside(low: float, width: float) -> None:
    ticks = nice_ticks(low, low + width)

    assert 1 <= len(ticks) <= 9
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in ticks)


def test_ticks_of_a_unit_are_tenths_and_fifths() -> None:
    assert nice_ticks(0.0, 1.0, 5) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def test_steep_ticks_multiply_instead_of_adding() -> None:
    assert steep_ticks(0.7, 6.2) == [0.7, 1.0, 1.5, 2.0, 3.0, 5.0]
    assert steep_ticks(1.0, 9e5) == [1.0, 1e1, 1e2, 1e3, 1e4, 1e5]


@settings(deadline=None, max_examples=100)
@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(31, 12_000))
def test_date_ticks_lie_inside_and_have_room_beside_each_other(first: date, days: int) -> None:
    last = first + timedelta(days=days)

    ticks = date_ticks(first, last)

    assert 1 <= len(ticks) <= (4 if "’" in ticks[0][1] else 6)
    assert all(first <= day <= last and day.day == 1 for day, _ in ticks)


def test_years_between_date_ticks_are_round() -> None:
    assert [label for _, label in date_ticks(date(1998, 1, 2), date(2026, 8, 7))] == [
        "2000",
        "2005",
        "2010",
        "2015",
        "2020",
        "2025",
    ]
    assert [label for _, label in date_ticks(date(2014, 12, 1), date(2015, 7, 2))] == [
        "Jan ’15",
        "Apr ’15",
        "Jul ’15",
    ]


def test_a_sparkline_rises_with_its_values_and_is_flat_without_movement() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([2.0, 2.0], 4) == "▁▁▁▁"
    assert sparkline([], 10) == ""
