"""From how few seeds the strategies of a night descend: relatives are no independent finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from daemon.domain.briefing.wording import counted, plain
from daemon.domain.evolution.records import Genome


def family_sentence(passed: Sequence[Genome], known: Mapping[str, Genome]) -> str:
    """How many seeds they descend from, by their first parents; "" for fewer than two."""
    if len(passed) < 2:
        return ""
    sizes = Counter(_seed(genome, known) for genome in passed)
    most, size = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    name, total = plain(known[most].name, 60), len(passed)
    if len(sizes) == 1:
        return f"All {total:,} that reached the threshold descend from one seed, {name}."
    seeds = counted(len(sizes), "seed")
    opening = f"The {total:,} that reached the threshold descend from {seeds}"
    return f"{opening}, {size:,} of them from {name}." if size > 1 else f"{opening}."


def _seed(genome: Genome, known: Mapping[str, Genome]) -> str:
    """The hash of the first ancestor, as far back as is known; a crossing follows its base."""
    seen = {genome.hash}
    while genome.parents and genome.parents[0] in known and genome.parents[0] not in seen:
        genome = known[genome.parents[0]]
        seen.add(genome.hash)
    return genome.hash
