"""The seeds: genomes written by hand, handed in unchanged by a swarm of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.domain.evolution.records import Mutation
from daemon.errors import MissingError
from daemon.plugin.roles import Answer

NAME = "seeds"
OPERATOR = "seed"


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed's name (its file's stem) and text."""

    name: str
    source: str


def read_seeds(folder: Path, benchmarks: Collection[str]) -> list[Seed]:
    """Every seed of a folder but the benchmarks, by name. MissingError where there is none.

    Bytes that are not UTF-8 stand in the text as U+FFFD, so that the gate refuses that seed alone.
    """
    files = sorted(f for f in folder.glob("*.py") if f.stem not in benchmarks)
    if not files:
        raise MissingError(
            f"no seed genome in {folder}; expected *.py files there, "
            "`nightshift init` writes those that are shipped"
        )
    return [Seed(f.stem, f.read_text(encoding="utf-8", errors="replace")) for f in files]


class SeedSwarm:
    """Answers each request with the seed it carries."""

    name = NAME
    operators = (OPERATOR,)

    async def submit(self, mutations: Sequence[Mutation]) -> str:
        """Nothing to send."""
        return ""

    async def collect(self, mutations: Sequence[Mutation]) -> Sequence[Answer]:
        """The text of each request's only source."""
        return [_answer(mutation) for mutation in mutations]

    async def cancel(self, mutations: Sequence[Mutation]) -> None:
        """Nothing to call off."""

    def cost(self, mutations: Sequence[Mutation]) -> float:
        """Free of charge."""
        return 0.0


def _answer(mutation: Mutation) -> Answer:
    if mutation.operator != OPERATOR or len(mutation.sources) != 1:
        return Answer(
            mutation.id,
            "",
            f'expected the operator "{OPERATOR}" and one source, was something else',
        )
    return Answer(mutation.id, mutation.sources[0])
