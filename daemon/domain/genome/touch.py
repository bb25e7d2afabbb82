"""First use of everything in numpy that imports more of numpy when it is used.

numpy's C code imports some helpers and error types at their first use, through the builtins of the
frame that runs then. A genome's frame has no import, and its process may open no file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from daemon.domain.genome import vocabulary as words

_ARGUMENTS: Final[dict[str, tuple[Any, ...]]] = {
    "astype": (float,),
    "clip": (0, 1),
    "reshape": (2, 2),
}
_FAULTS: Final[tuple[Callable[[], Any], ...]] = (
    lambda: np.add(np.array("a"), np.zeros(1)),
    lambda: np.add(np.zeros(2), 0.5, out=np.zeros(2, dtype=int)),
    lambda: np.zeros(2).sum(axis=5),
    lambda: np.zeros(2) + np.zeros(3),
    lambda: np.empty(1 << 60),
    lambda: np.zeros((2, 2)) @ np.zeros(3),
    lambda: np.array([[1.0], [1.0, 2.0]]),
    lambda: np.concatenate([np.zeros(2), np.zeros((2, 2))]),
    lambda: bool(np.zeros(2)),
)


def touch_numpy() -> None:
    """Uses the listed methods, the median, the spectra, and raises the errors that can be met."""
    for array in (np.ones(4), np.ones(4, dtype=int), np.ones(4, dtype=bool), np.ones((2, 2))):
        for name in sorted(words.METHODS):
            getattr(array, name)(*_ARGUMENTS.get(name, ()))
        repr(array)
    np.median(np.ones(4))  # imports numpy.ma, to ask whether the array is masked
    for name in sorted(words.FFT):
        getattr(np.fft, name)(np.ones(4))
    for fault in _FAULTS:
        try:
            fault()
        except (TypeError, ValueError, IndexError, MemoryError):
            continue
        raise RuntimeError("numpy no longer raises an error that a genome can meet")
