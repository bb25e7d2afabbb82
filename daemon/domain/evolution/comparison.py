"""What the looks of one night say together: are the finalists better than cash, than the market?

The finalists that are shown sealed sessions are fixed, and charged, before the first of them is, by
open data alone. So the test of superior predictive ability and its step-down (`stats.superior`)
hold for them; for the search, which goes where results lead, they would not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.stats.superior import FEWEST, Bootstrap, Superiority, block_length, superiority


@dataclass(frozen=True, slots=True)
class Look:
    """What a finalist earned over the sealed sessions (S,), and buying and holding its symbols did.

    first_date, last_date: days since 1970-01-01; looks at other sessions do not compare.
    """

    genome: str
    first_date: int
    last_date: int
    returns: Floats
    held: Floats

    @property
    def sessions(self) -> tuple[int, int, int]:
        """What has to be the same for two looks to be compared."""
        return self.first_date, self.last_date, len(self.returns)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The set against one benchmark. found: None below 30 sessions or where nothing differs.

    block: mean length of the bootstrap's blocks, sessions; 0 where there was nothing to draw.
    """

    block: int
    found: Superiority | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The set against cash and against buying and holding the symbols of each.

    genomes: the columns, in order. returns_hash: SHA-256 of both tables, float64 (S, N).
    """

    genomes: tuple[str, ...]
    returns_hash: str
    cash: Verdict
    held: Verdict


def compare(looks: Sequence[Look], rng: np.random.Generator) -> Comparison:
    """One or more looks at the same sessions; whatever their order, columns are by genome."""
    ordered = sorted(looks, key=lambda look: look.genome)
    returns = np.column_stack([look.returns for look in ordered])
    held = np.column_stack([look.held for look in ordered])
    return Comparison(
        genomes=tuple(look.genome for look in ordered),
        returns_hash=hashlib.sha256(_bytes(returns) + _bytes(held)).hexdigest(),
        cash=_verdict(returns, rng),
        held=_verdict(returns - held, rng),
    )


def _verdict(ahead: Floats, rng: np.random.Generator) -> Verdict:
    """ahead: returns (S, N) less those of the benchmark; cash earns nothing."""
    if len(ahead) < FEWEST:
        return Verdict(0, None)
    rules = Bootstrap(block=block_length(ahead))
    return Verdict(rules.block, superiority(ahead, np.zeros(len(ahead)), rules, rng))


def _bytes(table: Floats) -> bytes:
    return np.ascontiguousarray(table, dtype="<f8").tobytes()
