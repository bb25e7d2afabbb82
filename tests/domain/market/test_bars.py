"""Markets as values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Events, Series, align
from daemon.domain.market.bars import FIELDS, TIME_FIELDS, Market, sealed
from tests.domain.market.sessions import FIRST_DAY, rows, table


def market(prices: list[float], splits: dict[int, tuple[float, float]] | None = None) -> Market:
    """One symbol, one bar a session."""
    sessions = table([30] * len(prices))
    days = sorted(splits or {})
    ratios = [(splits or {})[day] for day in days]
    events = Events(
        np.array([FIRST_DAY + day for day in days], dtype=np.int32),
        np.zeros(len(days)),
        np.array([new for new, _ in ratios]),
        np.array([old for _, old in ratios]),
    )
    series = Series("A", rows([int(o) for o in sessions.open_time], prices), events=events)
    return align([series], sessions, "1d")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(2, 900).map(float), min_size=3, max_size=9),
    st.dictionaries(
        st.integers(1, 8), st.sampled_from([(2.0, 1.0), (3.0, 2.0), (1.0, 20.0)]), max_size=3
    ),
)
def test_adjusted_prices_undo_exactly_the_splits_so_far(
    prices: list[float], splits: dict[int, tuple[float, float]]
) -> None:
    held = market(prices, splits)

    adjusted = held.adjusted()

    for bar, price in enumerate(prices):
        factor = np.prod([new / old for day, (new, old) in splits.items() if day <= bar] or [1.0])
        assert adjusted.close[bar, 0] == pytest.approx(price * factor, rel=1e-12)
        assert adjusted.volume[bar, 0] == pytest.approx(10.0 / factor, rel=1e-12)


def test_an_adjusted_past_does_not_know_of_a_later_split() -> None:
    later, never = market([70.0, 71.0, 10.0], {2: (7.0, 1.0)}), market([70.0, 71.0, 10.0])

    assert np.array_equal(later.adjusted().close[:2], never.adjusted().close[:2])
    assert later.adjusted().close[2, 0] == 70.0


def test_a_market_without_splits_is_its_own_adjusted_form() -> None:
    held = market([70.0, 71.0])

    assert held.adjusted() is held


def test_a_part_has_its_own_bars_actions_and_hash() -> None:
    whole = market([70.0, 71.0, 10.0, 11.0], {2: (7.0, 1.0)})

    part = whole.part(1, 4)

    assert part.close[:, 0].tolist() == [71.0, 10.0, 11.0]
    assert part.actions.bar.tolist() == [1]
    assert part.axis.session.tolist() == [1, 2, 3]
    assert part.sessions == 3
    assert part.hash != whole.hash
    assert part.hash == sealed(part).hash


@pytest.mark.parametrize("name", [*FIELDS, "stale"])
def test_the_hash_follows_every_array_of_bars(name: str) -> None:
    held = market([70.0, 71.0])
    array = getattr(held, name).copy()
    array[1, 0] = not array[1, 0] if name == "stale" else array[1, 0] + 0.25

    assert sealed(replace(held, **{name: array})).hash != held.hash


@pytest.mark.parametrize("name", TIME_FIELDS)
def test_the_hash_follows_every_array_of_time(name: str) -> None:
    held = market([70.0, 71.0])
    axis = replace(held.axis, **{name: getattr(held.axis, name) + 1})

    assert sealed(replace(held, axis=axis)).hash != held.hash


def test_the_hash_follows_symbols_frame_actions_and_spread() -> None:
    held = market([70.0, 71.0, 10.0], {2: (7.0, 1.0)})
    others = [
        replace(held, symbols=("B",)),
        replace(held, timeframe="1h"),
        replace(held, actions=replace(held.actions, cash=held.actions.cash + 1)),
        replace(held, spread=np.ones(held.shape)),
    ]

    assert len({held.hash, *(sealed(other).hash for other in others)}) == 5


def test_arrays_of_a_sealed_market_cannot_be_written() -> None:
    held = sealed(replace(market([70.0, 71.0]), close=np.ones((2, 1))))

    with pytest.raises(ValueError, match="read-only"):
        held.close[0, 0] = 5.0
