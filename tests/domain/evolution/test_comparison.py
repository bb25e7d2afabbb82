"""The looks of one night beside each other: against cash, and against the market."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from daemon.domain.evolution.comparison import Comparison, Look, compare
from tests.domain.evolution.test_screens import returns


def look(name: str, path: np.ndarray, held: np.ndarray | None = None) -> Look:
    market = np.zeros(len(path)) if held is None else held
    return Look(name, 100, 100 + len(path), path, market)


def compared(looks: Sequence[Look]) -> Comparison:
    return compare(looks, np.random.default_rng(7))


def p_values(found: Comparison) -> tuple[float, float]:
    assert found.cash.found is not None
    assert found.held.found is not None
    return found.cash.found.p_value, found.held.found.p_value


def test_the_one_that_earns_beats_cash_and_the_one_that_does_not_is_not_named() -> None:
    found = compared([look("b", returns(4.0, 252, 1)), look("a", returns(0.0, 252, 2))])

    assert found.genomes == ("a", "b")
    assert found.cash.found is not None
    assert found.cash.found.superior == (1,)
    assert found.cash.found.p_value < 0.05


def test_who_only_earns_what_the_market_does_beats_cash_and_not_the_market() -> None:
    market = returns(4.0, 252, 3)
    own = market + returns(0.0, 252, 4) * 0.1

    cash, held = p_values(compared([look("a", own, market), look("b", own * 0.5, market)]))

    assert cash < 0.05 < held


def test_one_finalist_is_a_set_and_its_mirror_image_is_not_better() -> None:
    gain, loss = returns(4.0, 252, 1), -returns(4.0, 252, 1)

    assert p_values(compared([look("a", gain)]))[0] < 0.05
    assert p_values(compared([look("a", loss)]))[0] > 0.4


def test_many_tries_cost_what_one_would_have_won() -> None:
    good = look("z", returns(2.0, 252, 1))
    poor = [look(f"a{n}", returns(0.0, 252, 10 + n)) for n in range(20)]

    assert p_values(compared([good]))[0] < p_values(compared([good, *poor]))[0]


def test_the_order_in_which_looks_come_does_not_matter() -> None:
    looks = [look(name, returns(1.0, 100, n)) for n, name in enumerate("cab")]

    assert compared(looks) == compared(looks[::-1])


@pytest.mark.parametrize("changed", ["returns", "held"])
def test_every_return_is_in_the_hash(changed: str) -> None:
    path, market = returns(1.0, 60, 1), returns(1.0, 60, 2)
    other = {"returns": path, "held": market}
    other[changed] = np.where(np.arange(60) == 7, 0.5, other[changed])

    first = compared([look("a", path, market)])

    assert first.returns_hash != compared([look("a", other["returns"], other["held"])]).returns_hash


def test_below_thirty_sessions_and_where_nothing_moves_nothing_is_said() -> None:
    assert compared([look("a", returns(4.0, 29))]).cash.found is None
    assert compared([look("a", returns(4.0, 5))]).cash.found is None
    assert compared([look("a", returns(4.0, 30))]).cash.found is not None
    assert compared([look("a", np.zeros(100))]).cash.found is None
