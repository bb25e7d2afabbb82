"""Rows in the order of their kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools
from daemon.domain.market.kinds import Columns, Kind


def ordered(kind: Kind, columns: Columns) -> Columns:
    """The rows in the order of their kind; equal ones stay as they are."""
    key = columns[kind.key]
    if len(kind.order) == 1:
        if np.all(key[1:] >= key[:-1]):
            return columns
        order = np.argsort(key, kind="stable")
    elif _ascends([columns[name] for name in kind.order]):
        return columns
    else:
        order = np.lexsort([columns[name] for name in reversed(kind.order)])
    return {name: column[order] for name, column in columns.items()}


def latest(kind: Kind, columns: Columns) -> Columns:
    """The rows in order; of two of the same identity the later one holds, unless they repeat."""
    columns = ordered(kind, columns)
    if kind.repeats:
        return columns
    last = np.append(~equal_neighbours([columns[name] for name in kind.order]), True)
    return columns if last.all() else {name: column[last] for name, column in columns.items()}


def equal_neighbours(columns: list[npt.NDArray[Any]]) -> Bools:
    """bool (R-1,): which rows are equal to the one before in all these columns."""
    equal = np.ones(max(len(columns[0]) - 1, 0), dtype=bool)
    for column in columns:
        equal &= column[1:] == column[:-1]
    return equal


def _ascends(columns: list[npt.NDArray[Any]]) -> bool:
    """True if rows are sorted by these columns, the first one first."""
    undecided: Bools = np.ones(max(len(columns[0]) - 1, 0), dtype=bool)
    for column in columns:
        if np.any(column[1:][undecided] < column[:-1][undecided]):
            return False
        undecided &= column[1:] == column[:-1]
    return True
