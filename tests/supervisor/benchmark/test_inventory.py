"""The figures of the inventory are of inventories."""

from __future__ import annotations

import pytest

from daemon.supervisor.benchmark import inventory
from daemon.supervisor.benchmark.inventory import Shape, inventory_figures


@pytest.mark.slow
def test_every_shape_is_timed_with_and_without_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = {"wide": Shape("minute", 4, 1), "deep": Shape("trades", 1, 3)}
    monkeypatch.setattr(inventory, "SHAPES", shapes)

    figures = inventory_figures(2)

    assert set(figures) == {
        "inventory_parts",
        *(f"inventory_{name}{more}_seconds" for name in shapes for more in ("", "_fresh")),
    }
    assert all(value > 0 for value in figures.values())
