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


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A seed without a text that could be asked for: its name, and why."""

    name: str
    error: str


def read_seeds(folder: Path, benchmarks: Collection[str]) -> tuple[list[Seed], list[Unreadable]]:
    """Every seed of a folder but the benchmarks, by name, and those that are no text.

    MissingError where there is none.
    """
    files = sorted(f for f in folder.glob("*.py") if f.stem not in benchmarks)
    if not files:
        raise MissingError(
            f"no seed genome in {folder}; expected *.py files there, "
            "`nightshift init` writes those that are shipped"
        )
    read = [_read(file) for file in files]
    seeds = [seed for seed in read if isinstance(seed, Seed)]
    return seeds, [seed for seed in read if isinstance(seed, Unreadable)]


def _read(file: Path) -> Seed | Unreadable:
    try:
        if not file.is_file():
            return Unreadable(file.stem, f"{file.name} is no file; expected the text of a genome")
        return Seed(file.stem, file.read_bytes().decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        return Unreadable(file.stem, f"the text is not UTF-8: {error}; save {file.name} as UTF-8")
    except OSError as error:
        return Unreadable(file.stem, f"{file.name} cannot be read: {error.strerror}")


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
