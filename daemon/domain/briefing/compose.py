"""From the records of a night to its briefing; every figure is derived from what the store gave.

`compose` in steps: 1 `_standings` takes the best trial of each genome, 2 the passed and the near
misses become strategies, 3 `learnt` says what the night taught, 4 the rest is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from daemon.domain.briefing.document import (
    Benchmark,
    Briefing,
    Clock,
    Luck,
    Ran,
    Recipe,
    Strategy,
)
from daemon.domain.briefing.families import family_sentence
from daemon.domain.briefing.learnt import learnt_sentences, operator_scores
from daemon.domain.briefing.luck import (
    PastTrial,
    is_beyond_luck,
    is_evidence,
    is_finite,
    is_suspect,
    luck_of,
)
from daemon.domain.briefing.market import market_state, simulation_words, used_markets
from daemon.domain.briefing.names import refusal_name
from daemon.domain.briefing.strategy import benchmark_of, strategy_of, weak_blocks
from daemon.domain.briefing.tallies import lesson_tallies, trial_tallies
from daemon.domain.briefing.wording import (
    capitalised,
    counted,
    listed,
    percent,
    plain,
    ratio,
    spelled,
)
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Event, Genome, Lesson, Night, Origin, Stage, Trial

NEAR_MISSES: Final = 3
ALIKE: Final = 0.9
"""Strategies whose returns correlate more than this are one idea; the best of them is shown."""

_SUSPECTS: Final = 5
_DIGITS: Final = 4
_PASSED: Final = frozenset(Stage) - {
    Stage.BORN,
    Stage.GATED,
    Stage.FAILED,
    Stage.REJECTED,
    Stage.RETIRED,
}


@dataclass(frozen=True, slots=True)
class NightRecords:
    """What the store and the lake answered.

    trials: of the night, in order. ledger: every priced trial up to the night's last one, in
    short. genomes: by hash, the ancestors of the night's genomes among them. lessons: of the night.
    health: `Markets.health`.
    """

    night: Night
    trials: Sequence[Trial]
    ledger: Sequence[PastTrial]
    genomes: Mapping[str, Genome]
    lessons: Sequence[Lesson]
    generations: int
    health: Mapping[str, Any]
    attacks: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A genome of the night with the best of its trials."""

    genome: Genome
    trial: Trial
    evaluation: Evaluation

    @property
    def passed(self) -> bool:
        """True if it reached the threshold."""
        return self.genome.stage in _PASSED

    @property
    def rank(self) -> tuple[float, float, str]:
        """Sorts the best first, those without a fitness last."""
        lowest = float("-inf")
        selection, sharpe = self.evaluation.selection, self.evaluation.metrics.sharpe
        return (
            -(lowest if selection is None else selection),
            -(lowest if sharpe is None else sharpe),
            self.genome.hash,
        )


def compose(records: NightRecords, top: int) -> Briefing:
    """The briefing with at most `top` strategies."""
    own = records.trials
    every = _standings(own, records.genomes)
    suspects = [s for s in every if is_suspect(s.evaluation)]
    standings = [s for s in every if not is_suspect(s.evaluation)]
    passed = [s for s in standings if s.passed]
    chosen = [_shown(s, records.genomes) for s in _diverse(passed, top)]
    misses = (
        [] if passed else [_shown(s, records.genomes) for s in _diverse(standings, NEAR_MISSES)]
    )
    luck = luck_of(records.ledger)
    sharpes = _sharpes(own)
    family = family_sentence([s.genome for s in passed], records.genomes)
    longest = max((s.evaluation for s in every), key=_breadth, default=None)
    benchmark = None if longest is None else benchmark_of(longest.market_returns)
    operators = operator_scores(_first_trials(records), records.ledger, records.genomes)
    ran = _ran(records, len(passed), len(suspects))
    return Briefing(
        night=records.night.id,
        headline=_headline(ran, chosen, _doubt(passed, luck)),
        summary=(
            *_summary(ran, chosen or misses, benchmark, luck, sharpes),
            *([family] if family else []),
        ),
        simulation=simulation_words(own, records.health),
        ran=ran,
        decisions=(*_attacked(records.attacks), *_decisions(suspects)),
        learnt=learnt_sentences(luck, operators, benchmark, [s.evaluation for s in standings]),
        luck=luck,
        benchmark=benchmark,
        sharpes=sharpes,
        operators=operators,
        top=tuple(chosen),
        near_misses=tuple(misses),
        refusals=trial_tallies(own),
        lessons=lesson_tallies(records.lessons),
        market=market_state(longest, own, records.health),
        recipe=_recipe(records.night, own),
        clock=Clock(records.night.started, max((t.at for t in own if t.at), default=None)),
    )


def _first_trials(records: NightRecords) -> list[Trial]:
    """Those of the night but of strategies that were known: they are no new children."""
    looks = Counter(past.genome for past in records.ledger if not past.barred)
    return [trial for trial in records.trials if looks[trial.genome] <= 1]


def _breadth(evaluation: Evaluation) -> tuple[int, int]:
    return len(evaluation.session_returns), len(evaluation.symbols)


def _standings(own: Sequence[Trial], genomes: Mapping[str, Genome]) -> list[Standing]:
    best: dict[str, Standing] = {}
    for trial in own:
        owned = trial.origin is Origin.OWNER
        if trial.evaluation is not None and is_finite(trial.evaluation) and not owned:
            standing = Standing(genomes[trial.genome], trial, trial.evaluation)
            held = best.get(trial.genome)
            if held is None or standing.rank < held.rank:
                best[trial.genome] = standing
    return sorted(best.values(), key=lambda s: s.rank)


def _diverse(passed: Sequence[Standing], top: int) -> list[Standing]:
    """The best that are unlike each other first, then the best of the rest, in order of rank."""
    chosen: list[Standing] = []
    alike: list[Standing] = []
    for standing in passed:
        like = any(_correlation(standing, other) > ALIKE for other in chosen)
        (alike if like else chosen).append(standing)
        if len(chosen) == top:
            break
    return sorted([*chosen, *alike][:top], key=lambda s: s.rank)


def _correlation(one: Standing, other: Standing) -> float:
    """Of the session returns; 0 where they lie on different sessions or never change."""
    first, second = one.evaluation.session_returns, other.evaluation.session_returns
    if len(first) != len(second):
        return 0.0
    spread = float(first.std() * second.std())
    shared = float(((first - first.mean()) * (second - second.mean())).mean())
    return shared / spread if spread else 0.0


def _shown(standing: Standing, genomes: Mapping[str, Genome]) -> Strategy:
    verdict = "" if standing.passed else _obstacle(standing.evaluation)
    return strategy_of(standing.genome, standing.trial, genomes, verdict)


def _obstacle(evaluation: Evaluation) -> str:
    if evaluation.selection is None:
        code = evaluation.fitness_refusal
        return f"it {refusal_name(code)}" if code else "too few of its blocks could be judged"
    short = f"its selection fitness of {ratio(evaluation.selection)} is below the threshold"
    weak = weak_blocks(evaluation)
    return f"{short}; {weak}" if weak else short


def _ran(records: NightRecords, accepted: int, quarantined: int) -> Ran:
    own = records.trials
    priced = [t.evaluation for t in own if t.evaluation is not None]
    return Ran(
        asked=records.night.evaluations,
        evaluated=len(priced),
        accepted=accepted,
        without_fitness=sum(e.selection is None for e in priced),
        failed=len(own) - len(priced),
        refused=len(records.lessons),
        generations=records.generations,
        ledger=len(records.ledger),
        quarantined=quarantined,
        carried=records.night.carried,
        rechecked=records.night.rechecked,
        retried_timeouts=records.night.retried_timeouts,
    )


def _doubt(passed: Sequence[Standing], luck: Luck) -> str:
    """Why luck may explain all that passed; "" where one is more than luck by both rules."""
    beyond = [s.evaluation for s in passed if is_beyond_luck(s.evaluation, luck)]
    if not beyond:
        return "the best is no better than luck"
    if any(is_evidence(evaluation, luck) for evaluation in beyond):
        return ""
    return "by the strict rule none is evidence of more than luck"


def _headline(ran: Ran, chosen: Sequence[Strategy], doubt: str) -> str:
    if ran.evaluated == 0:
        return "No strategy was priced this night"
    if not chosen:
        trials = counted(ran.evaluated, "trial")
        return f"Nothing passed: {trials} priced, and none reached the threshold"
    best = max(chosen, key=lambda s: s.selection or 0.0)
    count = capitalised(spelled(ran.accepted))
    noun = "strategy" if ran.accepted == 1 else "strategies"
    if doubt:
        return f"{count} {noun} reached the threshold, but {doubt}"
    return f"{count} {noun} passed, led by {best.name}"


def _summary(
    ran: Ran,
    shown: Sequence[Strategy],
    benchmark: Benchmark | None,
    luck: Luck,
    sharpes: Sequence[float],
) -> tuple[str, ...]:
    if not shown or benchmark is None:
        return ("There is nothing to compare; see below for what went wrong.",)
    best = shown[0]
    figures = (
        f"{percent(best.metrics.cagr)} a year at a Sharpe ratio of {ratio(best.metrics.sharpe)}, "
        f"with a deepest fall of {percent(best.metrics.max_drawdown)}"
    )
    hold = (
        f"Buying and holding the market made {percent(benchmark.cagr)} a year at "
        f"{ratio(benchmark.sharpe)}, with a deepest fall of {percent(benchmark.max_drawdown)}."
    )
    subject = "The best by selection fitness" if ran.accepted else f"The closest, {best.name},"
    opening = f"{subject} made {figures}."
    obstacle = [] if ran.accepted else [f"What stood in the way: {best.verdict}."]
    return (opening, *obstacle, hold, luck.verdict, *_other_best(best, luck, sharpes))


def _other_best(shown: Strategy, luck: Luck, sharpes: Sequence[float]) -> tuple[str, ...]:
    if luck.best is None or luck.best == shown.metrics.sharpe:
        return ()
    if round(luck.best, _DIGITS) not in sharpes:
        return ("That one was tried before this night.",)
    return (
        "That one is another strategy than the first here: the order is by selection fitness, "
        "which asks for success in most of the blocks.",
    )


def _attacked(attacks: Sequence[Event]) -> tuple[str, ...]:
    return tuple(
        f"Security: {plain(event.detail['name'], 60)} ({event.subject[:12]}) got past the gate and "
        f"attacked the sandbox: {event.detail['message']}. It is quarantined and its source is "
        f"kept; look at it with `nightshift genomes show {event.subject[:12]}`."
        for event in attacks
    )


def _decisions(suspects: Sequence[Standing]) -> tuple[str, ...]:
    named = [
        f"{plain(s.genome.name, 60)} ({s.genome.hash[:12]}) is quarantined as a suspected leak: a "
        f"Sharpe ratio of {ratio(s.evaluation.metrics.sharpe)} is too good to be true; look at its "
        "code before anything is built on it."
        for s in suspects[:_SUSPECTS]
    ]
    if len(suspects) > _SUSPECTS:
        named.append(f"{len(suspects) - _SUSPECTS:,} more are quarantined as suspected leaks.")
    return tuple(named)


def _sharpes(own: Sequence[Trial]) -> tuple[float, ...]:
    priced = (t.evaluation for t in own if t.evaluation)
    judged = (e for e in priced if e.selection is not None)
    found = (e.metrics.sharpe for e in judged if is_finite(e) and not is_suspect(e))
    return tuple(round(sharpe, _DIGITS) for sharpe in found if sharpe is not None)


def _recipe(night: Night, own: Sequence[Trial]) -> Recipe:
    priced = [t.evaluation for t in own if t.evaluation is not None]
    return Recipe(
        command=f"nightshift night --seed {night.seed} --evaluations {night.evaluations}",
        seed=night.seed,
        settings_hash=night.settings_hash,
        markets=used_markets(priced),
        friction=listed(sorted({f"{e.friction} ({e.friction_hash[:12]})" for e in priced})),
        sandbox=listed(sorted({t.sandbox for t in own})),
        fresh=not (night.carried or night.rechecked),
    )
