"""What a finalist is tried as beside itself."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.evolution.variants import (
    MOST_NEIGHBOURS,
    delayed,
    doubled,
    neighbours,
    with_spread_doubled,
)
from daemon.domain.genome.contract import Manifest, Parameter
from daemon.domain.market.probe import probe
from daemon.domain.trading.friction import DELAYED, NONE, RETAIL, Friction


def manifest(*params: Parameter) -> Manifest:
    return Manifest("idea", "signal", "1d", 10, params)


@pytest.mark.parametrize("friction", [NONE, RETAIL, DELAYED])
def test_doubled_costs_are_twice_every_cost_and_change_nothing_else(friction: Friction) -> None:
    found, own = asdict(doubled(friction)), asdict(friction)

    changed = {key for key in own if found[key] != own[key]} - {"name"}
    assert all(found[key] == 2 * own[key] for key in changed)
    assert changed == {
        key for key in own if key.split("_")[0] in COSTS and own[key] and key in DEAR
    }


COSTS = {"commission", "spread", "slippage", "impact", "borrow"}
DEAR = {
    "commission_per_share",
    "commission_minimum",
    "commission_per_order",
    "commission_bps",
    "spread_bps",
    "slippage_bps",
    "impact",
    "borrow_rate",
}


def test_a_quoted_spread_is_doubled_and_the_market_is_another() -> None:
    market = replace(probe("1d"), spread=np.full(probe("1d").shape, 0.02))

    found = with_spread_doubled(market)

    assert found.spread is not None
    assert np.all(found.spread == 0.04)
    assert found.hash != market.hash
    assert with_spread_doubled(probe("1d")).hash == probe("1d").hash


def test_an_order_fills_one_bar_later() -> None:
    assert delayed(RETAIL).delay_bars == RETAIL.delay_bars + 1
    same = replace(NONE, fill="same_close")
    assert delayed(same).fill == "next_open"
    assert delayed(same).delay_bars == 0


def test_each_parameter_moves_a_fifth_both_ways_by_at_least_one_where_it_is_whole() -> None:
    found = neighbours(manifest(Parameter("n", 20), Parameter("fast", 2), Parameter("x", 0.5)))

    assert found == (
        {"n": 16},
        {"n": 24},
        {"fast": 1},
        {"fast": 3},
        {"x": 0.4},
        {"x": 0.6},
    )


def test_choices_move_to_the_ones_beside_and_bounds_hold() -> None:
    found = neighbours(
        manifest(Parameter("c", 5, choices=(3, 5, 9)), Parameter("b", 10, low=10, high=11))
    )

    assert found == ({"c": 3}, {"c": 9}, {"b": 11})
    assert neighbours(manifest()) == ()
    assert neighbours(manifest(Parameter("only", 1, choices=(1,)))) == ()


@given(st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_no_neighbour_is_the_finalist_itself(defaults: list[float]) -> None:
    params = tuple(Parameter(f"p{n}", value) for n, value in enumerate(defaults))

    found = neighbours(manifest(*params))

    assert len(found) <= MOST_NEIGHBOURS
    own = manifest(*params).defaults()
    assert all(value != own[name] for each in found for name, value in each.items())
