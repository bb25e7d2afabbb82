"""Oracles of worlds with an edge before the gates, after a silent campaign of many trials."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from daemon.config import load_config
from daemon.domain.worlds.planted import EdgeKind
from daemon.supervisor.measured.oracles import ORACLES
from daemon.supervisor.measured.tribunal import ORACLE_SHARPES, oracle_campaign


@pytest.mark.slow
@pytest.mark.parametrize(("spread", "failed"), [(0.5, ""), (1.5, "deflated")])
def test_an_oracle_passes_unless_the_silent_trials_before_it_differ_as_widely(
    spread: float, failed: str, tmp_path: Path
) -> None:
    sharpes = np.random.default_rng(1).normal(0.3, spread, 1500).tolist()
    job = {"kind": "reversal", "seed": 7, "earlier": {"sharpes": sharpes, "evaluations": 1500}}

    answer = asyncio.run(oracle_campaign(load_config(None, tmp_path), job))

    assert (answer["passed"], answer["failed"]) == (not failed, failed)
    assert answer["oracle_sharpe"] == pytest.approx(ORACLE_SHARPES[EdgeKind.REVERSAL], rel=0.01)


def test_every_oracle_has_a_strength_and_none_is_above_what_is_suspected_of_a_leak() -> None:
    assert ORACLE_SHARPES.keys() == ORACLES.keys()
    assert all(3.0 < sharpe < 5.0 for sharpe in ORACLE_SHARPES.values())
