"""The processor seconds that one asker's work takes, its children included.

A context variable carries the meter: tasks and `asyncio.to_thread` hand it on, so that the pool can
charge a child to whoever asked for it, without an argument through every call between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """What was charged so far, in seconds."""

    cpu_s: float = 0.0


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Charges what is spent inside the block to a meter of its own."""
    meter = Meter()
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


def spend(cpu_s: float) -> None:
    """Charges processor seconds to whoever meters; to nobody where nobody does."""
    if meter := _METER.get():
        meter.cpu_s += cpu_s
