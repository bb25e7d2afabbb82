"""The looks of one night beside each other, which say more as a set than one by one.

Only looks at the same sealed sessions are compared. What they say comes out again from the looks
that their dossiers keep.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from daemon.domain.evolution.comparison import Comparison, Look, compare
from daemon.domain.evolution.records import Effects
from daemon.supervisor.proving.gather import Finalist


def compared(tried: Sequence[Finalist | Effects]) -> list[Finalist | Effects]:
    """The same, those with a look told what all looks at the same sessions say."""
    shown = [one for one in tried if isinstance(one, Finalist)]
    looks = [look for look in map(_look, shown) if look is not None]
    return [beside(one, looks) if isinstance(one, Finalist) else one for one in tried]


def beside(one: Finalist, looks: Sequence[Look]) -> Finalist:
    """A finalist whose look is compared with those of others at the same sessions.

    looks: its own among them or not. One that ended in figures that are not numbers is compared
    with nothing.
    """
    own, sealed = _look(one), one.evidence.sealed
    if own is None or sealed is None:
        return one
    like = [each for each in looks if each.sessions == own.sessions and each.genome != own.genome]
    found = replace(sealed, together=_comparison([own, *like]))
    return replace(one, evidence=replace(one.evidence, sealed=found))


def _look(one: Finalist) -> Look | None:
    """The look of a finalist, None where there is none or it did not end in numbers."""
    sealed = one.evidence.sealed
    if sealed is None or not np.isfinite(sealed.returns).all():
        return None
    found = sealed.found
    returns, held = found.session_returns, found.market_returns
    return Look(one.genome.hash, found.first_date, found.last_date, returns, held)


def look_told(genome: str, look: Mapping[str, Any]) -> Look:
    """A look as a dossier keeps it."""
    data = look["run"]["data"]
    returns = np.array(look["session_returns"], dtype=np.float64)
    held = np.array(look["held_returns"], dtype=np.float64)
    return Look(genome, data["first_date"], data["last_date"], returns, held)


def _comparison(looks: Sequence[Look]) -> Comparison:
    """Drawn by the set itself, so that it comes out again."""
    names = "".join(sorted(look.genome for look in looks))
    return compare(looks, np.random.default_rng(zlib.crc32(names.encode())))
