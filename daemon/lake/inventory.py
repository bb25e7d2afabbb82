"""What the lake holds, and how healthy it is, told from the index of parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

import numpy as np
import pyarrow as pa

from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import BAR_KINDS, KINDS, Kind, Rank
from daemon.lake.index import Index, load_index
from daemon.lake.layout import Layout
from daemon.lake.manifest import Provenance

_EPOCH: Final = date(1970, 1, 1).toordinal()
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of one kind and symbol. start, end: exchange dates; gaps: sessions without a bar;
    parts: how many files; origins: who gave how many of the rows."""

    kind: str
    symbol: str
    start: date
    end: date
    rows: int
    bytes: int
    gaps: int
    simulated: bool
    parts: int = 0
    origins: tuple[Provenance, ...] = ()


@dataclass(frozen=True, slots=True)
class PartEntry:
    """One part of a symbol. start, end: exchange dates; origins: who gave how many rows of it."""

    kind: str
    symbol: str
    period: str
    start: date
    end: date
    rows: int
    bytes: int
    sha256: str
    simulated: bool
    origins: tuple[Provenance, ...]


def inventory_of(layout: Layout, sessions: SessionTable | None) -> tuple[Dataset, ...]:
    """Every symbol of every kind; without sessions, gaps are not counted (0)."""
    return datasets_of(load_index(layout), sessions)


def datasets_of(index: Index, sessions: SessionTable | None) -> tuple[Dataset, ...]:
    """The symbols with parts, by kind and name."""
    held = _Held.of(index)
    if not len(held.starts):
        return ()
    first = _days(held, np.minimum.reduceat(held.column("first"), held.starts))
    last = _days(held, np.maximum.reduceat(held.column("last"), held.starts))
    columns = (
        held.kinds,
        held.symbols,
        [date.fromordinal(day) for day in (first + _EPOCH).tolist()],
        [date.fromordinal(day) for day in (last + _EPOCH).tolist()],
        held.total("rows").tolist(),
        held.total("bytes").tolist(),
        _gaps(held, first, last, sessions).tolist(),
        np.logical_or.reduceat(held.flags(), held.starts).tolist(),
        held.counts.tolist(),
        _origins(held),
    )
    return tuple(map(Dataset, *columns))


def parts_of(index: Index) -> Iterator[PartEntry]:
    """Every part, by kind, symbol and period."""
    for row in index.table.select(["kind", "symbol", "parts"]).to_pylist():
        for part in row["parts"]:
            yield _entry(KINDS[row["kind"]], row["symbol"], part)


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


def _entry(kind: Kind, symbol: str, part: Mapping[str, Any]) -> PartEntry:
    days = (kind.days(np.array([part["first"], part["last"]])) + _EPOCH).tolist()
    return PartEntry(
        kind=kind.name,
        symbol=symbol,
        period=part["period"],
        start=date.fromordinal(days[0]),
        end=date.fromordinal(days[1]),
        rows=part["rows"],
        bytes=part["bytes"],
        sha256=part["sha256"],
        simulated=part["simulated"],
        origins=tuple(Provenance(**one) for one in part["origins"]),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """The manifests with parts. starts, counts: int64 (D,), place and number of each one's parts
    among all of them."""

    kinds: list[str]
    symbols: list[str]
    starts: Ints
    counts: Ints
    parts: pa.StructArray

    @staticmethod
    def of(index: Index) -> _Held:
        lists = index.table["parts"].combine_chunks()
        counts = np.diff(lists.offsets.to_numpy())
        chosen = np.flatnonzero(counts)
        names = index.table.select(["kind", "symbol"]).take(pa.array(chosen))
        return _Held(
            names["kind"].to_pylist(),
            names["symbol"].to_pylist(),
            lists.offsets.to_numpy()[:-1][chosen].astype(np.int64),
            counts[chosen].astype(np.int64),
            lists.flatten(),
        )

    def column(self, name: str) -> Ints:
        found: Ints = self.parts.field(name).to_numpy()
        return found

    def flags(self) -> Ints:
        found: Ints = self.parts.field("simulated").to_numpy(zero_copy_only=False)
        return found

    def total(self, name: str) -> Ints:
        found: Ints = np.add.reduceat(self.column(name), self.starts)
        return found


def _days(held: _Held, keys: Ints) -> Ints:
    """Exchange dates of one key of each symbol."""
    days = np.zeros(len(keys), dtype=np.int64)
    place = 0
    for name, group in groupby(held.kinds):
        own = slice(place, place + sum(1 for _ in group))
        days[own] = KINDS[name].days(keys[own])
        place = own.stop
    return days


def _gaps(held: _Held, first: Ints, last: Ints, sessions: SessionTable | None) -> Ints:
    if sessions is None:
        return np.zeros(len(first), dtype=np.int64)
    dates = sessions.session_date
    expected = np.searchsorted(dates, last, "right") - np.searchsorted(dates, first, "left")
    lacking = np.maximum(expected - held.total("days"), 0)
    return np.where([kind in BAR_KINDS for kind in held.kinds], lacking, 0)


def _origins(held: _Held) -> list[tuple[Provenance, ...]]:
    """Of each symbol, who gave how many rows in all its parts."""
    lists = held.parts.field("origins")
    told = lists.flatten()
    texts = told.field("text").dictionary_encode()
    owner = np.repeat(np.arange(len(held.starts)), held.counts)
    dataset = np.repeat(owner, np.diff(lists.offsets.to_numpy()))
    names, ranks = texts.dictionary.to_pylist(), told.field("rank").to_numpy()
    said = (dataset * len(names) + texts.indices.to_numpy()) * len(Rank) + ranks
    each, group = np.unique(said, return_inverse=True)
    rows = np.zeros(len(each), dtype=np.int64)
    np.add.at(rows, group, told.field("rows").to_numpy())
    text, rank = np.divmod(each, len(Rank))
    dataset, text = np.divmod(text, len(names))
    found: list[tuple[Provenance, ...]] = [()] * len(held.starts)
    for at, name, *one in zip(*(c.tolist() for c in (dataset, text, rank, rows)), strict=True):
        found[at] += (Provenance(names[name], *one),)
    return found


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
