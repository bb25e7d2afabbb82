"""A market held to some of its symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from daemon.domain.market.bars import FIELDS, Actions, Market, sealed


def held_to(market: Market, symbols: Sequence[str]) -> Market:
    """The bars and corporate actions of those symbols, in the market's order; a hash of its own.

    ValueError for a symbol that it does not have.
    """
    unknown = set(symbols) - set(market.symbols)
    if unknown:
        raise ValueError(f"expected symbols of the market, were {', '.join(sorted(unknown))}")
    kept = np.flatnonzero([name in set(symbols) for name in market.symbols])
    arrays: dict[str, Any] = {name: getattr(market, name)[:, kept] for name in (*FIELDS, "stale")}
    spread = None if market.spread is None else market.spread[:, kept]
    names = tuple(market.symbols[k] for k in kept)
    actions = _of(market.actions, kept)
    return sealed(replace(market, symbols=names, actions=actions, spread=spread, **arrays))


def halves(market: Market) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every other symbol, and the others."""
    return market.symbols[::2], market.symbols[1::2]


def _of(actions: Actions, kept: np.ndarray[Any, np.dtype[np.int64]]) -> Actions:
    mine = np.isin(actions.symbol, kept)
    return Actions(
        actions.bar[mine],
        np.searchsorted(kept, actions.symbol[mine]),
        actions.cash[mine],
        actions.new[mine],
        actions.old[mine],
    )
