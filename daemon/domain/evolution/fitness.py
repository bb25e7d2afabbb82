"""Fitness: the number that orders the search, or the reason why there is none.

It orders and never decides: whether an edge is real is asked of the trial ledger, elsewhere.

    Sa  annual Sharpe            So  Sortino, with the sign of Sa and at most 3 |Sa|
    K   convexity, 1/2..2        D   1 + MaxDD, kept in 0.001..1
    G = sign(Sa) sqrt(|Sa So|);  F = G K D where G >= 0, G / (K D) below

F has the sign of the mean return, rises with Sharpe, Sortino, convexity and a smaller drawdown on
both sides of zero, and does not know the size of the position but through D.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np

SORTINO_CAP: Final = 3.0
LEAST_D: Final = 0.001


class FitnessRefusal(StrEnum):
    """Why an evaluation has no fitness; never a number, so that nothing compares with it."""

    NOT_FINITE = "not_finite"
    TOO_FEW_TRADES = "too_few_trades"
    TOO_LITTLE_EXPOSURE = "too_little_exposure"
    NO_VARIANCE = "no_variance"
    RUINED = "ruined"
    TOO_SHORT = "too_short"
    AMBIGUOUS = "ambiguous"


def fitness(
    sharpe: float, sortino: float | None, convexity: float, max_drawdown: float
) -> float | FitnessRefusal:
    """F of annual Sharpe, Sortino (None: no session lost), factor K and MaxDD (<= 0).

    NOT_FINITE where an input is infinite or not a number.
    """
    inputs = (sharpe, 0.0 if sortino is None else sortino, convexity, max_drawdown)
    if not all(map(math.isfinite, inputs)):
        return FitnessRefusal.NOT_FINITE
    cap = SORTINO_CAP * abs(sharpe)
    downside = cap if sortino is None else min(abs(sortino), cap)
    gain = math.copysign(math.sqrt(abs(sharpe) * downside), sharpe)
    shape = convexity * min(max(1.0 + max_drawdown, LEAST_D), 1.0)
    return gain * shape if gain >= 0.0 else gain / shape


def shrinkage(sharpe: float, error: float) -> float:
    """max(0, 1 - error / sharpe) for a positive annual Sharpe, else 1: keeps order and sign."""
    return max(0.0, 1.0 - error / sharpe) if sharpe > 0.0 else 1.0


def selection_value(
    blocks: Sequence[float], nodes: int, quantile: float, node_weight: float
) -> float:
    """F_sel: a low quantile of the blocks' shrunk fitness, less `node_weight` per 100 nodes."""
    return float(np.quantile(np.asarray(blocks), quantile)) - node_weight * nodes / 100.0


def order(value: float | None) -> tuple[bool, float]:
    """Sort key over every evaluation: what was refused (None) comes below every number."""
    return (value is not None, 0.0 if value is None else value)
