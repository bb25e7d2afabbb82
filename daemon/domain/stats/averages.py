"""Mean and deviation of short series: the bits of `np.mean` and `np.std` at a quarter of the time.

An evaluation takes some seventy of them over a few hundred sessions each, where NumPy spends most
of the time on what it allows for: axes, types, masks, empty arrays.
"""

from __future__ import annotations

import math

import numpy as np

from daemon.domain.market.bars import Floats


def mean(values: Floats) -> float:
    """Mean of at least one value."""
    return float(np.add.reduce(values)) / len(values)


def sample_deviation(values: Floats) -> float:
    """Deviation of at least two values, with n - 1; not a number where one is not finite."""
    centred = values - mean(values)
    return math.sqrt(float(np.add.reduce(centred * centred)) / (len(values) - 1))
