"""What the model is told of the genomes of a night, and of what was tried with them.

Exact figures are those of the first half of a genome's sessions, the training tier. Of the whole,
by which the search is ordered, only the fifth in which it lies among the elites is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Elite, Lesson, Mutation
from daemon.domain.genome import gate
from daemon.domain.stats.metrics import sharpe, sortino, volatility
from daemon.domain.stats.quadrants import Quadrant, quadrants
from daemon.errors import GenomeRefused, NightShiftError
from daemon.plugin.host import Markets, Store
from plugins.anthropic_swarm.prompt import Brief, Portrait, Refused

INSPIRATIONS: Final = 2
LESSONS: Final = 6
_FIFTHS: Final = ("best", "second", "middle", "fourth", "last")


@dataclass(frozen=True)
class Known:
    """What a night knew when a generation was asked for.

    elites: by genome, the best first. lessons: by the first parent, in their order.
    """

    elites: Mapping[str, Elite]
    lessons: Mapping[str, Sequence[Lesson]]
    markets: Markets

    @staticmethod
    def of(store: Store, markets: Markets, settings_hash: str, night: str) -> Known:
        """Read once for all requests of a generation."""
        elites = {elite.genome.hash: elite for elite in store.elites(settings_hash, night)}
        lessons: dict[str, list[Lesson]] = {}
        for lesson in store.lessons(night):
            for parent in lesson.parents[:1]:
                lessons.setdefault(parent, []).append(lesson)
        return Known(elites, lessons, markets)

    def brief(self, mutation: Mutation) -> Brief:
        """All that one request tells."""
        pairs = zip(mutation.parents, mutation.sources, strict=True)
        parents = tuple(self._portrait(*pair) for pair in pairs)
        tried = self.lessons.get(mutation.parents[0], ())[-LESSONS:] if mutation.parents else ()
        return Brief(
            operator=mutation.operator,
            parents=parents,
            inspirations=self._inspirations(mutation),
            lessons=tuple(Refused(each.operator, each.code, each.message) for each in tried),
            names=self._names(mutation),
        )

    def _portrait(self, genome: str, source: str) -> Portrait:
        elite = self.elites.get(genome)
        idea = _idea(source)
        if elite is None or elite.trial.evaluation is None:
            return Portrait(source, idea, {}, "")
        found = elite.trial.evaluation
        return Portrait(source, idea, figures(found), self._rank(genome), loses(found))

    def _rank(self, genome: str) -> str:
        place = list(self.elites).index(genome)
        fifth = 5 * place // max(5, len(self.elites))
        return f"the {_FIFTHS[fifth]} fifth"

    def _inspirations(self, mutation: Mutation) -> tuple[Portrait, ...]:
        """Elites of other niches than the parents', drawn by the request's seed."""
        own = {self.elites[p].niche for p in mutation.parents if p in self.elites}
        others = [e for e in self.elites.values() if e.niche not in own]
        drawn = np.random.default_rng([mutation.seed, 1]).permutation(len(others))[:INSPIRATIONS]
        chosen = [others[k].genome for k in drawn.tolist()]
        return tuple(self._portrait(genome.hash, genome.source) for genome in chosen)

    def _names(self, mutation: Mutation) -> tuple[str, ...]:
        """The tickers of the markets that the parents trade."""
        names: dict[str, None] = {}
        for source in mutation.sources:
            try:
                manifest = gate.remembered(source).manifest
                market = self.markets.market(manifest.timeframe, manifest.universe)
            except NightShiftError:
                continue
            names |= dict.fromkeys(market.symbols)
        return tuple(names)


def figures(found: Evaluation) -> dict[str, float]:
    """Figures of the first half of the sessions, and how the genome behaves."""
    half = found.session_returns[: len(found.session_returns) // 2]
    equity = np.cumprod(1.0 + half)
    deepest = float(np.min(equity / np.maximum.accumulate(equity)) - 1.0) if len(half) else None
    told = {
        "sharpe": sharpe(half),
        "sortino": sortino(half),
        "volatility": volatility(half),
        "max_drawdown": deepest,
        "turnover_a_year": found.descriptors.turnover,
        "net_exposure": found.descriptors.net,
        "beta": found.descriptors.beta,
        "sessions_held": found.descriptors.holding,
    }
    return {name: float(value) for name, value in told.items() if value is not None}


def loses(found: Evaluation) -> tuple[str, ...]:
    """Sentences on the states of the market in which the first half of the sessions lost."""
    half = len(found.session_returns) // 2
    states = quadrants(found.session_returns[:half], found.market_returns[:half])
    return tuple(_sentence(each) for each in states if each.sharpe is not None and each.sharpe < 0)


def _sentence(state: Quadrant) -> str:
    calm = "volatile" if state.volatile else "calm"
    way = "rising" if state.rising else "falling"
    share = f"{100.0 * state.share:.0f} % of the sessions"
    return f"in {calm}, {way} markets, {share}: Sharpe ratio {state.sharpe:.1f}"


def _idea(source: str) -> str:
    try:
        return gate.remembered(source).manifest.idea
    except GenomeRefused:
        return ""
