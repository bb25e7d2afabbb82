"""What a genome may answer: positions of the right shape and kind, finite, within their bounds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats
from daemon.errors import GenomeRefused, Reason

_SLACK: Final = 1e-9


def as_positions(answer: Any, shape: tuple[int, ...]) -> Floats:
    """The answer of signal (T,) or rotate (T, N) as float64 of that shape.

    Numbers, and arrays of bool, int or float that broadcast to the shape, are taken; everything
    else is GenomeRefused.
    """
    if not isinstance(answer, np.ndarray | np.generic | bool | int | float):
        kind = type(answer).__name__
        raise _refused("positions_kind", f"the genome answers {kind}, expected an array of numbers")
    array = np.asarray(answer)
    if array.dtype.kind not in "bif":
        sentence = f"the positions are of type {array.dtype}, expected float, int or bool"
        raise _refused("positions_kind", sentence)
    try:
        array = np.broadcast_to(array, shape)
    except ValueError as error:
        sentence = f"the positions have shape {array.shape}, expected {shape}: one value a bar"
        raise _refused("positions_shape", sentence) from error
    return np.asarray(array, dtype=np.float64)


def check_positions(positions: Floats, kind: Kind) -> None:
    """GenomeRefused unless all are finite and in [-1, 1], and weights of a bar at most 1 gross."""
    if not np.isfinite(positions.sum()) and not np.isfinite(positions).all():
        bar = int(np.argwhere(~np.isfinite(positions))[0][0])
        sentence = f"a position is not finite at bar {bar}: np.where or np.nan_to_num can decide it"
        raise _refused("positions_not_finite", sentence)
    if positions.size and max(positions.max(), -positions.min()) > 1 + _SLACK:
        largest = float(np.abs(positions).max())
        sentence = f"a position of {largest:.4g} is outside [-1, 1]: np.clip keeps it inside"
        raise _refused("positions_range", sentence)
    if kind == "rotate" and positions.size:
        gross = float(np.abs(positions).sum(axis=1).max())
        if gross > 1 + _SLACK:
            sentence = f"weights of one bar add up to {gross:.4g} gross, at most 1: ta.cap_gross"
            raise _refused("positions_gross", sentence)


def _refused(code: str, message: str) -> GenomeRefused:
    return GenomeRefused([Reason(code, 0, message)])
