"""The requests of one generation, a pure function of the night's seed and what is stored.

The same night, generation and parents give the same requests, byte for byte; a restart in the
middle therefore asks for nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from daemon.domain.evolution.records import Genome, Mutation, Night
from plugins.recruiter.seeds import NAME, OPERATOR, Seed

CROSSING = "cross_"


@dataclass(frozen=True, slots=True)
class Generation:
    """Which generation of which night, and who is to write it with which operators."""

    night: Night
    number: int
    swarm: str
    operators: tuple[str, ...]


def seed_requests(night: Night, generation: int, seeds: Sequence[Seed]) -> list[Mutation]:
    """One request for each seed, answered with the seed itself."""
    return [
        Mutation(
            id=request_id(night.id, generation, ticket),
            night=night.id,
            generation=generation,
            ticket=ticket,
            swarm=NAME,
            operator=OPERATOR,
            seed=0,
            sources=(seed.source,),
            name=seed.name,
        )
        for ticket, seed in enumerate(seeds)
    ]


def child_requests(generation: Generation, parents: Sequence[Genome], count: int) -> list[Mutation]:
    """`count` requests: parents take turns; donor and seed are drawn for each ticket.

    Each parent has a shuffled deck of operators, so that none is dealt to it twice before all are:
    an operator with few outcomes would soon write the same text again.
    """
    decks = [_deck(generation, number) for number in range(len(parents))]
    requests = []
    for ticket in range(count):
        turn, number = divmod(ticket, len(parents))
        operator = decks[number][turn % len(decks[number])]
        requests.append(_request(generation, operator, parents, ticket))
    return requests


def request_id(night: str, generation: int, ticket: int) -> str:
    """Idempotency key of a request."""
    return hashlib.sha256(f"{night}/{generation}/{ticket}".encode()).hexdigest()


def generation_rng(night: Night, generation: int) -> np.random.Generator:
    """Randomness of a generation's choices that belong to no ticket."""
    return np.random.default_rng(np.random.SeedSequence([night.seed, generation]))


def _deck(generation: Generation, parent: int) -> list[str]:
    entropy = [generation.night.seed, generation.number, parent, 1]
    rng = np.random.default_rng(np.random.SeedSequence(entropy))
    return [generation.operators[k] for k in rng.permutation(len(generation.operators))]


def _request(
    generation: Generation, operator: str, parents: Sequence[Genome], ticket: int
) -> Mutation:
    night = generation.night
    rng = np.random.default_rng(np.random.SeedSequence([night.seed, generation.number, ticket]))
    first = parents[ticket % len(parents)]
    chosen = (first, *_donor(operator, first, parents, rng))
    return Mutation(
        id=request_id(night.id, generation.number, ticket),
        night=night.id,
        generation=generation.number,
        ticket=ticket,
        swarm=generation.swarm,
        operator=operator,
        seed=int(rng.integers(2**63)),
        parents=tuple(genome.hash for genome in chosen),
        sources=tuple(genome.source for genome in chosen),
        name=first.name,
    )


def _donor(
    operator: str, first: Genome, parents: Sequence[Genome], rng: np.random.Generator
) -> tuple[Genome, ...]:
    others = [genome for genome in parents if genome.hash != first.hash]
    if not operator.startswith(CROSSING) or not others:
        return ()
    return (others[int(rng.integers(len(others)))],)
