"""What a finalist is tried as beside itself: dearer, later, and with neighbouring parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from daemon.domain.genome.contract import Manifest, Number, Parameter
from daemon.domain.market.bars import Market, sealed
from daemon.domain.trading.friction import Friction

SHIFT: Final = 0.2
"""How far a parameter moves, as a share of its value."""

MOST_NEIGHBOURS: Final = 16


def doubled(friction: Friction) -> Friction:
    """Twice the commissions, spread, slippage, impact and borrow; fees by law stay."""
    return replace(
        friction,
        name=f"{friction.name}, costs doubled",
        commission_per_share=2 * friction.commission_per_share,
        commission_minimum=2 * friction.commission_minimum,
        commission_per_order=2 * friction.commission_per_order,
        commission_bps=2 * friction.commission_bps,
        spread_bps=2 * friction.spread_bps,
        slippage_bps=2 * friction.slippage_bps,
        impact=2 * friction.impact,
        borrow_rate=2 * friction.borrow_rate,
    )


def with_spread_doubled(market: Market) -> Market:
    """The market with twice the quoted spread, where it has one."""
    return market if market.spread is None else sealed(replace(market, spread=2.0 * market.spread))


def delayed(friction: Friction) -> Friction:
    """Every order fills one bar later."""
    name = f"{friction.name}, a bar later"
    if friction.fill == "same_close":
        return replace(friction, name=name, fill="next_open")
    return replace(friction, name=name, delay_bars=friction.delay_bars + 1)


def neighbours(manifest: Manifest) -> tuple[dict[str, Number], ...]:
    """Parameter sets with one parameter moved a fifth down or up, within what the genome allows.

    At most 16, the first parameters first; none where nothing can move.
    """
    moved = [
        {parameter.name: value}
        for parameter in manifest.params
        for value in _beside(parameter)
        if value != parameter.default
    ]
    return tuple(moved[:MOST_NEIGHBOURS])


def _beside(parameter: Parameter) -> tuple[Number, ...]:
    """The values below and above, at least one apart where they are whole."""
    value, choices = parameter.default, sorted(parameter.choices)
    if choices:
        place = choices.index(value)
        return tuple(choices[max(place - 1, 0) : place] + choices[place + 1 : place + 2])
    bounds = [bound for bound in (parameter.low, parameter.high) if bound is not None]
    step: Number = SHIFT * abs(value) or SHIFT
    if all(isinstance(number, int) for number in (value, *bounds)):
        step = max(1, math.floor(SHIFT * abs(value) + 0.5))
    low = value - step if parameter.low is None else max(value - step, parameter.low)
    high = value + step if parameter.high is None else min(value + step, parameter.high)
    if not bounds and value > 0 and low <= 0:
        low = value
    return (low, high)
