"""Choosing parents: half of them the best performers, half the best of other niches.

At low signal a stronger pull towards the best finds nothing truer (statistics, experiment D), so
the second half is drawn among niches that are not represented yet, the better the likelier.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from daemon.domain.evolution.records import Elite


def choose_parents(
    elites: Sequence[Elite], count: int, rng: np.random.Generator
) -> tuple[Elite, ...]:
    """At most `count` different elites, performers first; fewer where there are fewer.

    The order in which the elites are given plays no part; ties go to the lower genome hash.
    """
    ranked = _distinct(sorted(elites, key=lambda e: (-e.selection, e.genome.hash)))
    if count <= 0:
        return ()
    chosen = ranked[: (count + 1) // 2]
    while len(chosen) < min(count, len(ranked)):
        chosen.append(_diverse(ranked, chosen, rng))
    return tuple(chosen)


def _distinct(ranked: Sequence[Elite]) -> list[Elite]:
    return list({elite.genome.hash: elite for elite in reversed(ranked)}.values())[::-1]


def _diverse(ranked: Sequence[Elite], chosen: Sequence[Elite], rng: np.random.Generator) -> Elite:
    """One more: from a niche not yet chosen if there is one, the k-th best with weight 1/k."""
    taken = {elite.genome.hash for elite in chosen}
    niches = {elite.niche for elite in chosen}
    left = [elite for elite in ranked if elite.genome.hash not in taken]
    fresh = [elite for elite in left if elite.niche not in niches]
    pool = fresh or left
    weights = 1.0 / np.arange(1, len(pool) + 1)
    return pool[int(rng.choice(len(pool), p=weights / weights.sum()))]
