"""A night whose best were put to the tests of the ladder, and the tribunal of that night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from daemon.domain.briefing.compose import NightRecords, compose
from daemon.domain.briefing.document import Briefing
from daemon.domain.evolution.dossier import Dossier, Standing, dossier
from daemon.domain.evolution.ladder import LADDER
from daemon.domain.evolution.records import TRIBUNAL, Event, Genome, Stage
from daemon.domain.evolution.seal import Seal
from daemon.domain.trading.friction import Friction
from tests.domain.briefing.night_records import LAST_DAY, night_records
from tests.domain.evolution.test_screens import evidence, shown

SEAL = Seal(LAST_DAY + 1, LAST_DAY + 366, 252)
PEEKED = {"reasons": ("positions before bar 700 changed, 100% of them",), "sealed": None}
"""What a finalist is found to do that looks ahead; nobody looks at sealed data for it."""

LOST = {"sealed": shown(-1.0)}
"""What becomes of one that loses on the sealed data."""


def dossier_of(genome: Genome, seal: Seal | None = SEAL, **changes: Any) -> Dossier:
    """Of a finalist for which everything speaks, but for the changes to its evidence."""
    standing = Standing("night-7", "5e" * 32, "A", 60, "c" * 64, LAST_DAY, seal, 0.1)
    return dossier(genome, LADDER[2], evidence(**changes), Friction("retail"), standing)


def best_of(records: NightRecords, top: int = 5) -> list[Genome]:
    """The genomes of the top strategies, in their order."""
    return [records.genomes[strategy.hash] for strategy in compose(records, top).top]


def with_finalists(records: NightRecords, found: Sequence[Dossier]) -> NightRecords:
    """The same night with these dossiers; who took the step is proven."""
    taken = [each.genome for each in found if each.taken]
    moved = {h: replace(records.genomes[h], stage=Stage.PROVEN) for h in taken}
    return replace(records, genomes={**records.genomes, **moved}, dossiers=tuple(found))


def proven_night(**wanted: Any) -> NightRecords:
    """The best looks ahead, the second lost on sealed data, the third is proven."""
    records = night_records(**wanted)
    first, second, third, *_ = best_of(records)
    found = [dossier_of(first, **PEEKED), dossier_of(second, **LOST), dossier_of(third)]
    return with_finalists(records, found)


def tribunal(graduates: int = 0, highest_z: float = 3.1, kind: str = "shuffled") -> Event:
    """What the journal says of a tribunal of fifty trials."""
    detail = {
        "kind": kind,
        "seed": 7,
        "evaluations": 50,
        "finalists": 1,
        "graduates": ["ab" * 32] * graduates,
        "highest_z": highest_z,
        "level": "A",
    }
    return Event(TRIBUNAL, "night-7", detail)


@cache
def proven_briefing() -> Briefing:
    """The document of such a night with its tribunal."""
    return compose(replace(proven_night(), tribunal=tribunal()), 5)


def sharpe_of(path: np.ndarray) -> float:
    """Annual, by the textbook."""
    return float(np.mean(path) / np.std(path, ddof=1) * 252**0.5)
