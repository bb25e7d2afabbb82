"""The returns of several strategies side by side, as every statistic of a set takes them."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Floats


def finite_columns(returns: Floats) -> Floats:
    """The returns (T, N) themselves, T periods of N strategies in the same order of time.

    A ValueError where they are no table or one of them is not finite: a comparison with such a
    number is false, and would silently count as a strategy that never moved.
    """
    if returns.ndim != 2:
        raise ValueError(f"expected returns as (periods, strategies), was {returns.ndim}-d")
    sick = np.flatnonzero(~np.isfinite(returns).all(axis=0))
    if len(sick):
        raise ValueError(f"expected finite returns, column {sick[0]} has one that is not")
    return returns
