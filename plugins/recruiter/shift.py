"""The recruiter: fills the pool of untested genomes with requests to a swarm.

1. `_deficit`: how many requests are missing, bounded by what the night may still try.
2. `_plan`: unknown seeds first; then children of parents chosen by fitness and diversity. Seeds
   that only wait for data of their universe hold up no night.
3. One commit stores the requests and a job for each; only then the swarm hears of them, so that a
   crash in between costs nothing: the harvester collects by request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.domain.evolution.records import (
    Effects,
    Elite,
    Event,
    Genome,
    Mutation,
    NewJob,
    Night,
    Stage,
)
from daemon.domain.evolution.selection import choose_parents
from daemon.domain.genome import gate
from daemon.errors import ConfigError, GenomeRefused, did_you_mean
from daemon.plugin.host import Host, Markets, Store
from daemon.plugin.roles import Every, Keyed, ShiftReport, Swarm, Turn
from daemon.plugin.threads import in_thread
from daemon.plugin.universes import without_data
from plugins.recruiter.requests import Generation, child_requests, generation_rng, seed_requests
from plugins.recruiter.seeds import Seed, Unreadable, read_seeds
from plugins.recruiter.settings import RecruiterSettings

NAME = "recruiter"
NO_PARENTS = (Stage.BORN, Stage.REJECTED, Stage.RETIRED)
LEAK = "suspected_leak"


class RecruiterShift:
    """Asks for the next generation whenever the pool runs low."""

    name = NAME
    deadline_s = 300.0

    def __init__(self, host: Host) -> None:
        self._store = host.store
        self._markets = host.markets
        self._swarms = host.swarms
        self._seed_folder = host.seed_folder
        self._settings = host.settings(RecruiterSettings)
        self.trigger = Every(self._settings.interval_s)
        self._noted: set[Unreadable] = set()

    async def run(self, turn: Turn) -> ShiftReport:
        """Asks once, or not at all where the pool is full or the night's trials are spent."""
        swarm, cloud = self._swarm(), self._cloud()
        asked = [await in_thread(self._ask, turn, swarm)]
        if cloud is not None:
            asked.append(await in_thread(self._ask_cloud, turn, cloud))
        asked = [mutations for mutations in asked if mutations]
        if not asked:
            return ShiftReport(True, "the pool is full or nothing is left to try", {"requests": 0})
        faults = sum([await self._submit(mutations) for mutations in asked])
        told = (f"{mutations[0].swarm} for {len(mutations)} genomes" for mutations in asked)
        counts = {"requests": sum(map(len, asked)), "faults": faults}
        return ShiftReport(False, f"asked {' and '.join(told)}", counts)

    def _ask(self, turn: Turn, swarm: Swarm) -> list[Mutation]:
        night = turn.night.id
        waiting = self._store.waiting("mutate", night) + self._store.waiting("evaluate", night)
        if self._settings.cloud:
            waiting -= self._store.waiting("mutate", night, self._settings.cloud)
        missing = deficit(waiting, self._settings.pool_target, turn.trials_left)
        if missing == 0:
            return []
        mutations = self._plan(turn.night, swarm, missing)
        if mutations:
            self._store.commit(requested(mutations))
        return mutations

    def _ask_cloud(self, turn: Turn, swarm: Swarm) -> list[Mutation]:
        """Children of elites from the second swarm, once half of its places are free."""
        night, places = turn.night, self._settings.cloud_open
        free = places - self._store.waiting("mutate", night.id, swarm.name)
        count = min(free, deficit(0, places, turn.trials_left))
        if 2 * free < places or count <= 0 or not self._store.floors(night.settings_hash, night.id):
            return []
        number = self._store.last_generation(night.id) + 1
        generation = Generation(night, number, swarm.name, tuple(swarm.operators))
        mutations = child_requests(generation, self._parents(night, number), count)
        if mutations:
            self._store.commit(requested(mutations))
        return mutations

    def _plan(self, night: Night, swarm: Swarm, count: int) -> list[Mutation]:
        number = self._store.last_generation(night.id) + 1
        unknown = self._unknown_seeds(night) if number == 0 and self._settings.seeds else []
        if not all(_waits(self._markets, seed.source) for seed in unknown):
            return seed_requests(night, number, unknown)
        parents = self._parents(night, number)
        asked = self._settings.operators or tuple(swarm.operators)
        operators = tuple(name for name in asked if name not in self._settings.without)
        generation = Generation(night, number, swarm.name, operators)
        return child_requests(generation, parents, count) if parents else []

    def _unknown_seeds(self, night: Night) -> list[Seed]:
        """Seeds whose text was never stored or refused; one that is no text is only noted."""
        seeds, unreadable = read_seeds(self._seed_folder, self._settings.benchmarks)
        new = [seed for seed in unreadable if seed not in self._noted]
        if new:
            events = (Event("seed_unreadable", seed.name, {"error": seed.error}) for seed in new)
            self._store.commit(Effects(events=tuple(events)))
            self._noted.update(new)
        return [seed for seed in seeds if not _known(self._store, seed.source, night)]

    def _parents(self, night: Night, generation: int) -> Sequence[Genome]:
        """Elites of the night's settings; before there are any, the oldest genomes stored."""
        if self._settings.choice == "random":
            return self._any_parents(night, generation)
        found = self._store.elites(night.settings_hash, night.id)
        elites = [elite for elite in found if not _is_quarantined(elite)]
        rng = generation_rng(night, generation)
        if elites:
            chosen = choose_parents(elites, self._settings.parents, rng)
            return [elite.genome for elite in chosen]
        return self._stored(night)[: self._settings.parents]

    def _any_parents(self, night: Night, generation: int) -> Sequence[Genome]:
        """As many different genomes as there are parents, each as likely as any other."""
        stored = self._stored(night)
        rng, count = generation_rng(night, generation), min(self._settings.parents, len(stored))
        return [stored[place] for place in rng.choice(len(stored), count, replace=False)]

    def _stored(self, night: Night) -> Sequence[Genome]:
        """Those that may be parents, the oldest first."""
        stored = sorted(self._store.genomes(night=night.id), key=lambda genome: genome.number)
        return [genome for genome in stored if genome.stage not in NO_PARENTS]

    async def _submit(self, mutations: Sequence[Mutation]) -> int:
        """Hands the requests over; a swarm that fails is asked again when answers are collected."""
        swarm = self._swarms[mutations[0].swarm]
        try:
            handle = await swarm.submit(mutations)
        except Exception as error:  # the border to a stranger's code
            event = Event("swarm_failed", swarm.name, {"step": "submit", "error": str(error)})
            await in_thread(self._store.commit, Effects(events=(event,)))
            return 1
        if handle:
            known = tuple(replace(mutation, handle=handle) for mutation in mutations)
            await in_thread(self._store.commit, Effects(mutations=known))
        return 0

    def _cloud(self) -> Swarm | None:
        """The second swarm, None where there is none or it cannot be asked now."""
        if not self._settings.cloud:
            return None
        swarm = self._named("cloud", self._settings.cloud)
        return None if isinstance(swarm, Keyed) and swarm.unready() else swarm

    def _named(self, key: str, name: str) -> Swarm:
        if name not in self._swarms:
            hint = did_you_mean(name, self._swarms) or f"known: {', '.join(sorted(self._swarms))}"
            raise ConfigError(f"recruiter.{key}", f'no swarm named "{name}" is loaded', hint)
        return self._swarms[name]

    def _swarm(self) -> Swarm:
        name, settings = self._settings.swarm, self._settings
        swarm = self._named("swarm", name)
        for key, named in (("operators", settings.operators), ("without", settings.without)):
            for operator in named:
                if operator not in swarm.operators:
                    hint = did_you_mean(operator, swarm.operators)
                    raise ConfigError(f"recruiter.{key}", f'{name} has no "{operator}"', hint)
        if not set(settings.operators or swarm.operators) - set(settings.without):
            raise ConfigError(
                "recruiter.without",
                "expected an operator to be left, none is; take one out of the list",
            )
        return swarm


def deficit(waiting: int, target: int, trials_left: int) -> int:
    """Requests to make: up to the target, and not many more than trials can still be run."""
    if trials_left <= 0:
        return 0
    return max(0, min(target - waiting, 2 * trials_left + 8))


def requested(mutations: Sequence[Mutation]) -> Effects:
    """Requests, one job for each, and the line of the journal."""
    first = mutations[0]
    detail = {"swarm": first.swarm, "requests": len(mutations), "night": first.night}
    return Effects(
        mutations=tuple(mutations),
        jobs=tuple(NewJob("mutate", m.id, {"swarm": m.swarm}, m.night) for m in mutations),
        events=(Event("generation", f"{first.night}/{first.generation}", detail),),
    )


def _is_quarantined(elite: Elite) -> bool:
    """A suspected look-ahead, or one that the owner put away, breeds nothing."""
    found = elite.trial.evaluation
    return elite.genome.stage in NO_PARENTS or (found is not None and LEAK in found.flags)


def _waits(markets: Markets, source: str) -> bool:
    try:
        return bool(without_data(markets, gate.check(source).manifest))
    except GenomeRefused:
        return False


def _known(store: Store, source: str, night: Night) -> bool:
    try:
        return store.known(gate.check(source).hash, night.id)
    except GenomeRefused:
        return False
