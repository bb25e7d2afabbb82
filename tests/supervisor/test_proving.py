"""A finalist on a world with a planted edge: from the ledger to a dossier that comes out again."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daemon.config import Loaded, load_config
from daemon.domain.evolution.dossier import Dossier, Standing, dossier
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.evidence import Evidence, checks
from daemon.domain.evolution.ladder import LADDER
from daemon.domain.evolution.records import Effects, Genome, SealedQuery, Stage
from daemon.domain.evolution.tiers import Tier
from daemon.domain.market.bars import Floats
from daemon.domain.stats.luck import Looks
from daemon.domain.worlds.planted import EdgeKind, planted
from daemon.errors import BadDataError, GenomeRefused, Reason, SecurityError
from daemon.plugin.roles import ShiftReport, Turn
from daemon.supervisor.bootstrap import Runtime, gatherer_of
from daemon.supervisor.measured.campaign import Campaign, Plan, campaign
from daemon.supervisor.measured.oracles import ORACLES
from daemon.supervisor.measured.tribunal import SEALED
from daemon.supervisor.proving.gather import Finalist, Gatherer
from daemon.supervisor.proving.prover import Prover
from daemon.supervisor.proving.together import beside
from daemon.supervisor.proving.verifier import differences

ORACLE = ORACLES[EdgeKind.MOMENTUM]
TWIN = ORACLE.replace("np.tanh(4.4", "np.tanh(2.2").replace('"n": 39', '"n": 31')
"""The same idea with other numbers, so that a night has two finalists that deserve a look."""

FEW = Looks(50, np.random.default_rng(0).normal(0.0, 0.02, 50), 20.0)
"""As if fifty strategies without skill had been tried before."""


def lenient(started: Runtime) -> Gatherer:
    """Gathers as ever, but for the looks."""

    def looks(night: str, through: int, base: Evaluation) -> tuple[Looks, Floats]:
        own, rivals = base.session_returns, np.random.default_rng(1).standard_normal
        return FEW, np.column_stack([own, 0.01 * rivals((len(own), 12))])

    return gatherer_of(started.bench, started.store, looks)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[asyncio.Runner, Campaign, Genome, Evidence]]:
    """A small campaign with an oracle among its seeds, kept open, and the oracle's evidence."""
    world = planted(EdgeKind.MOMENTUM, (1400, 4), 4.2, np.random.default_rng(4))
    tables = {"evidence": SEALED["evidence"] | {"finalists": 0}}
    plan = Plan(world.market, 1, 12, {"oracle": ORACLE, "twin": TWIN}, tables=tables)
    with asyncio.Runner() as runner:
        opened = campaign(load_config(None), plan)
        found = runner.run(opened.__aenter__())
        try:
            genome = next(g for g in found.genomes if g.name == "oracle")
            terms = found.started.bench.evaluations.terms("", name=genome.name)
            standing = found.started.prover.standing(found.night)
            gathered = runner.run(lenient(found.started).evidence(genome, terms, standing))
            yield runner, found, genome, beside(Finalist(genome, terms, gathered), ()).evidence
        finally:
            runner.run(opened.__aexit__(None, None, None))


Stage_ = tuple[asyncio.Runner, Campaign, Genome, Evidence]


def written(stage: Stage_) -> Dossier:
    _, found, genome, evidence = stage
    terms = found.started.bench.evaluations.terms("", name=genome.name)
    standing = found.started.prover.standing(found.night)
    return dossier(genome, LADDER[2], evidence, terms.friction, standing)


def told_apart(stage: Stage_, document: dict[str, Any]) -> tuple[str, ...]:
    runner, found, _, _ = stage
    started = found.started
    return runner.run(
        differences(document, lenient(started), started.bench.evaluations, started.store)
    )


def test_a_true_edge_passes_every_check_up_to_the_sealed_data(stage: Stage_) -> None:
    evidence = stage[3]

    assert [check.name for check in checks(evidence) if not check.passed] == []
    assert evidence.sealed is not None
    assert evidence.sealed.sessions > 300
    seal = stage[1].started.bench.markets.sealed()
    assert seal is not None
    assert evidence.base.last_date < seal.first == evidence.sealed.found.first_date
    assert evidence.sealed.sessions == seal.sessions
    assert evidence.sealed.returns[0] == 0.0
    assert written(stage).taken


def test_the_search_was_never_shown_a_sealed_session(stage: Stage_) -> None:
    _, found, _, evidence = stage
    seal = found.started.bench.markets.sealed()

    assert seal is not None
    priced = [trial.evaluation for trial in found.trials if trial.evaluation is not None]
    assert all(one.last_date < seal.first for one in (*priced, evidence.base))


def test_a_look_is_charged_once_however_often_it_is_taken(stage: Stage_) -> None:
    proofs = stage[1].started.store.proofs
    before = proofs.charged()

    assert told_apart(stage, json.loads(written(stage).text)) == ()

    assert before == proofs.charged() == 1
    assert proofs.was_charged(stage[2].hash)


def changed(document: dict[str, Any], place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(document))
    target = copy
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("base", "metrics", "sharpe"), 9.0),
        (("base", "positions_hash"), "0" * 64),
        (("base", "session_returns", 5), 0.5),
        (("sealed", "look", "session_returns", 0), 0.01),
        (("sealed", "look", "e_process", "log_wealth"), 9.0),
        (("sealed", "look", "held_returns", 3), 0.5),
        (("sealed", "look", "budget", "place"), 2),
        (("sealed", "look", "budget", "needed"), 2.0),
        (("sealed", "look", "together", "cash", "p_value"), 0.5),
        (("lifetime_error",), 0.2),
        (("ledger", "independent"), 5.0),
        (("reruns", 0, "run", "trade_hash"), "0" * 64),
        (("checks", 1, "figure"), 0.99),
        (("step", "taken"), False),
        (("ledger", "trials"), 7),
        (("ledger", "chain"), "0" * 64),
        (("genome", "hash"), "0" * 64),
        (("friction", "slippage_bps"), 0.0),
        (("sealed", "seal", "first"), 19_000),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_changed_figure_of_a_dossier_is_found(
    stage: Stage_, place: tuple[str | int, ...], value: Any
) -> None:
    told = json.loads(written(stage).text)

    assert told_apart(stage, changed(told, place, value)) != ()


def test_a_look_that_was_never_charged_is_not_taken_again(stage: Stage_) -> None:
    told = json.loads(written(stage).text)
    other = told["genome"]["source"].replace("4.4", "4.5")
    unpaid = changed(changed(told, ("genome", "source"), other), ("genome", "hash"), "unknown")

    assert any("charged" in sentence for sentence in told_apart(stage, unpaid))


def proving(stage: Stage_) -> tuple[ShiftReport, ShiftReport]:
    """What the prover reports, and again; idle from the second time on."""
    runner, found, _, _ = stage
    started, own = found.started, found.started.prover
    rules = replace(own.rules, finalists=9)
    evaluations, store = started.bench.evaluations, started.store
    prover = type(own)(lenient(started), evaluations, store, rules, own.sight)
    turn = Turn(started.bench.clock.now(), found.night, 0)
    return runner.run(prover.run(turn)), runner.run(prover.run(turn))


def test_the_prover_writes_stage_trials_and_dossier_in_one_commit_and_only_once(
    stage: Stage_,
) -> None:
    _, found, genome, _ = stage
    store, night = found.started.store, found.night
    before = store.trial_count(night.id)

    _, again = proving(stage)

    assert again.idle
    assert store.genome(genome.hash).stage is Stage.PROVEN
    assert store.trial_count(night.id) == before
    kept = store.proofs.dossier(genome.hash)
    assert kept.taken
    assert kept.evidence_hash == store.proofs.dossier(kept.evidence_hash[:10]).evidence_hash
    tiers = [t.tier for t in store.trials(night.id) if t.genome == genome.hash]
    assert tiers.count(Tier.SEALED) == 1
    assert store.verify() == ()


def shown_together(stage: Stage_) -> list[Dossier]:
    """The dossiers of the night's finalists that were shown sealed data, by their place."""
    proving(stage)
    _, found, _, _ = stage
    kept = found.started.store.proofs.dossiers(found.night.id)
    seen = [each for each in kept if each.document["sealed"]["look"] is not None]
    return sorted(seen, key=lambda each: each.document["sealed"]["look"]["budget"]["place"])


def test_finalists_of_a_night_are_judged_as_a_set_and_take_their_places_before_any_look(
    stage: Stage_,
) -> None:
    started = stage[1].started

    shown = shown_together(stage)

    assert len(shown) >= 2
    looks = [each.document["sealed"]["look"] for each in shown]
    assert [look["budget"]["place"] for look in looks] == list(range(1, len(shown) + 1))
    assert started.store.proofs.places() == tuple(each.genome for each in shown)
    assert len({json.dumps(look["together"]["genomes"]) for look in looks}) == 1
    assert looks[0]["together"]["genomes"] == sorted(each.genome for each in shown)
    assert len({look["together"]["cash"]["p_value"] for look in looks}) == 1
    assert looks[0]["together"]["cash"]["p_value"] < 0.05
    assert any(look["together"]["cash"]["superior"] for look in looks)
    assert len({each.document["ledger"]["through"] for each in shown}) == 1


def test_every_dossier_of_the_set_comes_out_again(stage: Stage_) -> None:
    for each in shown_together(stage):
        assert told_apart(stage, json.loads(each.text)) == ()


def test_a_companion_whose_dossier_is_not_there_is_named(stage: Stage_) -> None:
    told = json.loads(shown_together(stage)[0].text)
    named = [*told["sealed"]["look"]["together"]["genomes"], "f" * 64]

    found = told_apart(stage, changed(told, ("sealed", "look", "together", "genomes"), named))

    assert any("have a dossier of the night" in sentence for sentence in found)


def test_who_was_looked_at_is_no_finalist_of_a_later_night(stage: Stage_) -> None:
    shown = {each.genome for each in shown_together(stage)}
    _, found, _, _ = stage
    prover, later = found.started.prover, replace(found.night, id="later")
    prover.rules = replace(prover.rules, finalists=9)

    waiting = {genome.hash for genome in prover._finalists(later)}

    assert not shown & waiting


def test_a_dossier_of_an_older_version_is_named_as_one(stage: Stage_) -> None:
    told = json.loads(written(stage).text)

    with pytest.raises(BadDataError, match="the older version 1"):
        told_apart(stage, changed(told, ("version",), 1))


def test_verifying_charges_nothing_even_where_the_look_was_taken_out(stage: Stage_) -> None:
    proofs = stage[1].started.store.proofs
    told, before = json.loads(shown_together(stage)[0].text), proofs.places()

    assert told_apart(stage, changed(told, ("sealed", "look"), None)) != ()

    assert proofs.places() == before


@pytest.mark.parametrize("table", ["dossier", "sealed_query"])
@pytest.mark.parametrize("words", ["UPDATE {} SET night = 'x'", "DELETE FROM {}"])
def test_dossiers_and_charged_looks_cannot_be_changed(
    stage: Stage_, table: str, words: str
) -> None:
    proving(stage)
    path: Path = stage[1].started.store.database.path

    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append"):
        connection.execute(words.format(table))


def test_a_dossier_names_what_it_rests_on(stage: Stage_) -> None:
    document = written(stage).document

    loaded: Loaded = stage[1].started.loaded
    assert document["ledger"]["trials"] == FEW.trials
    assert document["base"]["data"]["simulated"]
    assert document["friction"]["regulatory_fees"] is False
    assert document["night"] == stage[1].night.id
    assert loaded.settings.evidence.sealed_sessions == 504


class Failing:
    """A gatherer whose looks end as they are told."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def look(self, one: Finalist, standing: Standing) -> Finalist:
        raise self._error


def looked(stage: Stage_, genome: Genome, error: Exception) -> Effects:
    """What the prover tells of a look that ended so."""
    runner, found, _, evidence = stage
    started, own = found.started, found.started.prover
    gatherer: Any = Failing(error)
    prover = Prover(gatherer, started.bench.evaluations, started.store, own.rules, own.sight)
    terms = found.started.bench.evaluations.terms("", name=genome.name)
    tried = runner.run(prover._looked(Finalist(genome, terms, evidence), own.standing(found.night)))
    assert isinstance(tried, Effects)
    return tried


def test_a_look_that_the_genome_breaks_off_is_a_trial_and_its_last(stage: Stage_) -> None:
    store = stage[1].started.store
    genome = next(g for g in stage[1].genomes if g.name not in ("oracle", "twin"))
    refusal = GenomeRefused([Reason("lookahead_truncation", 0, "it peeks")])
    store.commit(Effects(queries=(SealedQuery(genome.hash, stage[1].night.id),)))

    effects = looked(stage, genome, refusal)
    store.commit(effects)

    (trial,) = effects.trials
    assert (trial.tier, trial.evaluation) == (Tier.SEALED, None)
    assert "it peeks" in trial.failure
    assert genome.hash in store.proofs.looked_at()
    assert store.verify() == ()


def test_a_fault_at_one_finalist_is_told_and_leaves_its_look_open(stage: Stage_) -> None:
    genome = next(g for g in stage[1].genomes if g.name not in ("oracle", "twin"))

    effects = looked(stage, genome, RuntimeError("the disk is gone"))

    assert effects.trials == ()
    assert "the disk is gone" in effects.events[0].detail["why"]
    with pytest.raises(SecurityError):
        looked(stage, genome, SecurityError("two attacks"))
