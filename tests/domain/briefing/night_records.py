"""A seeded night as the store would return it: genomes, trials and lessons."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from daemon.domain.briefing.compose import NightRecords, compose
from daemon.domain.briefing.document import Briefing
from daemon.domain.briefing.luck import past_trial
from daemon.domain.evolution.evaluation import Block, Descriptors, Evaluation
from daemon.domain.evolution.records import Genome, Lesson, Night, Origin, Stage, Trial
from daemon.domain.stats.metrics import Metrics

STARTED = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
FIRST_DAY, LAST_DAY = 16_437, 19_358  # 2015-01-02 to 2023-01-01
SESSIONS = 2014
OPERATORS = ("jitter", "window", "gate", "cross_subtree")
IDEAS = (
    ("rsi_pullback", "Buy short-term weakness while the long trend is up."),
    ("trend_scaled", "Follow the trend with less money when the market is nervous."),
    ("opening_range", "Buy a break above the first half hour and leave at the close."),
    ("bollinger_reversion", "Sell what ran too far above its average and wait for its return."),
)
SOURCE = '''"""{idea}"""

TIMEFRAME = "1d"
PARAMS = {{"rsi": {rsi}, "trend": {trend}, "enter": 10.0}}


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, p["trend"])
    weak = ta.rsi(bars.close, p["rsi"]) < p["enter"]
    return np.where(rising & weak, 1.0, 0.0)
'''


def night_records(
    seed: int = 7, trials: int = 60, accepted: int = 4, **health: Any
) -> NightRecords:
    """One night of `trials` trials of which the best `accepted` reached the threshold."""
    generator = np.random.default_rng(seed)
    night = Night("night-7", 7, trials, "5e" * 32, "3a" * 32, STARTED)
    market = generator.standard_t(6, SESSIONS) * 0.0085 + 0.0003
    genomes: dict[str, Genome] = {}
    ledger: list[Trial] = []
    for number in range(trials):
        genome = _genome(generator, number, list(genomes.values()))
        evaluation = _evaluation(generator, market, number)
        genomes[genome.hash] = genome
        ledger.append(_trial(night, genome, evaluation, number))
    ranked = sorted(ledger, key=lambda t: -(_selection(t) or -9.0))
    for trial in ranked[:accepted]:
        genomes[trial.genome] = replace(genomes[trial.genome], stage=Stage.SCREENED)
    health = {"facts": ["12 series of daily bars, no gap found."], "warnings": [], **health}
    return with_trials(
        NightRecords(night, (), (), genomes, _lessons(night), 9, health), tuple(ledger)
    )


def with_trials(records: NightRecords, trials: Sequence[Trial]) -> NightRecords:
    """The same night with other trials, in the ledger too."""
    past = tuple(found for trial in trials if (found := past_trial(trial)))
    return replace(records, trials=tuple(trials), ledger=past)


def briefing(**wanted: Any) -> Briefing:
    """The document of a night made so."""
    return compose(night_records(**wanted), 5)


def changed(trial: Trial, **values: Any) -> Trial:
    """A priced trial with another evaluation."""
    assert trial.evaluation is not None
    return replace(trial, evaluation=replace(trial.evaluation, **values))


def _selection(trial: Trial) -> float | None:
    return None if trial.evaluation is None else trial.evaluation.selection


def _genome(generator: np.random.Generator, number: int, born: list[Genome]) -> Genome:
    name, idea = IDEAS[number % len(IDEAS)]
    rsi, trend = int(generator.integers(2, 20)), int(generator.integers(20, 250))
    source = SOURCE.format(idea=idea, rsi=rsi, trend=trend)
    parents = (born[int(generator.integers(len(born)))].hash,) if number >= len(IDEAS) else ()
    return Genome(
        hash=hashlib.sha256(f"{number} {source}".encode()).hexdigest(),
        source=source,
        name=name if number < len(IDEAS) else f"{name}_{number}",
        idea=idea,
        timeframe="1d",
        universe="",
        operator=OPERATORS[number % len(OPERATORS)] if parents else "seed",
        parents=parents,
        behaviour=f"behaviour-{number}",
        nodes=60,
        stage=Stage.FAILED,
        night="night-7",
        number=number + 1,
    )


def _trial(night: Night, genome: Genome, evaluation: Evaluation, number: int) -> Trial:
    broken = number % 23 == 22
    return Trial(
        genome=genome.hash,
        night=night.id,
        origin=Origin.NIGHT,
        params={"rsi": 2, "trend": 200, "enter": 10.0},
        settings_hash=night.settings_hash,
        sandbox="A",
        evaluation=None if broken else evaluation,
        failure="the child ran out of memory" if broken else "",
        number=number + 1,
        at=STARTED + timedelta(seconds=2 * number),
    )


def _evaluation(generator: np.random.Generator, market: np.ndarray, number: int) -> Evaluation:
    skill = generator.normal(0.0001, 0.0003)
    returns = 0.35 * market + generator.standard_t(5, SESSIONS) * 0.004 + skill
    metrics = metrics_of(returns, trades=int(generator.integers(5, 900)))
    refused = metrics.trades < 60
    sharpe = metrics.sharpe or 0.0
    return Evaluation(
        market_hash="3a" * 32,
        positions_hash=f"{number:064x}",
        friction="retail",
        friction_hash="7f" * 32,
        timeframe="1d",
        symbols=tuple(f"S{k:02d}" for k in range(12)),
        first_date=FIRST_DAY,
        last_date=LAST_DAY,
        bars=SESSIONS,
        metrics=metrics,
        blocks=_blocks(generator, sharpe, refused),
        fitness=None if refused else sharpe * 0.8,
        fitness_refusal="too_few_trades" if refused else "",
        selection=None if refused else sharpe * 0.6,
        descriptors=Descriptors(
            float(generator.uniform(2, 90)), 0.4, 0.35, 1.0 + 5 * generator.random()
        ),
        session_returns=returns,
        market_returns=market,
        trade_hash=f"{number:064x}",
        simulated=True,
    )


def metrics_of(returns: np.ndarray, trades: int, capital: float = 100_000.0) -> Metrics:
    """Figures that agree with a path of session returns."""
    equity = np.cumprod(1 + returns)
    total = float(equity[-1] - 1)
    years = len(returns) / 252
    return Metrics(
        total_return=total,
        cagr=(1 + total) ** (1 / years) - 1,
        sharpe=float(returns.mean() / returns.std(ddof=1) * 252**0.5),
        sortino=1.9,
        convexity=1.02,
        max_drawdown=float((equity / np.maximum.accumulate(equity) - 1).min()),
        calmar=0.7,
        volatility=float(returns.std(ddof=1) * 252**0.5),
        exposure=0.37,
        turnover=22.0,
        trades=trades,
        win_rate=0.58,
        profit_factor=1.4,
        expectancy=41.0,
        sqn=2.2,
        fees=2.5 * trades,
        final_equity=capital * (1 + total),
        ambiguous_share=0.0,
    )


def _blocks(generator: np.random.Generator, sharpe: float, refused: bool) -> tuple[Block, ...]:
    cuts = np.linspace(0, SESSIONS, 7).astype(int)
    blocks = []
    for start, stop in pairwise(cuts):
        value = None if refused else float(sharpe * 0.8 + generator.normal(0, 0.5))
        code = "too_few_trades" if refused else ""
        blocks.append(Block(int(start), int(stop) - 1, value, value, code))
    return tuple(blocks)


def _lessons(night: Night) -> tuple[Lesson, ...]:
    kinds = [
        ("duplicate_behaviour", 41, "trades like an earlier genome on the probe market"),
        ("duplicate_text", 17, "the canonical text was seen before"),
        ("unknown_name", 3, 'the name "__import__" is not in the vocabulary'),
        ("lookahead_future", 2, "positions before bar 700 changed when the future was replaced"),
    ]
    return tuple(
        Lesson(f"{code}-{k}", night.id, OPERATORS[k % 4], (), "", code, k % 9, message)
        for code, count, message in kinds
        for k in range(count)
    )
