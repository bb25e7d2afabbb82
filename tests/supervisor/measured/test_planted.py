"""The planted benchmark: what its arms begin with, who is champion, when there is evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from daemon.config import load_config
from daemon.domain.engine.intake import checked
from daemon.domain.engine.positions import Positions, changes_of
from daemon.domain.genome import gate, program
from daemon.domain.market.bars import Market
from daemon.domain.worlds.planted import EdgeKind, planted
from daemon.supervisor.measured.beginnings import BEGINNINGS
from daemon.supervisor.measured.campaign import Plan, campaign
from daemon.supervisor.measured.oracles import ORACLES
from daemon.supervisor.measured.planted import Champions, is_evident, planted_campaign
from tests.fakes import NIGHT
from tests.store.samples import evaluation, trial

JOB = {"what": "planted", "kind": "reversal", "z": 9.0, "seed": 7, "sessions": 300}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_beginning_is_a_genome_of_one_comparison(name: str) -> None:
    gated = gate.check(BEGINNINGS[name])

    assert gated.manifest.timeframe == "1d"
    assert sum(BEGINNINGS[name].count(sign) for sign in (" < ", " > ")) == 1


def test_both_arms_breed_from_the_beginnings_and_the_same_job_ends_the_same(
    tmp_path: Path,
) -> None:
    loaded = load_config(None, tmp_path)
    jobs = [JOB | {"arm": arm, "evaluations": 12} for arm in ("search", "random", "search")]

    search, random, again = (asyncio.run(planted_campaign(loaded, job)) for job in jobs)

    assert search == again
    assert search["evaluations"] >= 12 <= random["evaluations"]
    assert search["z"] == pytest.approx(9.0, rel=0.01)
    assert search["evaluations_to_75"] is None or search["final_ratio"] >= 0.75


def test_a_campaign_is_followed_to_its_first_champion_that_is_there() -> None:
    world, asked = planted(EdgeKind.MOMENTUM, (400, 2), 4.0, np.random.default_rng(2)), []
    poor, good = BEGINNINGS["volume"], BEGINNINGS["trend"]

    class Answering:
        async def positions(
            self, source: str, market: Market, params: Mapping[str, float]
        ) -> Positions:
            asked.append(source)
            return changes_of(world.oracle if source == good else np.zeros(world.oracle.shape))

    made = [
        trial("a" * 64, evaluation=None),
        trial("a" * 64, evaluation=evaluation(selection=0.2)),
        trial("b" * 64, evaluation=evaluation(selection=0.1)),
        trial("b" * 64, evaluation=evaluation(selection=0.3)),
    ]
    shown = list(made[:3])
    store = SimpleNamespace(
        trials=lambda night: shown,
        genome=lambda name: SimpleNamespace(source=good if name[0] == "b" else poor),
    )
    started = SimpleNamespace(store=store, bench=SimpleNamespace(sandbox=Answering()))
    champions = Champions(world)

    assert not asyncio.run(champions.followed(started, NIGHT))  # type: ignore[arg-type]
    shown.append(made[3])
    assert asyncio.run(champions.followed(started, NIGHT))  # type: ignore[arg-type]

    assert asked == [poor, good]
    assert [at for at, _ in champions.path] == [2, 4]
    assert champions.reached == 4


@pytest.mark.parametrize("kind", ORACLES)
def test_a_genome_that_knows_the_edge_keeps_most_of_what_the_oracle_earns(kind: EdgeKind) -> None:
    world = planted(kind, (2016, 4), 3.0, np.random.default_rng(11))
    gated = gate.check(ORACLES[kind])

    answered = program.load(gated).positions(world.market, gated.manifest.defaults())

    kept = world.true_sharpe(checked(answered, "signal").dense()) / world.sharpe
    assert 0.8 < kept < 1.0


def test_the_strict_rule_speaks_of_the_best_and_counts_all_trials() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 0.01, (40, 2000))
    dull = [
        trial("a" * 64, evaluation=evaluation(session_returns=row, selection=0.1)) for row in noise
    ]
    good = evaluation(session_returns=noise[0] + 0.002, selection=1.0)

    assert not is_evident(dull)
    assert is_evident([*dull, trial("b" * 64, evaluation=good)])
    assert not is_evident([])


def test_a_campaign_leaves_out_the_operator_that_needs_other_bars_and_keeps_the_owners_choice(
    tmp_path: Path,
) -> None:
    own = {"recruiter": {"operators": ["jitter", "timeframe"], "without": ["window"]}}
    loaded = replace(load_config(None, tmp_path), tables=own)
    world = planted(EdgeKind.MOMENTUM, (300, 2), 3.0, np.random.default_rng(3))
    plan = Plan(world.market, 3, 6, BEGINNINGS, shipped=False)

    async def bred() -> set[str]:
        async with campaign(loaded, plan) as found:
            return {genome.operator for genome in found.genomes}

    assert asyncio.run(bred()) <= {"seed", "jitter"}
