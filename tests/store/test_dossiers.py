"""The dossiers of a night, as the briefing asks for them."""

from __future__ import annotations

from dataclasses import replace

from daemon.domain.evolution.records import Effects
from daemon.store.store import SqlStore
from tests.domain.briefing.finalist_records import PEEKED, dossier_of
from tests.store.samples import NIGHT, genome


def test_the_dossiers_of_a_night_come_back_in_the_order_of_their_trying(store: SqlStore) -> None:
    second, first, other = (genome(name) for name in ("a", "b", "c"))
    found = [replace(dossier_of(each, **PEEKED), night=NIGHT.id) for each in (first, second)]
    elsewhere = replace(dossier_of(other, **PEEKED), night="n0")
    store.commit(Effects(genomes=(first, second, other), dossiers=(elsewhere, *found)))

    kept = store.dossiers(NIGHT.id)

    assert [each.genome for each in kept] == [first.hash, second.hash]
    assert [each.evidence_hash for each in kept] == [each.evidence_hash for each in found]
