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


def test_a_market_of_listed_symbols_without_splits_is_its_own_adjusted_form() -> None:
    held = market([70.0, 71.0])

    assert held.adjusted() is held
    assert held.part(0, 0).adjusted().shape == (0, 1)


def ragged(first: dict[str, int], splits: dict[str, int], bars: int = 12) -> Market:
    """Symbols that list at the given bar; a 2:1 split of a symbol at the given bar."""
    sessions = table([30] * bars)
    one, two = np.ones(1), np.full(1, 2.0)
    held = []
    for name, start in first.items():
        stamps = [int(o) for o in sessions.open_time[start:]]
        given = [100.0 + 3 * start + bar for bar in range(len(stamps))]
        day = np.array([FIRST_DAY + splits[name]], dtype=np.int32) if name in splits else None
        events = Events.none() if day is None else Events(day, np.zeros(1), two, one)
        held.append(Series(name, rows(stamps, given), events=events))
    return align(held, sessions, "1d")


@settings(max_examples=40, deadline=None)
@given(
    first=st.tuples(st.just(0), st.integers(0, 11), st.integers(0, 11)),
    split=st.none() | st.integers(1, 11),
)
def test_before_its_first_bar_a_symbol_shows_genomes_nothing(
    first: tuple[int, int, int], split: int | None
) -> None:
    starts = dict(zip("ABC", first, strict=True))
    held = ragged(starts, {} if split is None else {"B": split})

    seen = held.adjusted()

    for column, start in enumerate(first):
        for name in FIELDS:
            values = getattr(seen, name)[:, column]
            assert np.isnan(values[:start]).all()
            assert np.isfinite(values[start:]).all()
    assert all(np.isfinite(getattr(held, name)).all() for name in FIELDS)
    assert np.array_equal(seen.stale, held.stale)


def test_the_price_of_a_later_listing_is_nowhere_in_the_adjusted_past() -> None:
    one = ragged({"A": 0, "B": 5}, {})
    other = sealed(replace(one, **{n: getattr(one, n) * [1.0, 7.0] for n in FIELDS}))

    for name in FIELDS:
        past, changed = (getattr(m.adjusted(), name)[:5] for m in (one, other))
        assert np.array_equal(past, changed, equal_nan=True)
    assert other.close[0, 1] != one.close[0, 1]


def test_a_symbol_without_any_bar_in_a_part_shows_nothing_and_a_later_halt_its_price() -> None:
    held = ragged({"A": 0, "B": 6}, {})
    stale = held.stale.copy()
    stale[8:10, 1] = True
    halted = sealed(replace(held, stale=stale))

    assert np.isnan(held.part(0, 6).adjusted().close[:, 1]).all()
    assert np.isfinite(halted.adjusted().close[6:, 1]).all()
    assert halted.part(7, 12).adjusted().close[1, 1] == halted.close[8, 1]


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
