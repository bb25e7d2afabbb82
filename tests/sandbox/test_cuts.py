"""A proof cuts after changes of a genome's own positions, and most often where they gained."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from daemon.domain.engine.causality import Occasion
from daemon.domain.market.bars import Floats
from daemon.sandbox import cuts
from daemon.sandbox.cuts import CARES, Care, future_cuts, once_more, truncations

BARS, SYMBOLS = 3000, 6
NICHE, SCREENING, GRADUATION = (CARES[occasion] for occasion in get_args(Occasion))


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

    places = truncations("signal", positions, close(), GRADUATION, generator())

    found = [cut for cut, _ in places]
    assert 40 <= len(found) <= 54
    assert found == sorted(found)
    assert found[0] < 300
    assert 2700 < found[-1] < BARS
    for cut, (symbol, columns) in places:
        if columns == 1:
            assert positions[cut - 1, symbol] != positions[cut - 2, symbol]


def test_little_care_asks_after_fewer_of_the_luckiest_decisions() -> None:
    cares = {"much": SCREENING, "little": NICHE}
    asked = {n: truncations("signal", turning(), close(), c, generator()) for n, c in cares.items()}
    single = {name: {p for p in places if p[1][1] == 1} for name, places in asked.items()}

    assert len(asked["little"]) <= 4 + NICHE.early + NICHE.lucky_symbols
    assert len(single["much"] & single["little"]) >= NICHE.lucky_symbols
    assert len(asked["much"]) > 2 * len(asked["little"])


def test_the_luckiest_is_the_change_that_gained_most_on_the_next_bar() -> None:
    positions, prices = turning(), close()
    bar = int(np.flatnonzero(np.diff(positions[:, 4]) > 0.0)[9]) + 1
    prices[bar + 1 :, 4] *= 1.5

    places = truncations("signal", positions, prices, Care(1, 1, 1, 1, 1), generator())

    assert (bar + 1, (4, 1)) in places


def test_on_a_long_market_most_cuts_are_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "_SHORT", 2000)

    places = truncations("signal", turning(), close(), GRADUATION, generator())

    assert len([cut for cut, _ in places if cut > BARS / 8]) <= 4 < len(places)


@pytest.mark.parametrize("care", CARES.values())
def test_of_a_rotation_every_symbol_is_looked_at(care: Care) -> None:
    places = truncations("rotate", turning(), close(), care, generator())

    assert {place for _, place in places} == {(0, SYMBOLS)}
    assert once_more("rotate", turning(), close(), care, generator()) == (0, SYMBOLS)


@pytest.mark.parametrize("best", range(SYMBOLS))
@pytest.mark.parametrize("care", [NICHE, SCREENING])
def test_where_each_stands_alone_a_few_with_the_best_among_them_are_run_once_more(
    best: int, care: Care
) -> None:
    positions, prices = np.ones((BARS, SYMBOLS)), close()
    prices[1:, best] *= 50.0

    drawn = {
        once_more("signal", positions, prices, care, np.random.default_rng(n)) for n in range(60)
    }

    firsts = range(max(0, best - care.again + 1), min(best, SYMBOLS - care.again) + 1)
    assert drawn == {(first, care.again) for first in firsts}


def test_before_graduation_every_symbol_is_run_once_more() -> None:
    assert once_more("signal", turning(), close(), GRADUATION, generator()) == (0, SYMBOLS)


def test_without_a_change_drawn_cuts_are_left() -> None:
    still = np.ones((BARS, SYMBOLS))

    assert len(truncations("signal", still, close(), GRADUATION, generator())) == 1
    assert future_cuts(still, generator())[:3] == (4, 17, 46)
    assert len(future_cuts(still, generator())) == 4


def test_two_bars_cannot_be_cut() -> None:
    assert truncations("signal", turning()[:2], close()[:2], GRADUATION, generator()) == []
