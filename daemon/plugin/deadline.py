"""The end of a whole call: what is left of it bounds each of its waits."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LEAST_S: Final = 1e-3
"""Seconds that a wait lasts at least: none at all would mean another kind of socket."""


class Deadline:
    """When the call of each thread has to be over."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._of_thread = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """The calls of this thread in the context end so many seconds after its beginning."""
        self._of_thread.end = self._monotonic() + seconds
        try:
            yield
        finally:
            self._of_thread.end = math.inf

    @property
    def is_over(self) -> bool:
        """True once the call of this thread has had its time."""
        return self._left() <= LEAST_S

    def cut(self, timeout: float | None, late: type[Exception]) -> float | None:
        """A wait cut to what is left; raises `late` where nothing is."""
        left = self._left()
        if left <= 0:
            raise late("the call has had its time")
        return timeout if math.isinf(left) else max(LEAST_S, min(left, timeout or left))

    def _left(self) -> float:
        return float(getattr(self._of_thread, "end", math.inf)) - self._monotonic()
