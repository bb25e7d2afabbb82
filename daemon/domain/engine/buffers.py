"""Long result arrays whose memory is used again once nobody holds a view of it.

Fresh pages cost more than the kernel itself. A buffer counts as free when the pool alone refers
to it: every view keeps its owner alive, so a result can never change under its reader.
"""

from __future__ import annotations

import sys
import threading
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats

WORTH_KEEPING: Final = 65_536
"""Values; shorter arrays are cheap to make."""

KEPT: Final = 24
_FREE: Final = 3  # the pool, the loop's name and the argument of the question itself

_pool: Final[list[Floats]] = []
_lock: Final = threading.Lock()


def empty(count: int) -> Floats:
    """Uninitialised float64 (count,), contiguous."""
    if count < WORTH_KEEPING:
        return np.empty(count)
    with _lock:
        for buffer in _pool:
            if count <= len(buffer) <= 2 * count and sys.getrefcount(buffer) == _FREE:
                return buffer[:count]
        fresh = np.empty(count)
        _pool.append(fresh)
        del _pool[:-KEPT]
        return fresh[:]
