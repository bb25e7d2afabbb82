"""What a genome is credited with in a test period: an account that begins with it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import numpy as np

from daemon.plugin.host import Causality
from daemon.supervisor.measured.walk import Stretch, _after
from tests.supervisor.test_evaluations import ALWAYS, BARS, GENOME, Proving, evaluations_of

TESTED = 200


def test_what_was_bought_before_a_test_period_earns_nothing_in_it() -> None:
    evaluations = evaluations_of(Proving(ALWAYS, Causality()))
    started = SimpleNamespace(bench=SimpleNamespace(evaluations=evaluations))
    stretch = Stretch(BARS, trained=len(BARS.axis) - TESTED - 20, tested=TESTED)

    returns = asyncio.run(_after(started, GENOME, {}, stretch))  # type: ignore[arg-type]

    whole = asyncio.run(evaluations.backtest(GENOME, BARS, {}, evaluations.terms("")))
    carried = whole.evaluation.session_returns[-TESTED:]
    assert len(returns) == TESTED
    assert returns[0] == 0.0 != carried[0]
    np.testing.assert_allclose(returns[2:], carried[2:], atol=0.02)
    assert stretch.market.axis.session_date[stretch.first] == BARS.axis.session_date[-TESTED]
