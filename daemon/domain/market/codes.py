"""Lists of small codes (trade conditions, quote indicators) packed into one int64.

Six codes of ten bits, the first in the lowest bits; 0 is no code. Stock conditions go to about 60,
those of options and the indicators of quotes to below 1000; a trade has at most four.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Ints

BITS: Final = 10
MOST: Final = 6
LARGEST: Final = (1 << BITS) - 1


def packed(codes: Sequence[int]) -> int:
    """The codes in one number; zeros, which say nothing, are left out.

    ValueError for more than six or for one outside 0..1023.
    """
    kept = [code for code in codes if code]
    if len(kept) > MOST or any(not 0 < code <= LARGEST for code in kept):
        raise ValueError(f"expected at most {MOST} codes from 0 to {LARGEST}, was {list(codes)}")
    return sum(code << (BITS * place) for place, code in enumerate(kept))


def unpacked(value: int) -> tuple[int, ...]:
    """The codes of a number, in their order."""
    places = (value >> (BITS * place) & LARGEST for place in range(MOST))
    return tuple(code for code in places if code)


def holds(values: Ints, code: int) -> Bools:
    """bool (R,): which packed lists hold a code."""
    found = np.zeros(len(values), dtype=bool)
    for place in range(MOST):
        found |= (values >> (BITS * place)) & LARGEST == code
    return found
