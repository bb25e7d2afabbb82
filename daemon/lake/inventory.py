"""What the lake holds, and how healthy it is, told from the manifests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import BAR_KINDS, KINDS, Kind
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, load_manifest

_EPOCH: Final = date(1970, 1, 1)
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of one kind and symbol. start, end: exchange dates; gaps: sessions without a bar."""

    kind: str
    symbol: str
    start: date
    end: date
    rows: int
    bytes: int
    gaps: int
    simulated: bool


def inventory_of(layout: Layout, sessions: SessionTable | None) -> tuple[Dataset, ...]:
    """Every symbol of every kind; without sessions, gaps are not counted (0)."""
    manifests = (
        load_manifest(layout.manifest(kind, symbol))
        for kind in KINDS
        for symbol in layout.symbols(kind)
    )
    return tuple(_dataset(one, sessions) for one in manifests if one is not None and one.parts)


def health_of(layout: Layout, sessions: SessionTable) -> Mapping[str, Any]:
    """{"facts": sentences, "warnings": sentences} about bars, gaps, actions and made-up prices."""
    datasets = inventory_of(layout, sessions)
    facts, warnings = [], []
    for kind in BAR_KINDS:
        bars = [one for one in datasets if one.kind == kind]
        if bars:
            facts.append(_fact(kind, bars))
        lacking = [one for one in bars if one.gaps]
        if lacking:
            warnings.append(_warning(kind, lacking))
    known = any(one.kind == "splits" or one.simulated for one in datasets)
    if datasets and not known:
        warnings.append("No splits are in the lake; a split would look like a fall in price.")
    return {"facts": facts, "warnings": warnings}


def _dataset(manifest: Manifest, sessions: SessionTable | None) -> Dataset:
    kind = KINDS[manifest.kind]
    first = _day(kind, min(part.first for part in manifest.parts))
    last = _day(kind, max(part.last for part in manifest.parts))
    held = sum(part.days for part in manifest.parts)
    expected = held
    if sessions is not None and kind.name in BAR_KINDS:
        expected = len(sessions.between(first, last))
    return Dataset(
        kind=manifest.kind,
        symbol=manifest.symbol,
        start=_EPOCH + timedelta(days=first),
        end=_EPOCH + timedelta(days=last),
        rows=manifest.rows,
        bytes=sum(part.bytes for part in manifest.parts),
        gaps=max(expected - held, 0),
        simulated=manifest.simulated,
    )


def _day(kind: Kind, key: int) -> int:
    return int(kind.days(np.array([key]))[0])


def _fact(kind: str, bars: list[Dataset]) -> str:
    rows = sum(one.rows for one in bars)
    start, end = min(one.start for one in bars), max(one.end for one in bars)
    name = "minute" if kind == "minute" else "daily"
    return f"The lake holds {rows:,} {name} bars of {len(bars)} symbols, {start} to {end}."


def _warning(kind: str, lacking: list[Dataset]) -> str:
    worst = sorted(lacking, key=lambda one: (-one.gaps, one.symbol))[:_SHOWN]
    names = ", ".join(f"{one.symbol} {one.gaps}" for one in worst)
    more = f" and {len(lacking) - _SHOWN} more symbols" if len(lacking) > _SHOWN else ""
    name = "minute" if kind == "minute" else "daily"
    return f"Sessions without any {name} bar between a symbol's first and last: {names}{more}."
