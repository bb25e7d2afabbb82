"""One simulated market for all tests of the plugin."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.plugin.roles import Batch, Request
from plugins.simulated.paths import Bars
from plugins.simulated.settings import SimulatedSettings
from plugins.simulated.source import SimulatedSource

SHIPPED = SimulatedSettings()


def joined(batches: list[Batch]) -> Bars:
    return Bars(**{n: np.concatenate([b.columns[n] for b in batches]) for n in batches[0].columns})


def read(settings: SimulatedSettings, kind: str) -> dict[str, Bars]:
    source, request = SimulatedSource(settings), Request(kind)
    parts = [list(source.rows(part, request)) for part in source.parts(request)]
    return {batches[0].symbol: joined(batches) for batches in parts}


@pytest.fixture(scope="session")
def daily() -> dict[str, Bars]:
    """Eight years of the shipped market."""
    return read(SHIPPED, "day")


@pytest.fixture(scope="session")
def minutes() -> dict[str, Bars]:
    """Its year of minutes."""
    return read(SHIPPED, "minute")
