"""From an answer to a genome or a lesson.

Extract, gate, known text, data of its universe, probe, known behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.domain.evolution.records import Claim, Effects, Genome, Lesson, Mutation, NewJob
from daemon.domain.genome import gate
from daemon.domain.genome.gate import Gated
from daemon.errors import GenomeRefused, Reason
from daemon.plugin.host import Markets, Probe, Store
from daemon.plugin.roles import Answer
from daemon.plugin.security import quarantine
from daemon.plugin.universes import without_data
from plugins.harvester.extraction import LONGEST, extract
from plugins.harvester.names import child_name

CROSSING = "cross_"
NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer with the request and the job it belongs to."""

    claim: Claim
    mutation: Mutation
    answer: Answer

    @property
    def operator(self) -> str:
        """What was really done."""
        return self.answer.operator or self.mutation.operator

    @property
    def parents(self) -> tuple[str, ...]:
        """Parents that went into it: the donor only where something was crossed."""
        count = len(self.mutation.parents) if self.operator.startswith(CROSSING) else 1
        return self.mutation.parents[:count]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the static checks said: the text and what the gate read in it, or the reasons."""

    candidate: Candidate
    source: str = ""
    gated: Gated | None = None
    reasons: tuple[Reason, ...] = ()
    hash: str = ""


def drafted(candidate: Candidate, store: Store, markets: Markets, night: str) -> Draft:
    """Extracts the genome, puts it through the gate, asks whether the night knows its text.

    One whose universe has no data is refused without its hash: its text may come again.
    """
    answer, source, gated = candidate.answer, "", None
    try:
        if not answer.text:
            message = f"no answer: {answer.error or 'the swarm gave no reason'}"
            raise GenomeRefused([Reason("no_answer", 0, message)])
        source = extract(answer.text)
        gated = gate.check(source)
        refuse_known_text(store, gated, night)
        refuse_without_data(markets, gated)
    except GenomeRefused as refused:
        waits = refused.reasons[0].code == NO_DATA
        known = gated.hash if gated and not waits else ""
        return Draft(candidate, source, None, refused.reasons, known)
    return Draft(candidate, source, gated, (), gated.hash)


def born(draft: Draft, gated: Gated, behaviour: str, night: str) -> Effects:
    """A new genome, and the job to evaluate it."""
    genome = _genome(draft, gated, behaviour, night)
    job = NewJob("evaluate", genome.hash, {"name": genome.name}, night)
    return Effects(genomes=(genome,), jobs=(job,))


def quarantined(draft: Draft, gated: Gated, attack: Reason, night: str) -> Effects:
    """A genome that attacked the sandbox: kept, never evaluated, and a lesson that says no more."""
    effects = quarantine(_genome(draft, gated, "", night), attack, night)
    return replace(effects, lessons=lesson(draft, (attack,), night).lessons)


def _genome(draft: Draft, gated: Gated, behaviour: str, night: str) -> Genome:
    mutation, operator = draft.candidate.mutation, draft.candidate.operator
    manifest = gated.manifest
    first = not mutation.parents
    return Genome(
        hash=gated.hash,
        source=draft.source,
        name=mutation.name if first else child_name(mutation.name, operator, gated.hash),
        idea=manifest.idea,
        timeframe=manifest.timeframe,
        universe=manifest.universe,
        operator=operator,
        parents=draft.candidate.parents,
        behaviour=behaviour,
        nodes=gated.nodes,
        night=night,
        seed=mutation.seed,
    )


def lesson(draft: Draft, reasons: Sequence[Reason], night: str) -> Effects:
    """What is kept of a refused child: its text, the first reason's code, and every message."""
    candidate, first = draft.candidate, reasons[0]
    kept = Lesson(
        mutation=candidate.mutation.id,
        night=night,
        operator=candidate.operator,
        parents=candidate.parents,
        text=candidate.answer.text[:LONGEST],
        code=first.code,
        line=first.line,
        message="; ".join(reason.message for reason in reasons),
        genome=draft.hash,
    )
    return Effects(lessons=(kept,))


def refuse_known_text(store: Store, gated: Gated, night: str) -> None:
    """GenomeRefused with the code `duplicate_text` where the canonical text was seen before."""
    if store.known(gated.hash, night):
        message = f"the text was tried before as {gated.hash[:12]}"
        raise GenomeRefused([Reason("duplicate_text", 0, message)])


def refuse_without_data(markets: Markets, gated: Gated) -> None:
    """GenomeRefused with the code `no_data` where the universe it names has no bars."""
    if lacking := without_data(markets, gated.manifest):
        raise GenomeRefused([Reason(NO_DATA, 0, lacking)])


def refuse_known_behaviour(store: Store, probe: Probe, night: str) -> None:
    """GenomeRefused with what the probe found, or `duplicate_behaviour` naming the twin."""
    if probe.reasons:
        raise GenomeRefused(probe.reasons)
    if twin := store.same_behaviour(probe.behaviour, night):
        name = store.genome(twin).name
        message = f"on the probe market it behaves exactly like {name} ({twin[:12]})"
        raise GenomeRefused([Reason("duplicate_behaviour", 0, message)])
