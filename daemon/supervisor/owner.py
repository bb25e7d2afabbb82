"""Backtests and sweeps that the owner starts by hand: the nights' own path, recorded as his."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from loguru import logger

from daemon.config import Loaded
from daemon.domain.engine.simulate import ENGINE_VERSION
from daemon.domain.evolution.lineage import Cost
from daemon.domain.evolution.records import Effects, Genome, Origin, Stage, Trial
from daemon.domain.evolution.tiers import Tier
from daemon.domain.genome import gate
from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import TIMEFRAMES, Market
from daemon.errors import GenomeRefused, MissingError, UsageError, did_you_mean
from daemon.lake.reader import calendar_date
from daemon.plugin.security import attack_in, quarantine
from daemon.sandbox.meter import metered
from daemon.store.store import SqlStore
from daemon.supervisor.bootstrap import Workbench, workbench
from daemon.supervisor.configured import checked_plugins
from daemon.supervisor.evaluations import Backtest, Terms, bind
from daemon.supervisor.failed import Failed, Outcome, succeeded
from daemon.supervisor.markets import NO_DATA
from daemon.supervisor.owner_report import report_run
from daemon.supervisor.places import database_path, open_store
from daemon.supervisor.provenance import settings_document
from daemon.supervisor.report import write_report

UNMEASURED = Cost()


@dataclass(frozen=True, slots=True)
class OwnerRequest:
    """What the owner asked for; empty values mean the genome's or the configuration's.

    end: None for the last session that nights are shown; a later one reaches what is sealed.
    """

    genome: str
    symbols: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    timeframe: str = ""
    capital: float | None = None
    friction: str = ""
    params: Mapping[str, float] = field(default_factory=dict)


async def owner_backtest(
    loaded: Loaded, request: OwnerRequest, report: Path | None
) -> tuple[Backtest, float]:
    """Runs it, writes the trial and the report; gives the result and the seconds it took.

    GenomeRefused where the genome fails: in the gate, and then nothing is recorded, or once it
    runs, which is a failed trial.
    """
    gated = gate.check(read_genome(loaded, request.genome))
    params = bind(gated, request.params)
    async with workbench(loaded) as bench:
        market, skipped, behaviour = await probed_market(bench, gated, request)
        terms = owner_terms(bench, request, skipped)
        started = bench.clock.monotonic()
        with metered() as meter:
            outcome = await _tried(bench, gated, params, market, terms)
        seconds = bench.clock.monotonic() - started
        record_trials(loaded, bench, [outcome], Cost(seconds, meter.cpu_s), behaviour)
    (result,) = succeeded([outcome])
    if report is not None:
        write_report(report, [report_run(result)], loaded.text)
    tell_of_the_seal(bench, result.market)
    return result, seconds


async def _tried(
    bench: Workbench, gated: Gated, params: Mapping[str, float], market: Market, terms: Terms
) -> Outcome:
    try:
        return await bench.evaluations.backtest(
            gated.source, market, params, terms, always_prove=True
        )
    except GenomeRefused as refused:
        return Failed(gated, params, market, terms, refused.reasons)


def owner_terms(bench: Workbench, request: OwnerRequest, skipped: tuple[str, ...]) -> Terms:
    """Terms of a request; the profile of the nights where it names none."""
    name = Path(request.genome).stem
    return bench.evaluations.terms(request.friction, request.capital, skipped, name)


def read_genome(loaded: Loaded, name: str) -> bytes:
    """Bytes of a genome file, or of a stored genome by id."""
    path = Path(name)
    if path.is_file():
        return path.read_bytes()
    if path.suffix or "/" in name or not database_path(loaded).is_file():
        raise MissingError(
            f"no genome file at {name}; expected a file, or the id of a stored genome "
            "(see `nightshift genomes list`)"
        )
    with open_store(loaded, daemon=False) as store:
        return store.genome(name).source.encode()


async def probed_market(
    bench: Workbench, gated: Gated, request: OwnerRequest
) -> tuple[Market, tuple[str, ...], str]:
    """`market_for`, while the genome is probed, and the hash of its behaviour there.

    GenomeRefused with whatever the probe finds; it ran, so that is a failed trial.
    """
    probing = bench.sandbox.probe(gated.source)
    probe, found = await asyncio.gather(probing, market_for(bench, gated, request))
    if probe.reasons:
        market, skipped = found
        terms = owner_terms(bench, request, skipped)
        failed = Failed(gated, bind(gated, request.params), market, terms, probe.reasons)
        record_trials(bench.loaded, bench, [failed])
        raise GenomeRefused(probe.reasons)
    return *found, probe.behaviour


async def market_for(
    bench: Workbench, gated: Gated, request: OwnerRequest
) -> tuple[Market, tuple[str, ...]]:
    """The market of a request, and the symbols that have no data in it."""
    timeframe = request.timeframe or gated.manifest.timeframe
    if timeframe not in TIMEFRAMES:
        hint = did_you_mean(timeframe, TIMEFRAMES) or f"known: {' '.join(TIMEFRAMES)}"
        raise UsageError(f'no time frame "{timeframe}"; {hint}')
    symbols = request.symbols or bench.markets.symbols(gated.manifest.universe)
    if not symbols:
        raise MissingError(NO_DATA)
    made_up = [symbol for symbol in symbols if symbol in bench.lake.symbols(simulated=True)]
    real = [symbol for symbol in symbols if symbol in bench.lake.symbols(simulated=False)]
    if made_up and real:
        raise UsageError(
            f"{', '.join(made_up)} is made up and {', '.join(real)} is real; "
            "expected one or the other, name them with --symbols"
        )
    start, end = await asyncio.to_thread(_period, bench, request, bool(made_up))
    market, skipped = await asyncio.to_thread(
        bench.lake.market, symbols, timeframe, start, end, bench.clock.now()
    )
    if request.symbols and skipped:
        until = f" up to {end}" if end else ""
        raise MissingError(
            f"no {timeframe} data for {', '.join(skipped)}{until} in the lake {bench.loaded.lake}; "
            "bring it in with `nightshift lake ingest`, or leave the symbol out"
        )
    return market, skipped


def _period(
    bench: Workbench, request: OwnerRequest, simulated: bool
) -> tuple[date | None, date | None]:
    """First and last day of a request, the last one before the seal where it names none."""
    table = bench.loaded.settings.market
    start, end = request.start or table.start, request.end or table.end
    if start and end and start > end:
        raise UsageError(f"--start {start} lies after --end {end}; expected an earlier day")
    seal = bench.markets.sealed() if simulated == bench.rehearsal else None
    if request.end or seal is None:
        return start, end
    shown = bench.markets.shown_until()
    if start and shown < start <= calendar_date(seal.last):
        raise UsageError(
            f"--start {start} lies among the sealed sessions, which begin after {shown}; they are "
            "kept to test what nights find: say --end too to reach them, and the genome is proven "
            "no more"
        )
    return start, end if start and start > shown else shown


def record_trials(
    loaded: Loaded,
    bench: Workbench,
    outcomes: Sequence[Outcome],
    cost: Cost = UNMEASURED,
    behaviour: str = "",
) -> None:
    """Appends the trials to the ledger, marked as the owner's; a lock is not needed for that.

    All of one genome; a failed one is a trial without figures, with its reason. cost: of each.
    behaviour: of the genome on the probe market, '' where it failed there.
    """
    first = outcomes[0]
    manifest = first.gated.manifest
    genome = Genome(
        hash=first.gated.hash,
        source=first.gated.source,
        name=first.name,
        idea=manifest.idea,
        timeframe=manifest.timeframe,
        universe=manifest.universe,
        operator="owner",
        parents=(),
        behaviour=behaviour,
        nodes=first.gated.nodes,
        stage=Stage.BORN,
    )
    document = settings_document(loaded, checked_plugins(loaded))
    trials = tuple(_trial(document.hash, bench, outcome, cost) for outcome in outcomes)
    with open_store(loaded, first.market.simulated, daemon=False) as store:
        held = _quarantined(store, genome, outcomes)
        store.commit(replace(held, genomes=(genome,), trials=trials, settings=(document,)))


def tell_of_the_seal(bench: Workbench, market: Market) -> None:
    """A line in the log where a market reaches sealed sessions; for what went well otherwise."""
    if _tier(bench, market) is Tier.SEALED:
        logger.bind(step="evidence").warning(
            "this reaches sessions that are kept from the nights to test what they find; the trial "
            "is marked, and this genome is proven no more (--end {} stays before them)",
            bench.markets.shown_until(),
        )


def _quarantined(store: SqlStore, genome: Genome, outcomes: Sequence[Outcome]) -> Effects:
    """What follows where the genome attacked the sandbox, else nothing."""
    refusals = (GenomeRefused(o.reasons) for o in outcomes if isinstance(o, Failed))
    attack = next((found for refusal in refusals if (found := attack_in(refusal))), None)
    if attack is None:
        return Effects()
    known = store.known(genome.hash)
    return quarantine(store.genome(genome.hash) if known else genome, attack, "")


def _tier(bench: Workbench, market: Market) -> Tier:
    """Sealed, where the owner's market reaches into what the nights never see."""
    seal = bench.markets.sealed() if market.simulated == bench.rehearsal else None
    reaches = seal is not None and int(market.axis.session_date[-1]) >= seal.first
    return Tier.SEALED if reaches else Tier.SELECTION


def _trial(settings_hash: str, bench: Workbench, outcome: Outcome, cost: Cost) -> Trial:
    trial = Trial(
        genome=outcome.gated.hash,
        night="",
        origin=Origin.OWNER,
        params=outcome.params,
        settings_hash=settings_hash,
        sandbox=bench.sandbox.level,
        evaluation=None,
        at=bench.clock.now(),
        cost=cost,
        tier=_tier(bench, outcome.market),
    )
    if isinstance(outcome, Failed):
        friction = outcome.terms.friction
        return replace(
            trial,
            failure=outcome.failure,
            capital=outcome.terms.capital,
            engine=ENGINE_VERSION,
            market_hash=outcome.market.hash,
            friction=friction.name,
            friction_hash=friction.hash,
        )
    found = outcome.evaluation
    return replace(trial, evaluation=found, capital=found.capital, engine=found.engine)
