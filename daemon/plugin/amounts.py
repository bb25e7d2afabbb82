"""Amounts and ratios as vendors write them."""

from __future__ import annotations

from fractions import Fraction


def positive(value: object) -> Fraction:
    """A number as it is written: 1.281 is 1281/1000, not the nearest binary fraction.

    ValueError for one that is not above 0, and for what is no number; ZeroDivisionError for 1/0.
    """
    number = Fraction(str(value))
    if number <= 0:
        raise ValueError(value)
    return number
