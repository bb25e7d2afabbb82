"""The harvester: turns the swarms' answers into genomes or lessons.

1. `run` claims requests, oldest first; `collect` gets their answers, swarm by swarm.
2. `_batch` extracts and gates all of them, and starts their probes side by side.
3. They are taken strictly in the order of their requests, however long each probe took, and judged
   in `_folded`: known text, probe, known behaviour. Each is one step, together with the end of its
   job; the steps of about a second are one transaction. Where one cannot be stored, the ones behind
   it are judged anew.

A genome whose child attacked the sandbox is quarantined; the second within a day ends the turn.
Requests without an answer yet, and those of a swarm that failed, go back at the end; so do those
whose probe broke down, and five such in a row end the turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from daemon.domain.evolution.records import Effects, Retries, Step
from daemon.errors import SECURITY, FencedError, GenomeRefused
from daemon.plugin.backlog import Backlog
from daemon.plugin.host import Host, Probe
from daemon.plugin.leases import leases_kept
from daemon.plugin.roles import Every, ShiftReport, Turn
from daemon.plugin.security import answer_attacks
from daemon.plugin.threads import in_thread
from plugins.harvester.candidates import Candidate, Draft, Seen, drafted, judged
from plugins.harvester.collection import Harvest, collect
from plugins.harvester.settings import HarvesterSettings

NAME = "harvester"
Probes = Mapping[str, asyncio.Task[Probe]]


@dataclass(frozen=True, slots=True)
class Probed:
    """A draft with what its probe found, None where it needed none."""

    draft: Draft
    probe: Probe | None
    retries: Retries | None


@dataclass(frozen=True, slots=True)
class Folded:
    """What was judged in the order of its requests, each with its outcome; how many of them are
    stored, and what kept the next one from it."""

    steps: Sequence[tuple[Step, str]]
    stored: int
    error: Exception | None


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
        backlog = Backlog[Probed](self._host.clock.monotonic)
        try:
            for draft in drafts:
                attacked = await self._probed(draft, probes, harvest, backlog)
                if attacked or backlog.is_due():
                    await self._store_all(backlog, harvest)
        finally:
            for probe in probes.values():
                probe.cancel()
            await self._store_all(backlog, harvest)

    def _drafts(self, candidates: Sequence[Candidate], night: str) -> list[Draft]:
        seen = Seen(self._store, night)
        return [drafted(candidate, seen, self._host.markets) for candidate in candidates]

    def _start_probes(self, sources: Mapping[str, str]) -> Probes:
        room = asyncio.Semaphore(self._settings.probes or max(1, self._host.evaluations.slots))

        async def probe(source: str) -> Probe:
            async with room:
                return await self._host.sandbox.probe(source, thorough=False)

        return {key: asyncio.create_task(probe(source)) for key, source in sources.items()}

    async def _probed(
        self, draft: Draft, probes: Probes, harvest: Harvest, backlog: Backlog[Probed]
    ) -> bool:
        """Puts a draft into the backlog once its probe is done; whether it attacked the sandbox."""
        found: Probe | None = None
        try:
            if draft.gated is not None:
                found = await probes[draft.gated.hash]
        except GenomeRefused as refused:
            found = Probe("", tuple(refused.reasons))
        except Exception as error:  # the border of one task: the others go on
            await self._store_all(backlog, harvest)
            harvest.fault(draft.candidate.claim, error)
            return False
        backlog.add(Probed(draft, found, self._host.retries(harvest.night)))
        return found is not None and any(each.code == SECURITY for each in found.reasons)

    async def _store_all(self, backlog: Backlog[Probed], harvest: Harvest) -> None:
        waiting = backlog.taken()
        while waiting:
            folded = await in_thread(self._folded, waiting, harvest.night)
            for step, outcome in folded.steps[: folded.stored]:
                harvest.finish(step.claim, outcome)
                await self._answer_attacks(step.effects)
            if folded.stored < len(waiting):
                self._drop(waiting[folded.stored], folded.error, harvest)
            waiting = waiting[folded.stored + 1 :]

    def _folded(self, waiting: Sequence[Probed], night: str) -> Folded:
        """Judges candidates, each as if those before it were stored, and stores all of them."""
        seen, steps = Seen(self._store, night), []
        try:
            for each in waiting:
                effects, outcome = judged(each.draft, each.probe, seen)
                seen.add(effects)
                effects = replace(effects, retries=each.retries)
                steps.append((Step(effects, each.draft.candidate.claim), outcome))
            return Folded(steps, *self._store.commit_all([step for step, _ in steps]))
        except Exception as error:  # the border of one task: the others go on
            return Folded(steps, 0, error)

    def _drop(self, unstored: Probed, error: Exception | None, harvest: Harvest) -> None:
        claim = unstored.draft.candidate.claim
        if isinstance(error, FencedError):
            harvest.finish(claim, "fenced")
        elif error is not None:
            harvest.fault(claim, error)

    async def _answer_attacks(self, effects: Effects) -> None:
        host = self._host
        await answer_attacks(effects, host.messengers, self._store, host.clock)


def _report(harvest: Harvest) -> ShiftReport:
    counts = dict(sorted(harvest.counts.items()))
    handled, kept = sum(counts.values()), counts.get("genomes", 0)
    summary = f"kept {kept} of {handled} answers" if handled else "no answer is ready"
    waits = any(not error for _, error in harvest.held.values())
    return ShiftReport(handled == 0, summary, counts, waits)
