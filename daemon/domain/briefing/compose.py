"""From the records of a night to its briefing; every figure is derived from what the store gave.

`compose` in steps: 1 `standings` takes the best trial of each genome, 2 the passed and the near
misses become strategies, each with its odds, 3 `finalists` and `tribunal` tell what was proven,
4 `learnt` says what the night taught, 5 the rest is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from daemon.domain.briefing.attention import attacked, suspected
from daemon.domain.briefing.chance import chance_of
from daemon.domain.briefing.document import Briefing, Clock, Ran, Recipe, Strategy
from daemon.domain.briefing.families import family_sentence
from daemon.domain.briefing.finalists import (
    finalists_of,
    finalists_words,
    proven_headline,
    proven_sentences,
)
from daemon.domain.briefing.learnt import learnt_sentences, operator_scores
from daemon.domain.briefing.luck import (
    PastTrial,
    is_finite,
    is_suspect,
    looks_beside,
    looks_of,
    luck_of,
)
from daemon.domain.briefing.market import market_state, simulation_words, used_markets
from daemon.domain.briefing.names import refusal_name
from daemon.domain.briefing.opening import DIGITS, headline, summary
from daemon.domain.briefing.standings import Standing, diverse, standings_of
from daemon.domain.briefing.strategy import benchmark_of, strategy_of, weak_blocks
from daemon.domain.briefing.tallies import lesson_tallies, trial_tallies
from daemon.domain.briefing.tribunal import alarm_headline, alarms, tribunal_of
from daemon.domain.briefing.wording import listed, ratio
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Event, Genome, Lesson, Night, Trial
from daemon.domain.stats.luck import Looks

NEAR_MISSES: Final = 3


@dataclass(frozen=True, slots=True)
class NightRecords:
    """What the store and the lake answered.

    trials: of the night, in order. ledger: every priced trial up to the night's last one, in
    short. genomes: by hash, the ancestors of the night's genomes among them. lessons: of the night.
    health: `Markets.health`. attacks: events of genomes that attacked the sandbox. dossiers: of the
    night's finalists; untried: events of those that could not be run. tribunal: its event, if any.
    """

    night: Night
    trials: Sequence[Trial]
    ledger: Sequence[PastTrial]
    genomes: Mapping[str, Genome]
    lessons: Sequence[Lesson]
    generations: int
    health: Mapping[str, Any]
    attacks: Sequence[Event] = ()
    dossiers: Sequence[Dossier] = ()
    untried: Sequence[Event] = ()
    tribunal: Event | None = None


def compose(records: NightRecords, top: int) -> Briefing:
    """The briefing with at most `top` strategies."""
    own, health = records.trials, records.health
    every = standings_of(own, records.genomes)
    suspects = [s for s in every if is_suspect(s.evaluation)]
    standings = [s for s in every if not is_suspect(s.evaluation)]
    passed = [s for s in standings if s.passed]
    chosen = _shown(diverse(passed, top), records)
    misses = () if passed else _shown(diverse(standings, NEAR_MISSES), records)
    luck, sharpes = luck_of(records.ledger), _sharpes(own)
    longest = max((s.evaluation for s in every), key=_breadth, default=None)
    benchmark = None if longest is None else benchmark_of(longest.market_returns)
    operators = operator_scores(_first_trials(records), records.ledger, records.genomes)
    ran = _ran(records, len(passed), len(suspects))
    finalists = finalists_of(records.dossiers, records.untried, records.genomes)
    tribunal, simulation = tribunal_of(records.tribunal), simulation_words(own, health)
    first = alarm_headline(tribunal) or proven_headline(finalists)
    family = family_sentence([s.genome for s in passed], records.genomes)
    learnt = learnt_sentences(luck, operators, benchmark, [s.evaluation for s in standings])
    return Briefing(
        night=records.night.id,
        headline=first or headline(ran, passed, luck, looks_of(records.ledger)),
        summary=(
            *summary(ran, chosen or misses, benchmark, luck, sharpes),
            *([family] if family else []),
        ),
        simulation=simulation,
        ran=ran,
        decisions=(
            *alarms(tribunal),
            *attacked(records.attacks),
            *proven_sentences(finalists, bool(simulation)),
            *suspected(suspects),
        ),
        learnt=(*learnt[:1], *([tribunal.words] if tribunal else []), *learnt[1:]),
        luck=luck,
        benchmark=benchmark,
        sharpes=sharpes,
        operators=operators,
        top=chosen,
        near_misses=misses,
        refusals=trial_tallies(own),
        lessons=lesson_tallies(records.lessons),
        market=market_state(longest, own, health),
        recipe=_recipe(records.night, own),
        clock=Clock(records.night.started, max((t.at for t in own if t.at), default=None)),
        finalists=finalists,
        finalists_words=finalists_words(finalists, records.dossiers),
        tribunal=tribunal,
    )


def _first_trials(records: NightRecords) -> list[Trial]:
    """Those of the night but of strategies that were known: they are no new children."""
    looks = Counter(past.genome for past in records.ledger if not past.barred)
    return [trial for trial in records.trials if looks[trial.genome] <= 1]


def _breadth(evaluation: Evaluation) -> tuple[int, int]:
    return len(evaluation.session_returns), len(evaluation.symbols)


def _shown(standings: Sequence[Standing], records: NightRecords) -> tuple[Strategy, ...]:
    looks = looks_of(records.ledger)
    return tuple(_strategy(standing, records, looks) for standing in standings)


def _strategy(standing: Standing, records: NightRecords, looks: Looks) -> Strategy:
    verdict = "" if standing.passed else _obstacle(standing.evaluation)
    shown = strategy_of(standing.genome, standing.trial, records.genomes, verdict)
    chosen = standing.evaluation
    chance = chance_of(chosen, looks_beside(looks, records.trials, chosen))
    return replace(shown, proven=standing.proven, chance=chance)


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


def _sharpes(own: Sequence[Trial]) -> tuple[float, ...]:
    priced = (t.evaluation for t in own if t.evaluation)
    judged = (e for e in priced if e.selection is not None)
    found = (e.metrics.sharpe for e in judged if is_finite(e) and not is_suspect(e))
    return tuple(round(sharpe, DIGITS) for sharpe in found if sharpe is not None)


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
