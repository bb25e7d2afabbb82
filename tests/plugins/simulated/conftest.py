"""One simulated market for all tests of the plugin."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.plugin.roles import BarBatch, BarRequest
from plugins.simulated.settings import SimulatedSettings
from plugins.simulated.source import SimulatedSource

SHIPPED = SimulatedSettings()


def joined(batches: list[BarBatch]) -> BarBatch:
    names = ("open_time", "open", "high", "low", "close", "volume", "transactions")
    columns = {n: np.concatenate([getattr(b, n) for b in batches]) for n in names}
    return BarBatch(symbol=batches[0].symbol, origin=batches[0].origin, **columns)


def read(settings: SimulatedSettings, kind: str) -> dict[str, BarBatch]:
    source, request = SimulatedSource(settings), BarRequest(kind)
    batches = (joined(list(source.bars(part, request))) for part in source.parts(request))
    return {batch.symbol: batch for batch in batches}


@pytest.fixture(scope="session")
def daily() -> dict[str, BarBatch]:
    """Eight years of the shipped market."""
    return read(SHIPPED, "day")


@pytest.fixture(scope="session")
def minutes() -> dict[str, BarBatch]:
    """Its year of minutes."""
    return read(SHIPPED, "minute")
