"""Claims requests and asks the swarms for their answers; holds what is not finished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from daemon.domain.evolution.records import Claim, Effects, Event, Mutation
from daemon.errors import TransientError
from daemon.plugin.host import Store
from daemon.plugin.roles import Answer, Swarm
from daemon.plugin.threads import in_thread
from plugins.harvester.candidates import Candidate

FAULTS_IN_A_ROW = 5


@dataclass
class Harvest:
    """One turn under way. held: unfinished claims by job, each with what went wrong, or ''.

    faults: probes that broke down in a row, or steps that could not be stored.
    """

    night: str
    counts: Counter[str] = field(default_factory=Counter)
    held: dict[int, tuple[Claim, str]] = field(default_factory=dict)
    faults: int = 0

    def claim(self, store: Store, limit: int) -> Sequence[Claim]:
        """Claims requests, all of them held."""
        claims = store.claim("mutate", limit, self.night)
        for claim in claims:
            self.hold(claim)
        return claims

    def claims(self) -> list[Claim]:
        """Those that are not finished."""
        return [claim for claim, _ in list(self.held.values())]

    def hold(self, claim: Claim, error: str = "") -> None:
        """Notes that a claim is not finished; it goes back at the end of the turn."""
        self.held[claim.job] = (claim, error)

    def finish(self, claim: Claim, outcome: str) -> None:
        """Notes that a claim's effects are stored, or were dropped."""
        del self.held[claim.job]
        self.faults = 0
        self.counts[outcome] += 1

    def fault(self, claim: Claim, error: Exception) -> None:
        """Notes a fault; TransientError once so many came in a row that no genome can be at it."""
        text = f"{type(error).__name__}: {error}"
        self.hold(claim, text)
        self.counts["faults"] += 1
        self.faults += 1
        if self.faults >= FAULTS_IN_A_ROW:
            raise TransientError(f"{self.faults} probes in a row broke down, the last by {text}")


async def collect(
    store: Store, swarms: Mapping[str, Swarm], claims: Sequence[Claim], harvest: Harvest
) -> list[Candidate]:
    """The requests that are answered, in the order of their claims; the others are held."""
    found = await in_thread(store.mutations, [claim.key for claim in claims])
    mutations = {mutation.id: mutation for mutation in found}
    answers: dict[str, Answer] = {}
    for name in dict.fromkeys(mutation.swarm for mutation in found):
        wanted = [mutation for mutation in found if mutation.swarm == name]
        try:
            got = await _asked(swarms, name, wanted)
        except Exception as error:  # the border to a stranger's code
            await _note_failure(store, name, error)
            for claim in claims:
                if mutations[claim.key].swarm == name:
                    harvest.hold(claim, f"swarm {name}: {error}")
        else:
            answers |= {answer.mutation: answer for answer in got}
    return [
        Candidate(claim, mutations[claim.key], answers[claim.key])
        for claim in claims
        if claim.key in answers
    ]


async def _asked(
    swarms: Mapping[str, Swarm], name: str, wanted: Sequence[Mutation]
) -> Sequence[Answer]:
    if name not in swarms:
        raise LookupError("not loaded; expected its plugin in [plugins] load of daemon.toml")
    return await swarms[name].collect(wanted)


async def _note_failure(store: Store, swarm: str, error: Exception) -> None:
    event = Event("swarm_failed", swarm, {"step": "collect", "error": str(error)})
    await in_thread(store.commit, Effects(events=(event,)))
