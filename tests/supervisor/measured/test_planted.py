"""The planted benchmark: what its arms begin with, who is champion, when there is evidence."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from daemon.config import load_config
from daemon.domain.engine.intake import checked
from daemon.domain.engine.positions import Positions, changes_of
from daemon.domain.evolution.records import Trial
from daemon.domain.genome import gate, program
from daemon.domain.market.bars import Market
from daemon.domain.worlds.planted import EdgeKind, planted
from daemon.supervisor.measured.beginnings import BEGINNINGS
from daemon.supervisor.measured.campaign import Plan, campaign
from daemon.supervisor.measured.oracles import ORACLES
from daemon.supervisor.measured.planted import (
    Champions,
    is_evident,
    planted_campaign,
    would_be_evident,
)
from tests.fakes import NIGHT
from tests.store.samples import evaluation, trial

JOB = {
    "what": "planted",
    "kind": "reversal",
    "z": 9.0,
    "seed": 7,
    "sessions": 300,
    "evaluations": 12,
    "whole": False,
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_beginning_is_a_genome_of_one_comparison(name: str) -> None:
    gated = gate.check(BEGINNINGS[name])

    assert gated.manifest.timeframe == "1d"
    assert sum(BEGINNINGS[name].count(sign) for sign in (" < ", " > ")) == 1


@pytest.mark.slow
def test_both_arms_breed_from_the_beginnings_and_the_same_job_finds_the_same(
    tmp_path: Path,
) -> None:
    loaded = load_config(None, tmp_path)
    jobs = [JOB | {"arm": arm} for arm in ("search", "random", "search")]

    before = spent()
    answers = [asyncio.run(planted_campaign(loaded, job)) for job in jobs]
    own, children = (now - then for now, then in zip(spent(), before, strict=True))

    search, random, again = (answer["found"] for answer in answers)
    assert search == again
    assert search["evaluations"] >= 12 <= random["evaluations"]
    assert search["z"] == pytest.approx(9.0, rel=0.01)
    assert search["evaluations_to_75"] is None or search["final_ratio"] >= 0.75
    assert search["evident_with_oracle"] is None
    total = sum(answer["processor_seconds"] for answer in answers)
    assert 0.5 * own + children < total < own + children


def spent() -> tuple[float, float]:
    """Processor seconds of this process, and of its children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, children = (each.ru_utime + each.ru_stime for each in both)
    return own, children


@pytest.mark.slow
def test_a_whole_campaign_goes_on_where_a_champion_is_there_and_asks_the_rule_of_an_oracle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.supervisor.measured.planted.REACHED", -9.0)
    loaded = load_config(None, tmp_path)
    jobs = [JOB | {"arm": "search", "evaluations": 20, "whole": whole} for whole in (True, False)]

    whole, ended = (asyncio.run(planted_campaign(loaded, job))["found"] for job in jobs)

    assert whole["evaluations_to_75"] == ended["evaluations_to_75"] == 1
    assert ended["evaluations"] < 20 <= whole["evaluations"]
    assert whole["evident_with_oracle"] is True


def test_a_campaign_is_followed_to_its_first_champion_that_is_there() -> None:
    world, asked = planted(EdgeKind.MOMENTUM, (400, 2), 4.0, np.random.default_rng(2)), []
    poor, good = BEGINNINGS["volume"], BEGINNINGS["trend"]

    class Answering:
        async def positions(
            self, source: str, market: Market, params: Mapping[str, float]
        ) -> Positions:
            asked.append(source)
            return changes_of(world.oracle if source == good else np.zeros(world.oracle.shape))

    made = [("a" * 64, None), ("a" * 64, 0.2), ("b" * 64, 0.1), ("b" * 64, 0.3)]
    shown = made[:3]
    store = SimpleNamespace(
        selections=lambda night, after: shown[after:],
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


def test_the_rule_that_has_to_be_silent_speaks_of_an_oracle_in_a_small_ledger(
    tmp_path: Path,
) -> None:
    world = planted(EdgeKind.REVERSAL, (2016, 4), 4.0, np.random.default_rng(4))
    seeds = BEGINNINGS | {"oracle": ORACLES[EdgeKind.REVERSAL]}
    tables = {"evaluation": {"friction": "none"}, "evidence": {"sealed_share": 0.0}}
    plan = Plan(world.market, 3, 12, seeds, False, tables)

    async def tried() -> Sequence[Trial]:
        async with campaign(load_config(None, tmp_path), plan) as found:
            return found.trials

    ledger = asyncio.run(tried())

    best = max(ledger, key=_selection)
    others = [trial for trial in ledger if _sharpe(trial) < 1.0]
    assert is_evident(ledger)
    assert _sharpe(best) > 2.5
    assert len(others) >= 4
    assert not is_evident(others)
    assert would_be_evident(others, world.earned(world.oracle))


def _selection(trial: Trial) -> float:
    found = None if trial.evaluation is None else trial.evaluation.selection
    return -9.0 if found is None else found


def _sharpe(trial: Trial) -> float:
    return 0.0 if trial.evaluation is None else trial.evaluation.metrics.sharpe or 0.0


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
    assert would_be_evident(dull, good.session_returns)
    assert not would_be_evident(dull, noise[0])
    assert not would_be_evident([], np.zeros(2000))


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
