"""The order in which finalists are put to the tests: all that is open, the charges, the looks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from daemon.domain.evolution.dossier import Standing
from daemon.domain.evolution.records import UNTRIED, Effects, Genome, Stage
from daemon.domain.evolution.seal import Seal
from daemon.domain.evolution.tiers import Tier
from daemon.domain.trading.friction import RETAIL
from daemon.errors import GenomeRefused, Reason
from daemon.plugin.roles import ShiftReport, Turn
from daemon.store.chain import Link
from daemon.supervisor.evaluations import Terms
from daemon.supervisor.proving.gather import Finalist
from daemon.supervisor.proving.prover import Prover, Rules, Sight
from tests.domain.evolution.test_screens import evidence, shown
from tests.store.samples import NIGHT, genome

TERMS = Terms(RETAIL, 1.0)
BEST = [replace(genome(name), stage=Stage.SCREENED) for name in "abcd"]
A, B, C, D = (each.hash for each in BEST)


@dataclass
class Scene:
    """A gatherer and a store that only write down what was asked of them.

    weak: genomes that a check on open data stops. refused: those that cannot be looked at.
    """

    weak: Sequence[str] = ()
    refused: Sequence[str] = ()
    looked: frozenset[str] = frozenset()
    did: list[tuple[str, Any]] = field(default_factory=list)
    committed: list[Effects] = field(default_factory=list)

    async def unsealed(self, one: Genome, terms: Terms, standing: Standing) -> Finalist:
        self.did.append(("unsealed", one.hash))
        reasons = ("it peeks",) if one.hash in self.weak else ()
        return Finalist(one, terms, evidence(sealed=None, reasons=reasons))

    async def charge(self, finalists: Sequence[Finalist], standing: Standing) -> None:
        self.did.append(("charge", [one.genome.hash for one in finalists]))

    async def look(self, one: Finalist, standing: Standing) -> Finalist:
        self.did.append(("look", one.genome.hash))
        if one.genome.hash in self.refused:
            raise GenomeRefused([Reason("late", 0, "it is late")])
        sealed = shown(2.5 if one.genome.hash == A else -1.0)
        return replace(one, evidence=replace(one.evidence, sealed=sealed))

    def run(self, finalists: int = 4) -> ShiftReport:
        proofs = SimpleNamespace(
            dossiers=lambda night: (),
            looked_at=lambda: self.looked,
            newest_link=lambda: Link(7, "c" * 64),
            seen_by_hand=lambda: (),
        )
        store = SimpleNamespace(
            proofs=proofs,
            commit=self.committed.append,
            best_of_night=lambda night, most: [SimpleNamespace(genome=one) for one in BEST],
        )
        evaluations = SimpleNamespace(terms=lambda friction, name: TERMS)
        sight = Sight(date(2020, 1, 1), Seal(18_263, 18_628, 252))
        rules = Rules(finalists, "settings", "A", 0.1)
        prover = Prover(self, evaluations, store, rules, lambda: sight)  # type: ignore[arg-type]
        return asyncio.run(prover.run(Turn(datetime(2024, 1, 1, tzinfo=UTC), NIGHT, 0)))


def test_nobody_is_shown_sealed_data_before_all_of_the_set_are_charged_in_order() -> None:
    scene = Scene(weak=(B,))

    scene.run()

    assert scene.did == [
        *(("unsealed", one) for one in (A, B, C, D)),
        ("charge", [A, C, D]),
        *(("look", one) for one in (A, C, D)),
    ]


def test_everything_of_a_turn_goes_into_one_commit_in_the_order_of_the_finalists() -> None:
    scene = Scene(weak=(B,))

    report = scene.run()

    (effects,) = scene.committed
    assert [each.genome for each in effects.dossiers] == [A, B, C, D]
    assert [change.genome for change in effects.stages] == [A]
    assert [t.genome for t in effects.trials if t.tier is Tier.SEALED] == [A, C, D]
    assert dict(report.counts) == {"finalists": 4, "proven": 1}


def test_the_set_is_judged_together_and_the_one_that_was_stopped_is_not_of_it() -> None:
    scene = Scene(weak=(B,))

    scene.run()

    looks = [each.document["sealed"]["look"] for each in scene.committed[0].dossiers]
    together = [look["together"]["genomes"] for look in looks if look is not None]
    assert together == [sorted((A, C, D))] * 3
    assert [look is None for look in looks] == [False, True, False, False]


def test_one_that_cannot_be_looked_at_is_told_and_the_others_go_on() -> None:
    scene = Scene(refused=(C,))

    scene.run()

    (effects,) = scene.committed
    assert [each.genome for each in effects.dossiers] == [A, B, D]
    assert [event.subject for event in effects.events if event.kind == UNTRIED] == [C]


@pytest.mark.parametrize("finalists", [1, 2])
def test_a_place_among_the_finalists_is_not_lost_to_one_that_was_looked_at_before(
    finalists: int,
) -> None:
    scene = Scene(looked=frozenset({A}))

    scene.run(finalists)

    asked = [one for what, one in scene.did if what == "unsealed"]
    assert asked == [B, C][:finalists]


def test_where_nobody_is_worth_a_look_nothing_is_charged() -> None:
    scene = Scene(weak=(A, B, C, D))

    scene.run()

    assert {what for what, _ in scene.did} == {"unsealed"}
    assert len(scene.committed[0].dossiers) == 4
