"""The benchmark's works do the same work, whatever their speed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from daemon.supervisor.benchmark.kernel import kernel_figures, run_pair, works_of
from daemon.supervisor.benchmark.workload import SLOW, agree, bars_of, market_of, numpy_answer

BARS = 30_000


def test_the_engine_gives_the_answer_of_numpy() -> None:
    bars = bars_of(None, BARS)

    works = works_of(market_of(bars))

    expected = numpy_answer(bars[:, 0], bars[:, 3])
    assert expected.trades > 100
    assert agree(works["signal_engine"](), expected)
    assert agree(works["engine"](), expected)


def test_other_pairs_agree_too() -> None:
    bars = bars_of(None, BARS)

    assert agree(run_pair(market_of(bars), 5, 40), numpy_answer(bars[:, 0], bars[:, 3], 5, 40))


def test_bars_can_be_given_as_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "bars.npy", bars_of(None, 10 * SLOW))

    market = market_of(bars_of(tmp_path / "bars.npy"))
    found = kernel_figures(market, 1, {})

    assert found["bars"] == 10 * SLOW
    assert found["engine_seconds"] > 0
