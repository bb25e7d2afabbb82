"""The dossier: the evidence for one step of the ladder, as a document that can be recomputed.

It names everything that its figures follow from (text, data, friction, settings, engine, the
place in the trial ledger) by content, and holds the figures. Its hash is what an owner's approval
is bound to: one changed byte is another dossier.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from daemon.domain.evolution.budget import FORMULA
from daemon.domain.evolution.comparison import Comparison, Verdict
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.evidence import Evidence, Sealed, Variant, checks
from daemon.domain.evolution.ladder import Check, Step, is_taken
from daemon.domain.evolution.records import Genome
from daemon.domain.evolution.seal import Seal
from daemon.domain.market.bars import Floats
from daemon.domain.trading.friction import Friction

VERSION: Final = 2
"""2: a look begins with a flat account, knows its place in the error budget and its companions."""

OLDER: Final = frozenset({1})
"""Versions of dossiers that are kept, but no longer recomputed: they rest on other rules."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the evidence rests on.

    settings_hash: of the settings of the night. sandbox: claim level under which it ran.
    through, chain: number and link of the newest trial of the ledger that was counted.
    open_until: last date of the open data, days since 1970-01-01. seal: None where nothing is.
    lifetime_error: rate of the error budget. seen_by_hand: hashes of the genomes that the owner
    tried on the sealed data himself.
    """

    night: str
    settings_hash: str
    sandbox: str
    through: int
    chain: str
    open_until: int
    seal: Seal | None
    lifetime_error: float
    seen_by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """A document and whether it carries its step. genome, night: whose it is."""

    genome: str
    night: str
    taken: bool
    document: Mapping[str, Any]

    @property
    def text(self) -> str:
        """Canonical JSON."""
        return json.dumps(self.document, sort_keys=True, allow_nan=False)

    @property
    def evidence_hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def dossier(
    genome: Genome, step: Step, evidence: Evidence, friction: Friction, standing: Standing
) -> Dossier:
    """The document of one finalist's evidence."""
    made = checks(evidence)
    taken = is_taken(step, made)
    document = {
        "version": VERSION,
        "step": {"from": step.begins.value, "to": step.ends.value, "taken": taken},
        "genome": _genome(genome),
        "night": standing.night,
        "settings_hash": standing.settings_hash,
        "sandbox": standing.sandbox,
        "friction": asdict(friction) | {"hash": friction.hash},
        "ledger": _ledger(evidence, standing),
        "checks": [_check(check) for check in made],
        "base": run(evidence.base) | {"session_returns": _listed(evidence.base.session_returns)},
        "reruns": [_variant(variant) for variant in evidence.reruns or ()],
        "looks_ahead": list(evidence.reasons),
        "seen_by_hand": evidence.seen_by_hand,
        "lifetime_error": standing.lifetime_error,
        "sealed": _sealed(genome.hash, evidence, standing),
    }
    return Dossier(genome.hash, standing.night, taken, document)


def run(found: Evaluation) -> dict[str, Any]:
    """One evaluation as figures and the hashes by which it is found again."""
    metrics = {name: _number(value) for name, value in asdict(found.metrics).items()}
    return {
        "engine": found.engine,
        "capital": found.capital,
        "data": {
            "hash": found.market_hash,
            "symbols": list(found.symbols),
            "timeframe": found.timeframe,
            "first_date": found.first_date,
            "last_date": found.last_date,
            "bars": found.bars,
            "simulated": found.simulated,
        },
        "friction_hash": found.friction_hash,
        "positions_hash": found.positions_hash,
        "trade_hash": found.trade_hash,
        "metrics": metrics,
        "selection": _number(found.selection),
        "flags": list(found.flags),
    }


def _genome(genome: Genome) -> dict[str, Any]:
    names = ("hash", "name", "idea", "source", "timeframe", "universe", "operator", "behaviour")
    return {name: getattr(genome, name) for name in names} | {"parents": list(genome.parents)}


def _ledger(evidence: Evidence, standing: Standing) -> dict[str, Any]:
    """What was looked at: the sharpes themselves are in the ledger, up to that number."""
    sharpes = evidence.looks.sharpes
    return {
        "trials": evidence.looks.trials,
        "independent": evidence.looks.independent,
        "rated": len(sharpes),
        "sharpes_hash": _digest(sharpes),
        "rivals": evidence.rivals.shape[1],
        "rivals_hash": _digest(evidence.rivals),
        "through": standing.through,
        "chain": standing.chain,
    }


def _check(check: Check) -> dict[str, Any]:
    return asdict(check) | {"figure": _number(check.figure), "need": _number(check.need)}


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "name": variant.name,
        "params": dict(variant.params),
        "symbols": list(variant.symbols),
        "failure": variant.failure,
        "run": None if variant.found is None else run(variant.found),
    }


def _sealed(genome: str, evidence: Evidence, standing: Standing) -> dict[str, Any]:
    seal = None if standing.seal is None else asdict(standing.seal)
    told = {"seal": seal, "open_until": standing.open_until, "look": None}
    if evidence.sealed is None:
        return told
    return told | {"look": _look(genome, evidence.sealed)}


def _look(genome: str, sealed: Sealed) -> dict[str, Any]:
    process, together = sealed.process(), sealed.together
    fields = {name: _number(value) for name, value in asdict(process).items()}
    return {
        "run": run(sealed.found),
        "session_returns": _listed(sealed.returns),
        "held_returns": _listed(sealed.found.market_returns),
        "e_process": fields | {"e_value": process.e_value},
        "budget": asdict(sealed.stake) | {"formula": FORMULA},
        "together": None if together is None else _together(genome, together),
    }


def _together(genome: str, found: Comparison) -> dict[str, Any]:
    own = found.genomes.index(genome)
    return {
        "genomes": list(found.genomes),
        "returns_hash": found.returns_hash,
        "cash": _verdict(own, found.cash),
        "held": _verdict(own, found.held),
    }


def _verdict(own: int, verdict: Verdict) -> dict[str, Any] | None:
    """superior: whether this finalist is one of those that are better than the benchmark."""
    found = verdict.found
    if found is None:
        return None
    named = {name: getattr(found, name) for name in ("p_lower", "p_value", "p_upper")}
    return named | {"block": verdict.block, "superior": own in found.superior}


def _listed(values: Floats) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: Any) -> Any:
    """The value; None for a float that is not a number, which JSON does not know."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _digest(values: Floats) -> str:
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()
