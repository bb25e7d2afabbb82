"""From an answer to a genome or a lesson.

Extract, gate, known text, data of its universe, probe, known behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from daemon.domain.evolution.records import Claim, Effects, Genome, Lesson, Mutation, NewJob
from daemon.domain.genome import gate
from daemon.domain.genome.gate import Gated
from daemon.errors import GenomeRefused, Reason
from daemon.plugin.host import Markets, Probe, Store
from daemon.plugin.roles import Answer
from daemon.plugin.security import attack_in, quarantine
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


@dataclass
class Seen:
    """What a night knows: what is stored, and what the steps of a batch before this one will store.

    texts: hashes. twins: by behaviour.
    """

    store: Store
    night: str
    texts: set[str] = field(default_factory=set)
    twins: dict[str, Genome] = field(default_factory=dict)

    def knows(self, text: str) -> bool:
        """Whether the canonical text of this hash was kept or refused before."""
        return text in self.texts or self.store.known(text, self.night)

    def twin(self, behaviour: str) -> Genome | None:
        """The oldest genome that behaves so."""
        if stored := self.store.same_behaviour(behaviour, self.night):
            return self.store.genome(stored)
        return self.twins.get(behaviour)

    def add(self, effects: Effects) -> None:
        """Notes what a step will store."""
        self.texts |= {genome.hash for genome in effects.genomes}
        self.texts |= {lesson.genome for lesson in effects.lessons if lesson.genome}
        for genome in effects.genomes:
            if genome.behaviour:
                self.twins.setdefault(genome.behaviour, genome)


def drafted(candidate: Candidate, seen: Seen, markets: Markets) -> Draft:
    """Extracts the genome, puts it through the gate, asks whether the night knows its text.

    One whose universe has no data is refused without its hash: its text may come again.
    """
    answer, source, gated = candidate.answer, "", None
    try:
        if not answer.text:
            message = f"no answer: {answer.error or 'the swarm gave no reason'}"
            raise GenomeRefused([Reason("no_answer", 0, message)])
        source = extract(answer.text)
        gated = gate.remembered(source)
        refuse_known_text(seen, gated)
        refuse_without_data(markets, gated)
    except GenomeRefused as refused:
        waits = refused.reasons[0].code == NO_DATA
        known = gated.hash if gated and not waits else ""
        return Draft(candidate, source, None, refused.reasons, known)
    return Draft(candidate, source, gated, (), gated.hash)


def judged(draft: Draft, probe: Probe | None, seen: Seen) -> tuple[Effects, str]:
    """What becomes of a draft, and the word it is counted under; probe: None where none was run."""
    gated, night = draft.gated, seen.night
    if gated is None or probe is None:
        return lesson(draft, draft.reasons, night), draft.reasons[0].code
    try:
        refuse_known_text(seen, gated)
        refuse_known_behaviour(seen, probe)
    except GenomeRefused as refused:
        if attack := attack_in(refused):
            return quarantined(draft, gated, attack, night), attack.code
        return lesson(draft, refused.reasons, night), refused.reasons[0].code
    return born(draft, gated, probe.behaviour, night), "genomes"


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


def refuse_known_text(seen: Seen, gated: Gated) -> None:
    """GenomeRefused with the code `duplicate_text` where the canonical text was seen before."""
    if seen.knows(gated.hash):
        message = f"the text was tried before as {gated.hash[:12]}"
        raise GenomeRefused([Reason("duplicate_text", 0, message)])


def refuse_without_data(markets: Markets, gated: Gated) -> None:
    """GenomeRefused with the code `no_data` where the universe it names has no bars."""
    if lacking := without_data(markets, gated.manifest):
        raise GenomeRefused([Reason(NO_DATA, 0, lacking)])


def refuse_known_behaviour(seen: Seen, probe: Probe) -> None:
    """GenomeRefused with what the probe found, or `duplicate_behaviour` naming the twin."""
    if probe.reasons:
        raise GenomeRefused(probe.reasons)
    if twin := seen.twin(probe.behaviour):
        message = f"on the probe market it behaves exactly like {twin.name} ({twin.hash[:12]})"
        raise GenomeRefused([Reason("duplicate_behaviour", 0, message)])
