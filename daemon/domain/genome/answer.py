"""What a genome may answer: positions of the right shape and kind.

Whether they are finite and within bounds is judged by the engine, outside the sandbox.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.errors import GenomeRefused, Reason


def as_positions(answer: Any, shape: tuple[int, ...]) -> Floats:
    """The answer of signal (T,) or rotate (T, N) as float64 of that shape.

    Numbers, and arrays of bool, int or float that broadcast to the shape, are taken; everything
    else is GenomeRefused with the code `contract`.
    """
    if not isinstance(answer, np.ndarray | np.generic | bool | int | float):
        kind = type(answer).__name__[:40]
        raise _refused(f"expected an array of numbers, was {kind}: return one value a bar")
    array = np.asarray(answer)
    if array.dtype.kind not in "bif":
        raise _refused(f"expected positions of type float, int or bool, was {array.dtype}")
    try:
        array = np.broadcast_to(array, shape)
    except ValueError as error:
        message = f"expected positions of shape {shape}, was {array.shape}: one value a bar"
        raise _refused(message) from error
    return np.asarray(array, dtype=np.float64)


def _refused(message: str) -> GenomeRefused:
    return GenomeRefused([Reason("contract", 0, message)])
