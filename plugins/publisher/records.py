"""What the briefing of a night is made of, asked from the store and the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from daemon.domain.briefing.compose import NightRecords
from daemon.domain.briefing.luck import PastTrial, past_trial
from daemon.domain.evolution.records import (
    TRIBUNAL,
    UNTRIED,
    Event,
    Genome,
    Night,
    Origin,
    Trial,
)
from daemon.errors import SECURITY, MissingError
from daemon.plugin.host import Host, Store

_BY_HAND: Final = ""
"""The night of trials that the owner started by hand."""


def night_records(host: Host, night_id: str) -> NightRecords:
    """The night's trials with the ledger before them, its genomes and their ancestors."""
    store = host.store
    own = [trial for trial in store.trials(night_id) if trial.origin is Origin.NIGHT]
    last = max((trial.number for trial in own), default=0)
    return NightRecords(
        night=_night(store, night_id),
        trials=own,
        ledger=_ledger(store, last),
        genomes=_genomes(store, own),
        lessons=store.lessons(night_id),
        generations=store.last_generation(night_id) + 1,
        health=host.markets.health(),
        attacks=_of_night(store, SECURITY, night_id),
        dossiers=store.dossiers(night_id),
        untried=_of_night(store, UNTRIED, night_id),
        tribunal=_tribunal(store, night_id),
    )


def _of_night(store: Store, kind: str, night_id: str) -> Sequence[Event]:
    """Lines of the journal on genomes of the night."""
    told = store.happened(kind, _night(store, night_id).started)
    return [event for _, event in told if event.detail["night"] == night_id]


def _tribunal(store: Store, night_id: str) -> Event | None:
    told = store.happened(TRIBUNAL, _night(store, night_id).started)
    return next((event for _, event in told if event.subject == night_id), None)


def _ledger(store: Store, last: int) -> Sequence[PastTrial]:
    """Every priced trial up to a number, read night by night: the returns are many."""
    found: list[tuple[int, PastTrial]] = []
    for night in (_BY_HAND, *(night.id for night in store.nights())):
        for trial in store.trials(night):
            past = past_trial(trial)
            if past is not None and trial.number <= last:
                found.append((trial.number, past))
    return [past for _, past in sorted(found, key=lambda pair: pair[0])]


def _night(store: Store, night_id: str) -> Night:
    for night in store.nights():
        if night.id == night_id:
            return night
    raise MissingError(f'no night "{night_id}" in the store; `nightshift night` makes one')


def _genomes(store: Store, own: Sequence[Trial]) -> Mapping[str, Genome]:
    genomes = {h: store.genome(h) for h in dict.fromkeys(trial.genome for trial in own)}
    while missing := sorted({p for g in genomes.values() for p in g.parents} - set(genomes)):
        genomes |= {h: store.genome(h) for h in missing}
    return genomes
