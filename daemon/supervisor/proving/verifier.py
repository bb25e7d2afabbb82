"""Recomputes a dossier from what it names, and tells every figure that comes out otherwise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from daemon.domain.evolution.comparison import Look
from daemon.domain.evolution.dossier import OLDER, VERSION, Standing, dossier
from daemon.domain.evolution.ladder import step_from
from daemon.domain.evolution.records import Genome, Stage
from daemon.domain.evolution.seal import Seal
from daemon.domain.genome import gate
from daemon.errors import BadDataError, GenomeRefused, MissingError
from daemon.store.store import SqlStore
from daemon.supervisor.evaluations import Evaluations
from daemon.supervisor.proving.gather import Gatherer
from daemon.supervisor.proving.together import beside, look_told

_CIRCUMSTANCES: Final = frozenset({"sandbox"})
"""What may be another where the same is recomputed elsewhere."""


async def differences(
    told: Mapping[str, Any], gatherer: Gatherer, evaluations: Evaluations, store: SqlStore
) -> tuple[str, ...]:
    """A sentence for each figure of a dossier that is not what it should be; () where all are.

    BadDataError for a document that is no dossier of this version. The look at sealed data is taken
    again only if it was charged; looks that it was compared with are those of their own dossiers.
    """
    genome = _genome(told)
    standing = replace(_standing(told), seen_by_hand=_seen(told, genome))
    wrong = [*_wrong_identity(genome), *_wrong_ledger(standing, store)]
    look = told["sealed"]["look"]
    if look is not None and not store.proofs.was_charged(genome.hash):
        wrong.append("the look at the sealed data is not in the ledger of charged looks")
    if wrong:
        return tuple(wrong)
    terms = evaluations.terms(str(told["friction"]["name"]), name=genome.name)
    step = step_from(Stage(told["step"]["from"]))
    if step is None:
        raise BadDataError(
            f"a dossier of a step from {told['step']['from']}, of which there is none"
        )
    try:
        open_ = await gatherer.unsealed(genome, terms, standing)
        evidence = open_.evidence
        if look is not None:
            shown = await gatherer.look(open_, standing)
            others = await asyncio.to_thread(_companions, look, genome, standing, store)
            evidence = (await asyncio.to_thread(beside, shown, others)).evidence
    except (GenomeRefused, MissingError) as error:
        return (f"it cannot be run again: {error}",)
    found = dossier(genome, step, evidence, terms.friction, standing)
    return tuple(_unlike(told, json.loads(found.text)))


def _companions(
    look: Mapping[str, Any], genome: Genome, standing: Standing, store: SqlStore
) -> list[Look]:
    """The other looks that one was compared with."""
    together = look["together"]
    named = set(() if together is None else together["genomes"]) - {genome.hash}
    kept = [each for each in store.proofs.dossiers(standing.night) if each.genome in named]
    seen = [(each.genome, each.document["sealed"]["look"]) for each in kept]
    looks = [look_told(other, theirs) for other, theirs in seen if theirs is not None]
    if len(looks) < len(named):
        raise MissingError(
            f"its look was compared with {len(named)} others, {len(looks)} of which have a dossier "
            f"of the night {standing.night}; expected all, use the state folder of that night"
        )
    return looks


def _genome(told: Mapping[str, Any]) -> Genome:
    if told.get("version") in OLDER:
        raise BadDataError(
            f"expected a dossier of version {VERSION}, was the older version {told['version']}, "
            "made by other rules; verify it with the release of Night Shift that wrote it"
        )
    if told.get("version") != VERSION or not isinstance(told.get("genome"), dict):
        raise BadDataError(
            f"expected a dossier of version {VERSION}, was version {told.get('version')}; "
            "`nightshift graduations show ID --json` writes one"
        )
    kept = told["genome"]
    return Genome(**{**kept, "parents": tuple(kept["parents"])}, nodes=0)


def _standing(told: Mapping[str, Any]) -> Standing:
    ledger, sealed = told["ledger"], told["sealed"]
    return Standing(
        night=told["night"],
        settings_hash=told["settings_hash"],
        sandbox=told["sandbox"],
        through=ledger["through"],
        chain=ledger["chain"],
        open_until=sealed["open_until"],
        seal=None if sealed["seal"] is None else Seal(**sealed["seal"]),
        lifetime_error=told["lifetime_error"],
    )


def _seen(told: Mapping[str, Any], genome: Genome) -> tuple[str, ...]:
    """As it was then: a look by hand afterwards spoils nothing."""
    return (genome.hash,) if told["seen_by_hand"] else ()


def _wrong_identity(genome: Genome) -> Iterator[str]:
    found = gate.check(genome.source).hash
    if found != genome.hash:
        yield f"the text hashes to {found[:12]}, the dossier names {genome.hash[:12]}"


def _wrong_ledger(standing: Standing, store: SqlStore) -> Iterator[str]:
    if store.proofs.link_at(standing.through) != standing.chain:
        yield f"trial {standing.through} of the ledger is another than when it was counted"


def _unlike(told: Any, found: Any, path: str = "") -> Iterator[str]:
    """The places where two JSON documents differ."""
    if isinstance(told, dict) and isinstance(found, dict):
        for name in sorted({*told, *found} - _CIRCUMSTANCES):
            yield from _unlike(told.get(name), found.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        for place, pair in enumerate(zip(told, found, strict=True)):
            yield from _unlike(*pair, f"{path}[{place}]")
    elif told != found:
        yield f"{path}: the dossier says {_short(told)}, recomputed it is {_short(found)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
