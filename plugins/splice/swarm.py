"""The swarm `splice`: writes each child at once, as a pure function of its request.

A request names an operator, or "any". An operator that finds nothing to change gives way to
another, drawn from the same seed; the answer says which one it was.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.evolution.records import Mutation
from daemon.domain.genome import gate
from daemon.domain.genome.gate import Gated
from daemon.errors import GenomeRefused, did_you_mean
from daemon.plugin.roles import Answer
from plugins.splice.catalog import OPERATORS
from plugins.splice.child import child
from plugins.splice.draw import shuffled
from plugins.splice.parsed import Parsed, parse

ANY: Final = "any"
CROSSING: Final = "cross_"
ONLY_ASKED: Final = ("timeframe",)
"""Operators that stand in for no other: there may be no bars of another time frame."""

DRAWS: Final = 2
"""Draws of one operator before another gets its chance."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What the gate read in a parent, and its tree for the operators."""

    gated: Gated
    parsed: Parsed


class SpliceSwarm:
    """Operators on the syntax tree; free of charge and always ready."""

    name = "splice"
    operators = tuple(OPERATORS)

    def __init__(self, tries: int = 5) -> None:
        self._tries = tries

    async def submit(self, mutations: Sequence[Mutation]) -> str:
        """Nothing to send: `collect` does the work."""
        return ""

    async def collect(self, mutations: Sequence[Mutation]) -> Sequence[Answer]:
        """One answer for each request."""
        return await asyncio.to_thread(lambda: [mutated(m, self._tries) for m in mutations])

    async def cancel(self, mutations: Sequence[Mutation]) -> None:
        """Nothing to call off."""

    def cost(self, mutations: Sequence[Mutation]) -> float:
        """Free of charge."""
        return 0.0


def mutated(mutation: Mutation, tries: int) -> Answer:
    """The first of at most `tries` children that passes the gate and is not a parent again."""
    if mutation.operator != ANY and mutation.operator not in OPERATORS:
        hint = did_you_mean(mutation.operator, OPERATORS) or f"known: {', '.join(OPERATORS)}"
        return Answer(mutation.id, "", f'no operator "{mutation.operator}"; {hint}')
    try:
        parents = [_parent(source) for source in mutation.sources]
    except (ValueError, GenomeRefused) as error:
        return Answer(mutation.id, "", f"a parent cannot be read: {error}")
    if not parents:
        return Answer(mutation.id, "", "the request has no parent, expected one or two")
    problem = "no operator fits"
    for operator, text in _drafts(mutation, parents, tries):
        try:
            if gate.remembered(text).hash not in {parent.gated.hash for parent in parents}:
                return Answer(mutation.id, text, operator=operator)
            problem = f"{operator} changed nothing"
        except GenomeRefused as refused:
            problem = f"{operator}: {refused}"
    return Answer(mutation.id, "", f"no valid child in {tries} draws; the last: {problem}")


@functools.lru_cache(maxsize=64)
def _parent(source: str) -> Parent:
    """A generation has few parents and many children; its trees are never changed."""
    return Parent(gate.remembered(source), parse(source))


def stated_warmup(gated: Sequence[Gated]) -> int:
    """What a child of these has to say about its memory: 0 where the gate works it out."""
    unknown = any(parent.memory == 0 for parent in gated)
    return max(parent.manifest.warmup for parent in gated) if unknown else 0


def _drafts(mutation: Mutation, parents: Sequence[Parent], tries: int) -> Iterator[tuple[str, str]]:
    """At most `tries` children, with the operator that made each; the one asked for goes first."""
    rng = np.random.default_rng(mutation.seed)
    asked = () if mutation.operator == ANY else (mutation.operator,)
    others = [name for name in OPERATORS if name not in (*asked, *ONLY_ASKED)]
    order = [*asked, *shuffled(rng, others)]
    first, donors = parents[0].parsed, [parent.parsed for parent in parents[1:]]
    left = tries
    for name in order:
        used = parents if name.startswith(CROSSING) else parents[:1]
        for _ in range(DRAWS):
            edit = OPERATORS[name].apply(first, donors, rng) if left else None
            if edit is None:
                break
            left -= 1
            yield name, child(first, edit, stated_warmup([parent.gated for parent in used]))
