"""The harvester: turns the swarms' answers into genomes or lessons.

1. `run` claims requests, oldest first; `collect` gets their answers, swarm by swarm.
2. `_batch` extracts and gates all of them, and starts their probes side by side.
3. `_fold` takes them strictly in the order of their requests, however long each probe took: known
   text, probe, known behaviour; one commit each, together with the end of the job.

A genome whose child attacked the sandbox is quarantined; the second within a day ends the turn.
Requests without an answer yet, and those of a swarm that failed, go back at the end; so do those
whose probe broke down, and five such in a row end the turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from daemon.domain.evolution.records import Effects
from daemon.domain.genome.gate import Gated
from daemon.errors import FencedError, GenomeRefused, SecurityError
from daemon.plugin.host import Host, Probe
from daemon.plugin.leases import leases_kept
from daemon.plugin.roles import Every, ShiftReport, Turn
from daemon.plugin.security import answer_attacks, attack_in
from daemon.plugin.threads import in_thread
from plugins.harvester.candidates import (
    Candidate,
    Draft,
    born,
    drafted,
    lesson,
    quarantined,
    refuse_known_behaviour,
    refuse_known_text,
)
from plugins.harvester.collection import Harvest, collect
from plugins.harvester.settings import HarvesterSettings

NAME = "harvester"
Probes = Mapping[str, asyncio.Task[Probe]]


class HarvesterShift:
    """Collects what the swarms wrote and keeps what is new and sound."""

    name = NAME
    deadline_s = 1800.0

    def __init__(self, host: Host) -> None:
        self._host = host
        self._store = host.store
        self._settings = host.settings(HarvesterSettings)
        self.trigger = Every(self._settings.interval_s)

    async def run(self, turn: Turn) -> ShiftReport:
        """Collects until no request waits."""
        harvest = Harvest(turn.night.id)
        batch = self._settings.batch
        try:
            async with leases_kept(self._store, harvest.claims):
                while claims := await in_thread(harvest.claim, self._store, batch):
                    answered = await collect(self._store, self._host.swarms, claims, harvest)
                    await self._batch(answered, harvest)
        finally:
            for claim, error in harvest.held.values():
                with suppress(FencedError):
                    self._store.release(claim, error)
        return _report(harvest)

    async def _batch(self, candidates: Sequence[Candidate], harvest: Harvest) -> None:
        drafts = await in_thread(self._drafts, candidates, harvest.night)
        probes = self._start_probes({d.gated.hash: d.source for d in drafts if d.gated})
        try:
            for draft in drafts:
                await self._fold(draft, probes, harvest)
        finally:
            for probe in probes.values():
                probe.cancel()

    def _drafts(self, candidates: Sequence[Candidate], night: str) -> list[Draft]:
        markets = self._host.markets
        return [drafted(candidate, self._store, markets, night) for candidate in candidates]

    def _start_probes(self, sources: Mapping[str, str]) -> Probes:
        room = asyncio.Semaphore(self._settings.probes or max(1, self._host.evaluations.slots))

        async def probe(source: str) -> Probe:
            async with room:
                return await self._host.sandbox.probe(source, thorough=False)

        return {key: asyncio.create_task(probe(source)) for key, source in sources.items()}

    async def _fold(self, draft: Draft, probes: Probes, harvest: Harvest) -> None:
        """One candidate's effects and the end of its job, in one commit."""
        claim = draft.candidate.claim
        try:
            effects, outcome = await self._judged(draft, probes, harvest.night)
            effects = replace(effects, retries=self._host.retries(harvest.night))
            await in_thread(self._store.commit, effects, claim)
            harvest.finish(claim, outcome)
            host = self._host
            await answer_attacks(effects, host.messengers, self._store, host.clock)
        except FencedError:
            harvest.finish(claim, "fenced")
        except SecurityError:  # the end of the night, not of one task
            raise
        except Exception as error:  # the border of one task: the others go on
            harvest.fault(claim, error)

    async def _judged(self, draft: Draft, probes: Probes, night: str) -> tuple[Effects, str]:
        gated = draft.gated
        if gated is None:
            return lesson(draft, draft.reasons, night), draft.reasons[0].code
        try:
            behaviour = await self._behaviour(gated, probes, night)
        except GenomeRefused as refused:
            if attack := attack_in(refused):
                return quarantined(draft, gated, attack, night), attack.code
            return lesson(draft, refused.reasons, night), refused.reasons[0].code
        return born(draft, gated, behaviour, night), "genomes"

    async def _behaviour(self, gated: Gated, probes: Probes, night: str) -> str:
        await in_thread(refuse_known_text, self._store, gated, night)
        probe = await probes[gated.hash]
        await in_thread(refuse_known_behaviour, self._store, probe, night)
        return probe.behaviour


def _report(harvest: Harvest) -> ShiftReport:
    counts = dict(sorted(harvest.counts.items()))
    handled, kept = sum(counts.values()), counts.get("genomes", 0)
    summary = f"kept {kept} of {handled} answers" if handled else "no answer is ready"
    return ShiftReport(handled == 0, summary, counts)
