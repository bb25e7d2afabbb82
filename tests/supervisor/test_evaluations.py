"""What leads is proved, and parameters are bound by name."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from daemon.domain.engine.positions import Positions, changes_of
from daemon.domain.evolution.evaluation import EvaluationRules
from daemon.domain.genome import gate
from daemon.domain.market.probe import probe
from daemon.domain.trading.friction import NONE
from daemon.errors import GenomeRefused, Reason
from daemon.plugin.roles import EvaluationTask
from daemon.settings import EvaluationTable
from daemon.supervisor.evaluations import Evaluations, LocalExecutor, bind
from tests.fakes import FakeMarkets, FakeSandbox

GENOME = '''"""Hold above the average."""

PARAMS = {"window": (20, 5, 60), "share": 0.5}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["window"]), p["share"], 0.0)
'''


def test_parameters_are_the_defaults_with_the_given_ones_over_them() -> None:
    assert bind(gate.check(GENOME), {"window": 10}) == {"window": 10, "share": 0.5}


def test_a_parameter_that_is_not_there_is_refused_with_a_suggestion() -> None:
    with pytest.raises(GenomeRefused, match='no parameter "windw"; did you mean "window"') as why:
        bind(gate.check(GENOME), {"windw": 10})

    assert [reason.code for reason in why.value.reasons] == ["unknown_parameter"]
    assert "line 0" not in str(why.value)


def test_without_a_neighbour_the_parameters_are_listed() -> None:
    with pytest.raises(GenomeRefused, match="it has: window, share"):
        bind(gate.check(GENOME), {"zzz": 10})


LIMITED = '''"""Declared in every way."""

PARAMS = {"n": (20, 5, 60), "width": (2.0, 1.0, 3.5), "step": (2, [1, 2, 4]), "bare": 3, "x": 0.5}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["n"]), 1.0, 0.0)
'''


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("n", 999, 'the parameter "n" cannot be 999; expected a whole number from 5 to 60'),
        ("n", 4, "cannot be 4; expected a whole number from 5 to 60"),
        ("n", 20.5, "cannot be 20.5; expected a whole number from 5 to 60"),
        ("n", float("nan"), "cannot be nan"),
        ("width", 3.6, 'the parameter "width" cannot be 3.6; expected a number from 1 to 3.5'),
        ("step", 3, 'the parameter "step" cannot be 3; expected one of 1, 2, 4'),
        ("bare", 2.5, 'the parameter "bare" cannot be 2.5; expected a whole number'),
        ("x", float("inf"), "cannot be inf; expected a number"),
    ],
)
def test_a_value_that_the_genome_does_not_allow_is_refused_with_what_it_allows(
    name: str, value: float, words: str
) -> None:
    with pytest.raises(GenomeRefused) as why:
        bind(gate.check(LIMITED), {name: value})

    assert [reason.code for reason in why.value.reasons] == ["parameter_out_of_range"]
    assert words in str(why.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("n", 5), ("n", 60), ("width", 1), ("width", 3.25), ("step", 4), ("bare", 10**6), ("x", -7.5)],
)
def test_a_value_within_its_range_or_without_one_is_taken(name: str, value: float) -> None:
    assert bind(gate.check(LIMITED), {name: value})[name] == value


def test_a_whole_number_written_as_a_fraction_becomes_one() -> None:
    bound = bind(gate.check(LIMITED), {"n": 30.0, "step": 4.0, "bare": 7.0})

    assert [type(bound[name]) for name in ("n", "step", "bare")] == [int, int, int]


class Proving(FakeSandbox):
    """Answers fixed positions and remembers the proofs it was asked for."""

    def __init__(self, positions: np.ndarray, reasons: tuple[Reason, ...] = ()) -> None:
        super().__init__()
        self.answered, self.reasons = changes_of(positions), reasons
        self.proved: list[Positions] = []

    async def positions(self, source, market, params):
        return self.answered

    async def prove(self, source, market, params, positions):
        self.proved.append(positions)
        return self.reasons


PEEKS = Reason("lookahead_truncation", 0, "look-ahead on the real market: it peeks")
BARS = probe("1d")
KNOWING = np.where(np.vstack([BARS.close[1:], BARS.close[-1:]]) > BARS.close, 1.0, 0.0)


def local(sandbox: Proving) -> LocalExecutor:
    rules, table = EvaluationRules(), EvaluationTable(friction="none")
    evaluations = Evaluations(sandbox, {"none": NONE}, rules, table)
    return LocalExecutor(evaluations, FakeMarkets({("1d", ""): BARS}), 1)


TASK = EvaluationTask(GENOME, {}, "1d", "", "")


def test_what_leads_is_proved_before_its_evaluation_is_told() -> None:
    sandbox = Proving(KNOWING)

    found = asyncio.run(local(sandbox).evaluate(TASK))

    assert found.selection is not None
    assert found.selection > 0
    assert [proved is sandbox.answered for proved in sandbox.proved] == [True]


def test_what_leads_by_peeking_is_refused() -> None:
    with pytest.raises(GenomeRefused, match="look-ahead on the real market"):
        asyncio.run(local(Proving(KNOWING, (PEEKS,))).evaluate(TASK))


@pytest.mark.parametrize("positions", [1.0 - KNOWING, np.zeros(BARS.shape)])
def test_what_cannot_lead_is_not_proved(positions: np.ndarray) -> None:
    sandbox = Proving(positions, (PEEKS,))

    found = asyncio.run(local(sandbox).evaluate(TASK))

    assert found.selection is None or found.selection <= 0
    assert sandbox.proved == []
