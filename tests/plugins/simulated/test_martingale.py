"""Without an edge nothing that a session has shown so far tells which way it goes on."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.simulated.settings import SimulatedSettings
from tests.plugins.simulated.conftest import read

PLACES = (10, 30, 60, 195)
"""Minutes of the session after which its rest is asked about."""
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def sessions() -> tuple[np.ndarray, ...]:
    """Seed and day (K, 1), opens (K, 1), closes and volumes (K, 390) of full sessions."""
    parts: list[tuple[np.ndarray, ...]] = []
    for seed in SEEDS:
        made = read(SimulatedSettings(seed=seed, edge=0.0, intraday_edge=0.0), "minute")
        for bars in made.values():
            day = bars.open_time // 86_400_000_000_000
            starts = np.flatnonzero(np.diff(day, prepend=0))
            full = starts[np.diff(starts, append=len(day)) == 390]
            rows = full[:, None] + np.arange(390)
            label = seed * 1_000_000 + day[full][:, None]
            parts.append((label, bars.open[full][:, None], bars.close[rows], bars.volume[rows]))
    found = tuple(np.vstack(part) for part in zip(*parts, strict=True))
    assert len(found[0]) > 8000
    return found


def z_value(gained: np.ndarray, label: np.ndarray) -> float:
    """Of the mean, where symbols of one session are one observation: they move together."""
    _, place = np.unique(label, return_inverse=True)
    sums = np.bincount(place, gained)
    return float(sums.sum() / np.sqrt(np.square(sums).sum()))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("widest", [False, True])
def test_no_volume_and_no_move_so_far_tells_the_way_of_the_rest(
    sessions: tuple[np.ndarray, ...], place: int, widest: bool
) -> None:
    """Following the move so far, where volume so far is high or low, or where the move is wide."""
    label, opened, close, volume = sessions
    moved = close[:, place - 1] / opened[:, 0] - 1.0
    followed = np.sign(moved) * (close[:, -1] / close[:, place - 1] - 1.0)
    shown = np.abs(moved) if widest else np.sum(volume[:, :place], axis=1)
    shown = shown / np.median(shown)

    for chosen in (shown < 0.5, shown > 1.5, shown > 2.5, shown > 4.0):
        assert abs(z_value(followed[chosen], label[chosen, 0])) < 4.0
