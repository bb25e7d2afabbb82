"""The dossiers of a night, as the briefing asks for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.domain.evolution.evidence import Sealed
from daemon.domain.evolution.records import Effects, Genome, SealedQuery
from daemon.errors import MissingError
from daemon.store.store import SqlStore
from tests.domain.briefing.finalist_records import PEEKED, dossier_of
from tests.domain.evolution.test_screens import shown
from tests.store.samples import NIGHT, genome


def test_the_dossiers_of_a_night_come_back_in_the_order_of_their_trying(store: SqlStore) -> None:
    second, first, other = (genome(name) for name in ("a", "b", "c"))
    found = [replace(dossier_of(each, **PEEKED), night=NIGHT.id) for each in (first, second)]
    elsewhere = replace(dossier_of(other, **PEEKED), night="n0")
    store.commit(Effects(genomes=(first, second, other), dossiers=(elsewhere, *found)))

    kept = store.dossiers(NIGHT.id)

    assert [each.genome for each in kept] == [first.hash, second.hash]
    assert [each.evidence_hash for each in kept] == [each.evidence_hash for each in found]


STRONG, WEAK = shown(15.0), shown(0.5)
"""Looks whose bets end above the 20 that the first place needs, and far below."""


def looked_at(store: SqlStore, one: Genome, night: str, sealed: Sealed = WEAK) -> None:
    """Charges a look of that night, and keeps its dossier."""
    store.commit(Effects(queries=(SealedQuery(one.hash, night),)))
    store.commit(Effects(dossiers=(replace(dossier_of(one, sealed=sealed), night=night),)))


def known(store: SqlStore, *names: str) -> list[Genome]:
    genomes = tuple(genome(name) for name in names)
    store.commit(Effects(genomes=genomes))
    return list(genomes)


def test_places_of_the_error_budget_follow_the_order_of_the_charges(store: SqlStore) -> None:
    third, first, second = known(store, "c", "a", "b")
    for one, night in ((first, "n1"), (second, "n1"), (first, "n2"), (third, "n2")):
        store.commit(Effects(queries=(SealedQuery(one.hash, night),)))

    assert store.proofs.places() == (first.hash, second.hash, third.hash)
    stake = store.proofs.stake(third.hash, "n2", 0.1)
    assert (stake.place, stake.accepted, stake.needed) == (3, 0, pytest.approx(120.0))


def test_whoever_reached_what_its_place_needs_lowers_the_bar_of_later_nights(
    store: SqlStore,
) -> None:
    first, second = known(store, "a", "b")
    looked_at(store, first, "n1", STRONG)
    store.commit(Effects(queries=(SealedQuery(second.hash, "n2"),)))

    assert STRONG.process().e_value > 20.0
    assert store.proofs.budget(0.1).accepted == (1,)
    assert store.proofs.stake(second.hash, "n2", 0.1).needed == pytest.approx(30.0)
    assert store.proofs.stake(second.hash, "n2", 1e-9).needed == pytest.approx(6e9)


def test_a_place_is_told_as_it_was_before_the_looks_of_its_night(store: SqlStore) -> None:
    first, second, third = known(store, "a", "b", "c")
    looked_at(store, first, "n1", STRONG)
    before = store.proofs.stake(first.hash, "n1", 0.1)
    looked_at(store, second, "n2")
    looked_at(store, third, "n3")

    assert store.proofs.stake(first.hash, "n1", 0.1) == before
    assert (before.place, before.accepted) == (1, 0)
    assert store.proofs.stake(second.hash, "n2", 0.1).accepted == 1


def test_a_bet_counts_as_its_newest_dossier_has_it_and_nothing_accepted_is_taken_back(
    store: SqlStore,
) -> None:
    first, second = known(store, "a", "b")
    looked_at(store, first, "n1", WEAK)
    looked_at(store, second, "n1", WEAK)
    assert store.proofs.budget(0.1).accepted == ()

    looked_at(store, second, "n2", STRONG)
    assert store.proofs.budget(0.1).accepted == (2,)
    looked_at(store, second, "n3", WEAK)

    assert store.proofs.budget(0.1).accepted == (2,)
    assert store.proofs.budget(0.1, before="n2").accepted == ()


def test_a_finalist_without_a_charged_look_has_no_place(store: SqlStore) -> None:
    (one,) = known(store, "a")

    with pytest.raises(MissingError, match="no charged look"):
        store.proofs.stake(one.hash, "n1", 0.1)


def test_only_a_look_that_is_in_a_dossier_was_taken(store: SqlStore) -> None:
    charged, seen, peeked = known(store, "a", "b", "c")
    store.commit(Effects(queries=(SealedQuery(charged.hash, "n1"),)))
    looked_at(store, seen, "n1")
    store.commit(Effects(queries=(SealedQuery(peeked.hash, "n1"),)))
    store.commit(Effects(dossiers=(replace(dossier_of(peeked, **PEEKED), night="n1"),)))

    assert store.proofs.looked_at() == {seen.hash}
