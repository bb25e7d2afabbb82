"""The threshold tells strategies with skill from those without; docs/evidence.md has the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.bench.calibrate import selections


def test_without_skill_nothing_passes_and_with_much_nearly_everything_does() -> None:
    rng = np.random.default_rng(5)
    none, much = (selections(rng, 60, 8, sharpe) for sharpe in (0.0, 3.0))

    assert np.mean(none >= 0.5) == 0.0
    assert np.mean(much >= 0.5) > 0.9


def test_the_table_stands_beside_the_command_that_makes_it(repository: Path) -> None:
    text = (repository / "docs" / "evidence.md").read_text()

    assert "python -m tests.bench.calibrate" in text
    assert "| 8 | **0.5** |" in text
