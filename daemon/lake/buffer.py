"""Rows waiting to be written, by symbol, so that a part is written once for many days.

The lake's own guard stands here: whatever a source checked, rows that break a rule of
`daemon.domain.market.quality` are left out, batch by batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import Columns, Kind
from daemon.domain.market.quality import first_fault, value_faults
from daemon.errors import BadDataError
from daemon.lake.files import Fault
from daemon.lake.layout import Layout
from daemon.lake.ports import Batch
from daemon.lake.writer import Origin, periods, write_rows

THREADS: Final = 16  # writers mostly wait for the disk to sync
Keyed = list[tuple[str, Batch]]
"""Batches, each with the key of its part."""
Refusals = tuple[tuple[str, str], ...]
"""(part key, sentence) of everything left out; every part that something was left out of."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one symbol: rows that changed, and what was left out of it."""

    changed: int
    refused: Refusals


class Buffer:
    """Batches by symbol in the order they came, each with the key of its part."""

    def __init__(self, layout: Layout, kind: Kind, fault: Fault) -> None:
        self.rows = 0
        self._layout, self._kind, self._fault = layout, kind, fault
        self._waiting: defaultdict[str, Keyed] = defaultdict(list)

    def add(self, key: str, batches: Iterable[Batch]) -> None:
        """Takes the batches of a part in."""
        for batch in batches:
            self._waiting[batch.symbol].append((key, batch))
            self.rows += len(batch.columns[self._kind.key])

    def flush(self) -> tuple[int, Refusals]:
        """Writes everything: (rows that changed, what was refused).

        MissingError where the disk is full; what was written before stays.
        """
        waiting = sorted(self._waiting.items())
        self._waiting.clear()
        self.rows = 0
        with ThreadPoolExecutor(THREADS, thread_name_prefix="lake") as pool:
            written = list(pool.map(self._write, waiting))
        refused = tuple(pair for one in written for pair in one.refused)
        return sum(one.changed for one in written), refused

    def _write(self, item: tuple[str, Keyed]) -> _Outcome:
        symbol, batches = item
        kept, refused = self._checked(batches)
        if not kept:
            return _Outcome(0, refused)
        texts = tuple(sorted({batch.origin for _, batch in kept}))
        origin = Origin(texts, any(text.startswith("simulated") for text in texts))
        rows = _in_order(self._kind, _joined(self._kind, [batch for _, batch in kept]))
        try:
            written = write_rows(self._layout, self._kind, symbol, rows, origin, self._fault)
        except BadDataError as error:
            return _Outcome(0, (*refused, *((key, str(error)) for key, _ in kept)))
        unwritten = self._unwritten(kept, written.refused) if written.refused else ()
        return _Outcome(written.changed, (*refused, *unwritten))

    def _unwritten(self, kept: Keyed, refused: Mapping[str, str]) -> Refusals:
        """The part of each batch with rows in a refused period, once for each such period."""
        return tuple(
            (key, refused[period])
            for key, batch in kept
            for period, _ in periods(self._kind, batch.columns[self._kind.key])
            if period in refused
        )

    def _checked(self, batches: Keyed) -> tuple[Keyed, Refusals]:
        """The batches without a fault, and a sentence for each of the others."""
        minutes = self._kind.name == "minute"
        joined = _joined(self._kind, [batch for _, batch in batches])
        bars = Rows(joined["open_time"], *(joined[name] for name in FIELDS))
        starts = np.cumsum([len(batch.columns[self._kind.key]) for _, batch in batches])[:-1]
        falling = np.diff(bars.open_time) <= 0
        falling[starts[(starts > 0) & (starts <= len(falling))] - 1] = False
        if not (falling.any() or value_faults(bars, minutes).any()):
            return batches, ()
        problems = [_problem(key, batch, minutes) for key, batch in batches]
        pairs = list(zip(batches, problems, strict=True))
        kept = [keyed for keyed, wrong in pairs if not wrong]
        return kept, tuple((key, wrong) for (key, _), wrong in pairs if wrong)


def grouped(refused: Refusals) -> Iterator[tuple[str, str]]:
    """One (part, sentence) for each sentence: a broken year would repeat it for every day."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, sentence in dict.fromkeys(refused):
        keys[sentence].append(key)
    for sentence, parts in keys.items():
        waiting = f"; {len(parts)} parts of the source wait for it, to {parts[-1]}"
        yield parts[0], sentence + (waiting if len(parts) > 1 else "")


def _problem(key: str, batch: Batch, minutes: bool) -> str:
    rows = Rows(*(batch.columns[name] for name in ("open_time", *FIELDS)))
    fault = first_fault(rows, minutes)
    if fault is None:
        return ""
    return (
        f"{key}: {batch.symbol} row {fault.row + 1}, {fault.column}: expected {fault.expected}, "
        f"found {fault.found}; its rows there were left out, mend the source and ingest again"
    )


def _joined(kind: Kind, batches: list[Batch]) -> Columns:
    return {
        name: np.concatenate([batch.columns[name] for batch in batches]).astype(dtype, copy=False)
        for name, dtype in kind.columns
    }


def _in_order(kind: Kind, columns: Columns) -> Columns:
    """Rows by key; of two with the same key the later one holds."""
    key: npt.NDArray[np.int64] = columns[kind.key]
    if np.all(np.diff(key) > 0):
        return columns
    order = np.argsort(key, kind="stable")
    last = np.append(np.diff(key[order]) != 0, True)
    return {name: column[order[last]] for name, column in columns.items()}
