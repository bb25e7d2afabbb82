"""One whole campaign on a made-up world, or on real bars up to a day, in a folder of its own.

Nothing is simplified: lake, gate, sandbox, store, shifts, ladder and sealed data are those of every
night, under the owner's settings. Only what a campaign does not need (sources, briefing) is left
out, the search begins with seeds of daily bars alone, and the folder is gone afterwards.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from daemon.config import Loaded
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.records import Genome, Night, Origin, Trial
from daemon.domain.genome import gate
from daemon.domain.genome.source import decoded
from daemon.domain.market.bars import Market
from daemon.errors import GenomeRefused
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request
from daemon.settings import FrictionTable, Settings
from daemon.supervisor.bootstrap import Runtime, runtime
from daemon.supervisor.campaign import planned
from daemon.supervisor.measured.past import PastSource
from daemon.supervisor.measured.world import WorldSource
from daemon.supervisor.night import Crew, Watcher, breed
from daemon.supervisor.places import open_lake, seed_folder

PLUGINS: Final = (
    "plugins.splice",
    "plugins.recruiter",
    "plugins.harvester",
    "plugins.executor",
)


_OTHER_BARS: Final = "timeframe"
"""The operator that moves a child to other bars, of which there are none here."""

Enough = Callable[[Runtime, Night], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. seeds: texts by name that are handed in. shipped: beside the shipped ones.

    tables: settings of plugins and core tables over the owner's, by table.
    """

    market: Market
    seed: int
    evaluations: int
    seeds: Mapping[str, str] = field(default_factory=dict)
    shipped: bool = True
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What came of it, and the campaign itself while its folder is there."""

    started: Runtime
    night: Night
    trials: Sequence[Trial]
    genomes: Sequence[Genome]
    dossiers: Sequence[Dossier]

    @property
    def graduates(self) -> tuple[str, ...]:
        """Hashes of the genomes that passed every check from D0 to D2."""
        return tuple(each.genome for each in self.dossiers if each.taken)


@asynccontextmanager
async def campaign(
    loaded: Loaded,
    plan: Plan,
    watch: Watcher = lambda name, report: None,
    enough: Enough | None = None,
) -> AsyncIterator[Campaign]:
    """Breeds until the evaluations are done, proves the finalists, and shows what came of it.

    enough: asked after each round whether to end there.
    """
    with tempfile.TemporaryDirectory(prefix="nightshift-campaign-") as folder:
        own = _arranged(loaded, plan, Path(folder))
        lake = open_lake(own)
        ingest(lake, _source(plan.market, lake), Request("day"))
        async with runtime(own) as started:
            asked = own.settings.night
            night = started.store.open_night(planned(started, asked), 0)
            store = started.store
            crew = Crew(started.shifts, store, started.bench.clock, watch)
            if enough is None:
                await breed(night, crew, 0.0)
            else:
                await breed(night, crew, 0.0, partial(enough, started, night))
            await crew.work(started.prover.name, night)
            trials = [t for t in store.trials(night.id) if t.origin is Origin.NIGHT]
            yield Campaign(started, night, trials, store.genomes(), store.proofs.dossiers(night.id))


def _source(market: Market, lake: Lake) -> WorldSource | PastSource:
    return WorldSource(market, lake.sessions) if market.simulated else PastSource(market)


def _arranged(loaded: Loaded, plan: Plan, folder: Path) -> Loaded:
    """The owner's configuration with a folder, a lake and seeds of its own."""
    seeds, cache = folder / "genomes" / "seeds", folder / "state" / "cache"
    seeds.mkdir(parents=True)
    cache.mkdir(parents=True)
    for table in (loaded.state / "cache").glob("sessions-*.npy"):  # slow to make
        shutil.copy(table, cache)
    for name, text in plan.seeds.items():
        (seeds / f"{name}.py").write_text(text, encoding="utf-8")
    shipped = sorted(seed_folder(loaded).glob("*.py")) if plan.shipped else []
    for file in shipped:
        if _is_daily(file.read_bytes()):
            shutil.copy(file, seeds)
    core = loaded.settings
    settings = core.model_copy(
        update={
            "daemon": core.daemon.model_copy(update={"state": folder / "state"}),
            "plugins": core.plugins.model_copy(update={"load": PLUGINS}),
            "lake": core.lake.model_copy(update={"path": None}),
            "market": core.market.model_copy(
                update={
                    "source": "simulated" if plan.market.simulated else "lake",
                    "start": None,
                    "end": None,
                }
            ),
            "night": core.night.model_copy(
                update={"seed": plan.seed, "evaluations": plan.evaluations, "recheck": 0}
            ),
            "universes": {**core.universes, "default": ()},
            "friction": _without_fees(core) if plan.market.simulated else core.friction,
            **{
                name: getattr(core, name).model_copy(update=dict(table))
                for name, table in plan.tables.items()
                if hasattr(core, name)
            },
        }
    )
    given = {name: dict(table) for name, table in plan.tables.items()}
    given["recruiter"] = given.get("recruiter", {}) | _daily(loaded.tables.get("recruiter", {}))
    tables = {n: {**loaded.tables.get(n, {}), **given.get(n, {})} for n in _plugin_names()}
    return replace(loaded, settings=settings, tables=tables, path=folder / "daemon.toml")


def _daily(recruiter: Mapping[str, Any]) -> dict[str, list[str]]:
    """The owner's choice of operators without the one that needs other bars."""
    without = [*recruiter.get("without", ()), _OTHER_BARS]
    return {
        "operators": [name for name in recruiter.get("operators", ()) if name != _OTHER_BARS],
        "without": list(dict.fromkeys(without)),
    }


def _without_fees(core: Settings) -> dict[str, FrictionTable]:
    """The profile of the nights without fees by law: a made-up market has no regulator, and dates
    without a known rate would keep every finalist back."""
    name = core.evaluation.friction
    own = core.friction.get(name, FrictionTable())
    return {**core.friction, name: own.model_copy(update={"regulatory_fees": False})}


def _plugin_names() -> tuple[str, ...]:
    return tuple(module.rpartition(".")[2] for module in PLUGINS)


def _is_daily(text: bytes) -> bool:
    try:
        manifest = gate.remembered(decoded(text)).manifest
    except GenomeRefused:
        return False
    return manifest.timeframe == "1d" and not manifest.universe
