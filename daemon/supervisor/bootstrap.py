"""The composition root: the only place where real things are chosen and put together."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from loguru import logger

from daemon.config import Loaded
from daemon.domain.evolution.budget import Stake
from daemon.domain.evolution.dossier import Standing
from daemon.domain.evolution.evaluation import EvaluationRules
from daemon.domain.evolution.seal import SealRules
from daemon.domain.market.supply import SourceOrder
from daemon.domain.stats.splits import BlockRules
from daemon.lake.lake import Lake
from daemon.plugin.host import Host
from daemon.plugin.manager import Plugins, Registry
from daemon.plugin.roles import Shift
from daemon.sandbox.layers import NONE_OFF, PLATFORM, Level, Off
from daemon.sandbox.pool import Limits, Pool
from daemon.settings import SandboxTable, Settings
from daemon.store.store import SqlStore
from daemon.supervisor.clock import SystemClock
from daemon.supervisor.configured import checked_plugins
from daemon.supervisor.evaluations import Evaluations, LocalExecutor
from daemon.supervisor.markets import LakeMarkets
from daemon.supervisor.measured.nightly import NightlyTribunal
from daemon.supervisor.outlook import LakeOutlook
from daemon.supervisor.places import open_lake, open_store, rehearsing, seed_folder
from daemon.supervisor.profiles import frictions
from daemon.supervisor.provenance import settings_document
from daemon.supervisor.proving.gather import Gatherer, Ledger, LooksBefore
from daemon.supervisor.proving.prover import Prover, Rules, Sight
from daemon.supervisor.secrets import plain_values_for, secrets_for
from daemon.supervisor.supplying import LakeSupply

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Workbench:
    """What one backtest needs: the lake's markets, the sandbox, and the engine behind a door."""

    loaded: Loaded
    clock: SystemClock
    lake: Lake
    markets: LakeMarkets
    sandbox: Pool
    evaluations: Evaluations
    rehearsal: bool


@dataclass(frozen=True)
class Runtime:
    """Everything a night or the daemon needs, started."""

    bench: Workbench
    store: SqlStore
    plugins: Plugins
    registry: Registry
    prover: Prover
    tribunal: NightlyTribunal

    @property
    def loaded(self) -> Loaded:
        """The configuration it was started with."""
        return self.bench.loaded

    @property
    def shifts(self) -> dict[str, Shift]:
        """Those of the plugins, and the two that no plugin may replace."""
        own: tuple[Shift, ...] = (self.prover, self.tribunal)
        return {**self.registry.shifts, **{shift.name: shift for shift in own}}


@asynccontextmanager
async def workbench(loaded: Loaded, order: SourceOrder | None = None) -> AsyncIterator[Workbench]:
    """Starts the sandbox over the configured lake; stops every worker on the way out."""
    settings, clock = loaded.settings, SystemClock()
    lake = open_lake(loaded, order)
    rehearsal = rehearsing(loaded, lake)
    markets = LakeMarkets(
        lake, settings.market, settings.universes, clock.now(), rehearsal, _seal(settings)
    )
    async with sandbox_of(loaded) as sandbox:
        evaluations = Evaluations(
            sandbox, frictions(settings), _rules(settings), settings.evaluation
        )
        yield Workbench(loaded, clock, lake, markets, sandbox, evaluations, rehearsal)


@asynccontextmanager
async def sandbox_of(loaded: Loaded, off: Off = NONE_OFF) -> AsyncIterator[Pool]:
    """The worker pool of the configuration; every process it started ends with it.

    off: layers switched off, in tests only.
    """
    table = loaded.settings.sandbox
    sandbox = Pool(_slots(table), _limits(table), required_level(table), off)
    try:
        yield sandbox
    finally:
        await sandbox.close()


@asynccontextmanager
async def runtime(loaded: Loaded) -> AsyncIterator[Runtime]:
    """Everything started and every plugin registered; the caller holds the state lock."""
    plugins = checked_plugins(loaded)
    async with workbench(loaded, plugins.source_order(loaded.tables)) as bench:
        await bench.sandbox.start()
        bench.lake.tidy()
        with open_store(loaded, bench.rehearsal) as store:
            registry = register_plugins(plugins, bench, store)
            yield Runtime(
                bench,
                store,
                plugins,
                registry,
                prover_of(plugins, bench, store),
                NightlyTribunal(loaded, store),
            )


def gatherer_of(bench: Workbench, store: SqlStore, looks: LooksBefore) -> Gatherer:
    """What gathers evidence; the only one that is handed the sealed data."""
    settings = bench.loaded.settings

    def up_to(day: date) -> LakeMarkets:
        table = settings.market.model_copy(update={"end": day})
        now = bench.clock.now()
        return LakeMarkets(bench.lake, table, settings.universes, now, bench.rehearsal)

    def stake(genome: str, standing: Standing) -> Stake:
        return store.proofs.stake(genome, standing.night, standing.lifetime_error)

    return Gatherer(bench.evaluations, up_to, Ledger(looks, stake, store.commit))


def prover_of(plugins: Plugins, bench: Workbench, store: SqlStore) -> Prover:
    """What puts finalists to the tests of the ladder."""
    table = bench.loaded.settings.evidence
    settings_hash = settings_document(bench.loaded, plugins).hash
    rules = Rules(table.finalists, settings_hash, bench.sandbox.level, table.lifetime_error)
    gatherer, markets = gatherer_of(bench, store, store.proofs.looks), bench.markets
    return Prover(
        gatherer,
        bench.evaluations,
        store,
        rules,
        lambda: Sight(markets.shown_until(), markets.sealed()),
    )


def report_faults(started: Runtime) -> None:
    """Names in the log what plugins failed to register; the others work without it."""
    for fault in started.registry.faults:
        logger.bind(step="plugins").error("{}", fault)


def register_plugins(plugins: Plugins, bench: Workbench, store: SqlStore) -> Registry:
    """Gives every plugin its host; the dictionaries in it fill up as plugins register."""
    loaded, registry = bench.loaded, Registry()

    slots = _slots(loaded.settings.sandbox)
    executor = LocalExecutor(bench.evaluations, bench.markets, slots)
    keep = loaded.settings.lake.retention.model_dump()
    quality = loaded.settings.quality
    supply = LakeSupply(bench.lake, registry.sources, store, bench.clock, keep, quality)
    outlook = LakeOutlook(bench.lake, registry.sources, store, bench.clock)
    settings_hash = settings_document(loaded, plugins).hash
    timeouts = since_last_asked(lambda: bench.sandbox.retried_timeouts)

    def host_of(name: str) -> Host:
        return Host(
            plugin=name,
            clock=bench.clock,
            store=store,
            books=store.books,
            markets=bench.markets,
            supply=supply,
            outlook=outlook,
            sandbox=bench.sandbox,
            evaluations=executor,
            seed_folder=seed_folder(loaded),
            briefings=loaded.state / "briefings",
            raw_settings=loaded.tables.get(name, {}),
            secrets=secrets_for(plugins.secret_names(name), loaded.folder),
            environment=plain_values_for(plugins.environment_names(name), loaded.folder),
            folder=loaded.state / "plugins" / name,
            swarms=registry.swarms,
            executors=registry.executors,
            messengers=registry.messengers,
            settings_hash=settings_hash,
            render=plugins.render_briefing,
            retried_timeouts=timeouts,
        )

    registry.executors[executor.name] = executor
    plugins.register(host_of, registry)
    if bench.rehearsal and "simulated" in registry.sources:
        source = registry.sources["simulated"]
        bench.markets.announcement = getattr(source, "announcement", "")
    return registry


def since_last_asked(total: Callable[[], int]) -> Callable[[], int]:
    """How much a total grew since the last call; every host shares one such count."""
    told = total()

    def grown() -> int:
        nonlocal told
        before, told = told, total()
        return told - before

    return grown


def required_level(table: SandboxTable) -> Level:
    """The level that has to be proved; "auto" is the strongest that the system can have."""
    if table.level != "auto":
        return Level(table.level)
    return Level.B if PLATFORM == "darwin" else Level.A


def _slots(table: SandboxTable) -> int:
    return table.slots or os.cpu_count() or 1


def _limits(table: SandboxTable) -> Limits:
    return Limits(
        cpu_s=table.cpu_seconds,
        wall_s=table.deadline_seconds,
        memory_bytes=table.memory_mb * MEGABYTE,
    )


def _seal(settings: Settings) -> SealRules | None:
    table = settings.evidence
    if not table.sealed_share or not table.sealed_sessions:
        return None
    return SealRules(table.sealed_share, table.sealed_sessions, table.open_sessions)


def _rules(settings: Settings) -> EvaluationRules:
    table = settings.evaluation
    blocks = BlockRules(table.blocks, table.minimum_blocks, table.block_sessions)
    return EvaluationRules(
        blocks=blocks, min_trades=table.minimum_trades, min_exposure=table.minimum_exposure
    )
