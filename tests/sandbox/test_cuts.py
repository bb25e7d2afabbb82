"""A proof cuts after changes of a genome's own positions, and most often where they gained."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.domain.market.bars import Floats
from daemon.sandbox import cuts
from daemon.sandbox.cuts import FULL, SPARING, Care, future_cuts, once_more, truncations

BARS, SYMBOLS = 3000, 6


def turning() -> Floats:
    """Positions that turn about once in forty bars, each symbol at its own bars."""
    turns = np.random.default_rng(7).random((BARS, SYMBOLS)) < 1 / 40
    return np.asfortranarray(np.cumsum(turns, axis=0) % 2.0)


def close() -> Floats:
    steps = np.random.default_rng(8).normal(0.0, 0.01, (BARS, SYMBOLS))
    return np.asfortranarray(100.0 * np.exp(np.cumsum(steps, axis=0)))


def generator() -> np.random.Generator:
    return np.random.default_rng(1)


def test_cuts_follow_the_changes_over_the_whole_length() -> None:
    positions = turning()

    places = truncations("signal", positions, close(), FULL, generator())

    found = [cut for cut, _ in places]
    assert 40 <= len(found) <= 54
    assert found == sorted(found)
    assert found[0] < 300
    assert 2700 < found[-1] < BARS
    for cut, (symbol, columns) in places:
        if columns == 1:
            assert positions[cut - 1, symbol] != positions[cut - 2, symbol]


def test_little_care_asks_after_fewer_of_the_luckiest_decisions() -> None:
    asked = {c: truncations("signal", turning(), close(), c, generator()) for c in (FULL, SPARING)}
    single = {care: {p for p in asked[care] if p[1][1] == 1} for care in asked}

    assert len(asked[SPARING]) <= 4 + SPARING.early + SPARING.lucky_symbols
    assert len(single[FULL] & single[SPARING]) >= SPARING.lucky_symbols
    assert len(asked[FULL]) > 2 * len(asked[SPARING])


def test_the_luckiest_is_the_change_that_gained_most_on_the_next_bar() -> None:
    positions, prices = turning(), close()
    bar = int(np.flatnonzero(np.diff(positions[:, 4]) > 0.0)[9]) + 1
    prices[bar + 1 :, 4] *= 1.5

    places = truncations("signal", positions, prices, Care(1, 1, 1, 1, 1), generator())

    assert (bar + 1, (4, 1)) in places


def test_on_a_long_market_most_cuts_are_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "_SHORT", 2000)

    places = truncations("signal", turning(), close(), FULL, generator())

    assert len([cut for cut, _ in places if cut > BARS / 8]) <= 4 < len(places)


@pytest.mark.parametrize("care", [FULL, SPARING])
def test_of_a_rotation_every_symbol_is_looked_at(care: Care) -> None:
    places = truncations("rotate", turning(), close(), care, generator())

    assert {place for _, place in places} == {(0, SYMBOLS)}
    assert once_more("rotate", SYMBOLS, care, generator()) == (0, SYMBOLS)


def test_where_each_stands_alone_any_few_may_be_run_once_more() -> None:
    drawn = {once_more("signal", SYMBOLS, SPARING, np.random.default_rng(n)) for n in range(40)}

    assert drawn == {(first, 2) for first in range(SYMBOLS - 1)}
    assert once_more("signal", SYMBOLS, FULL, generator()) == (0, SYMBOLS)


def test_without_a_change_drawn_cuts_are_left() -> None:
    still = np.ones((BARS, SYMBOLS))

    assert len(truncations("signal", still, close(), FULL, generator())) == 1
    assert future_cuts(still, generator())[:3] == (4, 17, 46)
    assert len(future_cuts(still, generator())) == 4


def test_two_bars_cannot_be_cut() -> None:
    assert truncations("signal", turning()[:2], close()[:2], FULL, generator()) == []
