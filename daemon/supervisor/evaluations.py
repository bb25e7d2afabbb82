"""One evaluation from text to figures: child, positions, engine, metrics, judgement.

The one path of `backtest`, `sweep` and every night; nothing else prices a genome.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from daemon.domain.engine.causality import ON_THE_MARKET, PRICE_LEVELS, Occasion
from daemon.domain.engine.positions import Positions
from daemon.domain.engine.simulate import simulate
from daemon.domain.engine.simulation import Simulation, Sizing
from daemon.domain.evolution.evaluation import Evaluation, EvaluationRules, evaluate
from daemon.domain.genome import gate
from daemon.domain.genome.contract import Number, Parameter
from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import Floats, Market
from daemon.domain.stats.benchmark import session_view
from daemon.domain.trading.friction import Friction
from daemon.errors import GenomeRefused, Reason, UsageError, did_you_mean
from daemon.plugin.host import Markets, Sandbox
from daemon.plugin.roles import EvaluationTask
from daemon.sandbox.meter import metered, spend
from daemon.settings import EvaluationTable

FLIGHTS: Final = 2
"""Evaluations a slot that are kept for their proof, which mostly follows at once."""
OTHERWISE: Final = Reason(
    "nondeterministic", 0, ON_THE_MARKET + "the same bars gave other positions when it ran again"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a genome is priced. capital: dollars. skipped: symbols without data."""

    friction: Friction
    capital: float
    skipped: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Backtest:
    """One backtest whole: what was asked, on which market, the ledger, and the judgement."""

    name: str
    gated: Gated
    params: Mapping[str, float]
    market: Market
    simulation: Simulation
    evaluation: Evaluation

    def by_session(self) -> Backtest:
        """The same with one value of equity a session: a thousandth of the memory."""
        equity = self.simulation.equity[session_view(self.market).ends]
        return replace(self, simulation=replace(self.simulation, equity=equity))

    def session_equity(self) -> Floats:
        """float64 (S,): dollars at the close of each session."""
        ends, equity = session_view(self.market).ends, self.simulation.equity
        return equity if len(equity) == len(ends) else equity[ends]


class Evaluations:
    """Runs genomes in the sandbox and prices their positions here."""

    def __init__(
        self,
        sandbox: Sandbox,
        frictions: Mapping[str, Friction],
        rules: EvaluationRules,
        table: EvaluationTable,
    ) -> None:
        self._sandbox = sandbox
        self._frictions = frictions
        self._rules = rules
        self._capital = table.capital
        self._default = table.friction

    def terms(
        self,
        friction: str,
        capital: float | None = None,
        skipped: tuple[str, ...] = (),
        name: str = "",
    ) -> Terms:
        """Terms with a friction profile by name ("": of the nights); UsageError if unknown."""
        known, friction = self._frictions, friction or self._default
        if friction not in known:
            hint = did_you_mean(friction, known) or f"known: {', '.join(known)}"
            raise UsageError(f'no friction profile "{friction}" in daemon.toml; {hint}')
        money = self._capital if capital is None else capital
        return Terms(known[friction], money, skipped, name)

    async def backtest(
        self,
        source: str,
        market: Market,
        params: Mapping[str, float],
        terms: Terms,
        always_prove: bool = False,
    ) -> Backtest:
        """Positions from a child, priced on the raw market, and proved there where that is asked.

        GenomeRefused where the genome is at fault.
        """
        found, positions = await self.answered(source, market, params, terms)
        return await self.proved(found, positions) if always_prove else found

    async def answered(
        self, source: str, market: Market, params: Mapping[str, float], terms: Terms
    ) -> tuple[Backtest, Positions]:
        """A backtest, and the positions that it priced."""
        gated = gate.remembered(source)
        bound = bind(gated, params)
        positions = await self._sandbox.positions(source, market, bound)
        found = await asyncio.to_thread(self.price, gated, bound, market, positions, terms)
        return found, positions

    async def proved(
        self,
        found: Backtest,
        positions: Positions | None = None,
        seed: int = 0,
        occasion: Occasion = "graduation",
    ) -> Backtest:
        """The same, with what the proof of its positions noted among its flags.

        positions: those of the backtest, None where they are gone and it has to run again.
        GenomeRefused where it looks ahead on this very market, or answers otherwise this time.
        """
        gated, market, evaluation = found.gated, found.market, found.evaluation
        if positions is None:
            positions = await self._sandbox.positions(gated.source, market, found.params)
        if positions.hash != evaluation.positions_hash:
            raise GenomeRefused([OTHERWISE])
        asked = gated.source, market, found.params, positions, seed, occasion
        shown = await self._sandbox.prove(*asked)
        if shown.reasons:
            raise GenomeRefused(
                [replace(r, message=ON_THE_MARKET + r.message) for r in shown.reasons]
            )
        flags = (*evaluation.flags, *shown.flags)
        return replace(found, evaluation=replace(evaluation, flags=flags))

    def begun_at(self, bar: int, found: Backtest, positions: Positions, terms: Terms) -> Backtest:
        """The same positions on an account that begins with that bar, as every account does: flat.

        The genome saw all bars; nothing that was opened before earns here. What a proof noted of
        the backtest stays among the flags.
        """
        market = found.market.part(bar, len(found.market.axis))
        begun = self.price(found.gated, found.params, market, positions.since(bar), terms)
        noted = {PRICE_LEVELS} & set(found.evaluation.flags)
        flags = (*begun.evaluation.flags, *noted)
        return replace(begun, evaluation=replace(begun.evaluation, flags=flags))

    def price(
        self,
        gated: Gated,
        params: Mapping[str, float],
        market: Market,
        positions: Positions,
        terms: Terms,
    ) -> Backtest:
        """Simulates and judges positions that a child answered."""
        began = time.thread_time()
        sizing: Sizing = "slot" if gated.manifest.kind == "signal" else "weights"
        simulation = simulate(
            market, positions, sizing, gated.manifest.exits, terms.friction, terms.capital
        )
        evaluation = evaluate(
            market,
            simulation,
            terms.friction,
            positions.hash,
            gated.nodes,
            self._rules,
            terms.skipped,
        )
        spend(time.thread_time() - began)
        return Backtest(terms.name, gated, params, market, simulation, evaluation)


_Asked = tuple[str, str, tuple[tuple[str, float], ...], str]
"""Source, hash of the market, parameters and friction of an evaluation."""


class LocalExecutor:
    """The executor on this machine: evaluations on the configured markets.

    The last few are kept, so that what is asked for again with a proof is not priced again.
    """

    name = "local"

    def __init__(self, evaluations: Evaluations, markets: Markets, slots: int) -> None:
        self._evaluations = evaluations
        self._markets = markets
        self.slots = slots
        self._recent: OrderedDict[_Asked, tuple[Backtest, Positions]] = OrderedDict()

    async def evaluate(self, task: EvaluationTask) -> Evaluation:
        """The evaluation alone; GenomeRefused where the genome is at fault, or peeks where that was
        asked about.
        """
        with metered() as meter:
            found = await self._evaluated(task)
        return replace(found, cpu_s=meter.cpu_s)

    async def _evaluated(self, task: EvaluationTask) -> Evaluation:
        market = await asyncio.to_thread(self._markets.market, task.timeframe, task.universe)
        skipped = self._markets.skipped(task.timeframe, task.universe)
        terms = self._evaluations.terms(task.friction, skipped=skipped)
        asked = (task.source, market.hash, tuple(sorted(task.params.items())), task.friction)
        answered = self._recent.pop(asked, None)
        if answered is None:
            answered = await self._evaluations.answered(task.source, market, task.params, terms)
        found, positions = answered
        if task.proof is not None:
            proving = self._evaluations.proved(found, positions, task.seed, task.proof)
            return (await proving).evaluation
        self._recent[asked] = answered
        while len(self._recent) > FLIGHTS * self.slots:
            self._recent.popitem(last=False)
        return found.evaluation


def bind(gated: Gated, params: Mapping[str, float]) -> dict[str, float]:
    """The genome's parameters with the given ones, whole numbers as int.

    GenomeRefused for one it does not have, and for a value that the genome does not allow.
    """
    declared = {parameter.name: parameter for parameter in gated.manifest.params}
    given = {n: fitted(declared[n], v) if n in declared else v for n, v in params.items()}
    try:
        return gated.manifest.bound(given)
    except KeyError as error:
        name = str(error.args[0])
        known = [p.name for p in gated.manifest.params]
        hint = did_you_mean(name, known) or f"it has: {', '.join(known) or 'none'}"
        raise GenomeRefused(
            [Reason("unknown_parameter", 0, f'the genome has no parameter "{name}"; {hint}')]
        ) from error


def fitted(parameter: Parameter, value: Number) -> Number:
    """The value, as int where the genome declares whole numbers; GenomeRefused where it cannot be.

    A parameter with a default alone has no range; its default still says if it is whole.
    """
    low, high, choices = parameter.low, parameter.high, parameter.choices
    bounds = [bound for bound in (low, high) if bound is not None]
    whole = all(isinstance(number, int) for number in (parameter.default, *bounds, *choices))
    within = value in choices if choices else not bounds or bounds[0] <= value <= bounds[-1]
    if within and math.isfinite(value) and not (whole and value != int(value)):
        return int(value) if whole else value
    allowed = "a whole number" if whole else "a number"
    if choices:
        allowed = f"one of {', '.join(f'{choice:g}' for choice in choices)}"
    elif bounds:
        allowed += f" from {low:g} to {high:g}"
    message = f'the parameter "{parameter.name}" cannot be {value:g}; expected {allowed}'
    raise GenomeRefused([Reason("parameter_out_of_range", 0, message)])
