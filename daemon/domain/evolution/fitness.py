"""Fitness: the number that orders the search, or the reason why there is none."""

from __future__ import annotations

from enum import StrEnum


class FitnessRefusal(StrEnum):
    """Why an evaluation has no fitness; never a number, so that nothing compares with it."""

    NOT_FINITE = "not_finite"
    TOO_FEW_TRADES = "too_few_trades"
    TOO_LITTLE_EXPOSURE = "too_little_exposure"
    NO_VARIANCE = "no_variance"
    RUINED = "ruined"
    TOO_SHORT = "too_short"
