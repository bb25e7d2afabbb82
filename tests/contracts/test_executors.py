"""What every executor promises, run over the one that ships and the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.engine.positions import Positions, changes_of
from daemon.domain.evolution.evaluation import Evaluation, EvaluationRules
from daemon.domain.genome import gate
from daemon.domain.market.bars import Market
from daemon.domain.market.probe import probe
from daemon.domain.trading.friction import SHIPPED
from daemon.errors import GenomeRefused, MissingError
from daemon.plugin.host import Causality
from daemon.plugin.roles import EvaluationTask, Executor
from daemon.settings import EvaluationTable
from daemon.supervisor.evaluations import Evaluations, LocalExecutor
from tests.fakes import FakeExecutor, FakeMarkets, FakeSandbox
from tests.plugins.breeding import found, trend

TASK = EvaluationTask(trend(20), {}, "1d", "", "none")
FAULTY = replace(TASK, source=TASK.source.replace("def signal", "import os\n\n\ndef signal"))


class Holding(FakeSandbox):
    """Answers to be invested in every other stretch of ten bars."""

    async def positions(self, source: str, market: Market, params: object) -> Positions:
        away = np.arange(market.shape[0]) // 10 % 2 == 0
        return changes_of(np.where(away[:, None], 0.0, 0.5) * np.ones(market.shape))

    async def prove(self, *asked: object) -> Causality:
        return Causality()


def local() -> Executor:
    table = EvaluationTable(friction="none")
    evaluations = Evaluations(Holding(), SHIPPED, EvaluationRules(), table)
    return LocalExecutor(evaluations, FakeMarkets({("1d", ""): probe("1d")}), 2)


def fake() -> Executor:
    def answer(task: EvaluationTask) -> Evaluation:
        gate.check(task.source)
        FakeMarkets({("1d", ""): probe("1d")}).market(task.timeframe, task.universe)
        return found()(task)

    return FakeExecutor(answer)


CASES: dict[str, Callable[[], Executor]] = {"local": local, "fake": fake}


@pytest.fixture(params=sorted(CASES))
def executor(request: pytest.FixtureRequest) -> Executor:
    return CASES[request.param]()


def test_it_is_an_executor_with_a_name_and_at_least_one_slot(executor: Executor) -> None:
    assert isinstance(executor, Executor)
    assert executor.name
    assert executor.slots >= 1


async def test_a_task_is_answered_with_its_evaluation(executor: Executor) -> None:
    answer = await executor.evaluate(TASK)

    assert isinstance(answer, Evaluation)
    assert answer.timeframe == "1d"
    assert answer.positions_hash


async def test_the_same_task_gets_the_same_answer_also_side_by_side(executor: Executor) -> None:
    first, second, third = await asyncio.gather(*(executor.evaluate(TASK) for _ in range(3)))

    assert first.trade_hash == second.trade_hash == third.trade_hash
    assert first.selection == second.selection == third.selection
    assert first.metrics == second.metrics == third.metrics


async def test_a_genome_at_fault_is_refused_with_reasons(executor: Executor) -> None:
    with pytest.raises(GenomeRefused) as why:
        await executor.evaluate(FAULTY)

    assert why.value.reasons


async def test_a_market_that_is_not_there_is_no_fault_of_the_genome(executor: Executor) -> None:
    with pytest.raises(MissingError):
        await executor.evaluate(replace(TASK, universe="no_such_universe"))


async def test_a_refused_task_leaves_the_next_one_alone(executor: Executor) -> None:
    with pytest.raises(GenomeRefused):
        await executor.evaluate(FAULTY)

    assert (await executor.evaluate(TASK)).trade_hash
