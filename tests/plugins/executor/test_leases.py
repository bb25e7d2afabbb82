"""A backtest that takes longer than a lease is not taken a second time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Effects, Genome, NewJob
from daemon.plugin.leases import leases_kept
from daemon.plugin.roles import EvaluationTask
from daemon.store.store import SqlStore
from plugins.executor.shift import ExecutorShift
from tests.fakes import NIGHT, fake_host, turn
from tests.plugins.breeding import found, stored, trend

LEASE_S = 0.3


class SlowExecutor:
    """The first text takes four leases, each other one a tenth of a lease."""

    name = "local"
    slots = 2

    def __init__(self, slow: str) -> None:
        self.started: list[str] = []
        self._slow = slow

    async def evaluate(self, task: EvaluationTask) -> Evaluation:
        if task.proof is None:
            self.started.append(task.source)
        await asyncio.sleep(LEASE_S * (4.0 if task.source == self._slow else 0.1))
        return found()(task)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(tmp_path / "nightshift.db", lease_s=LEASE_S)
    store.open_night(NIGHT)
    yield store
    store.close()


def waiting(store: SqlStore, genomes: list[Genome]) -> None:
    jobs = tuple(NewJob("evaluate", genome.hash, night=NIGHT.id) for genome in genomes)
    store.commit(Effects(genomes=tuple(genomes), jobs=jobs))


def test_a_long_evaluation_is_never_taken_twice(tmp_path: Path, store: SqlStore) -> None:
    genomes = [stored(trend(20 + number)) for number in range(9)]
    waiting(store, genomes)
    place = SlowExecutor(genomes[3].source)
    shift = ExecutorShift(fake_host(tmp_path, store, evaluations=place))

    report = asyncio.run(shift.run(turn()))

    assert sorted(place.started) == sorted(genome.source for genome in genomes)
    assert report.counts == {"screened": 9, "trials": 9}
    assert store.job_counts() == {"evaluate": {"done": 9}}


def test_a_claim_that_was_lost_does_not_end_the_others(store: SqlStore) -> None:
    waiting(store, [stored(trend(20)), stored(trend(21))])
    lost, kept = store.claim("evaluate", 2)
    store.release(lost, "")

    async def hold() -> None:
        async with leases_kept(store, lambda: [lost, kept]):
            await asyncio.sleep(3 * LEASE_S)
        assert [claim.key for claim in store.claim("evaluate", 2)] == [lost.key]
        await asyncio.sleep(2 * LEASE_S)
        assert [claim.key for claim in store.claim("evaluate", 2)] == [lost.key, kept.key]

    asyncio.run(hold())
