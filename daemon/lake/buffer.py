"""Rows waiting to be written, by symbol, so that a part is written once for many days.

The lake's own guard stands here: whatever a source checked, rows that break a rule of
`daemon.domain.market.rules` are left out, batch by batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Final

import numpy as np

from daemon.domain.market.kinds import Columns, Kind
from daemon.domain.market.order import latest
from daemon.domain.market.rules import first_fault, order_fault, row_faults
from daemon.errors import BadDataError
from daemon.lake.files import Fault
from daemon.lake.layout import Layout
from daemon.lake.ports import Batch
from daemon.lake.precedence import Precedence
from daemon.lake.room import Room
from daemon.lake.writer import Origin, periods, write_rows

THREADS: Final = 16  # writers mostly wait for the disk to sync
WRITERS: Final = 3  # of ticks, whose parts are large
DAILY: Final = 24  # a part a day gains nothing by waiting for more days, and ticks are many
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
    """Batches by symbol in the order they came, each with the key of its part.

    most: how many rows of bars may wait; of what has a part a day, one in 24. precedence: what
    gives way to the rows.
    """

    def __init__(
        self,
        layout: Layout,
        kind: Kind,
        fault: Fault,
        most: int,
        room: Room,
        precedence: Precedence,
    ) -> None:
        self.rows = 0
        self._most = most // DAILY if kind.period == "day" else most
        self._threads = WRITERS if kind.period == "day" else THREADS
        self._layout, self._kind, self._fault, self._room = layout, kind, fault, room
        self._precedence = precedence
        self._waiting: defaultdict[str, Keyed] = defaultdict(list)

    @property
    def full(self) -> bool:
        """True if it is time to write."""
        return self.rows >= self._most

    def period_of(self, day: date | None) -> str:
        """The period that a part of the source fills; "all" where it is of no day."""
        if day is None:
            return "all"
        return str(day) if self._kind.period == "day" else f"{day.year:04d}"

    def add(self, key: str, batches: Iterable[Batch]) -> None:
        """Takes the batches of a part in."""
        for batch in batches:
            self._waiting[batch.symbol].append((key, batch))
            self.rows += len(batch.columns[self._kind.key])

    def flush(self) -> tuple[int, Refusals]:
        """Writes everything: (rows that changed, what was refused).

        NoRoomError where the disk stays full; what was written before stays.
        """
        waiting = sorted(self._waiting.items())
        self._waiting.clear()
        self.rows = 0
        with ThreadPoolExecutor(self._threads, thread_name_prefix="lake") as pool:
            written = list(pool.map(self._write, waiting))
        refused = tuple(pair for one in written for pair in one.refused)
        return sum(one.changed for one in written), refused

    def _write(self, item: tuple[str, Keyed]) -> _Outcome:
        symbol, batches = item
        kept, refused = self._checked(batches)
        if not kept:
            return _Outcome(0, refused)
        changed = 0
        for origin, group in groupby(kept, self._origin):
            batches = list(group)
            rows = latest(self._kind, _joined(self._kind, [batch for _, batch in batches]))
            try:
                write = partial(write_rows, self._layout, self._kind, symbol, rows, origin)
                written = self._room.keep_trying(partial(write, self._fault))
            except BadDataError as error:
                refused = (*refused, *((key, str(error)) for key, _ in batches))
                continue
            changed += written.changed
            if written.refused:
                refused = (*refused, *self._unwritten(batches, written.refused))
        return _Outcome(changed, refused)

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
        joined = _joined(self._kind, [batch for _, batch in batches])
        if not row_faults(self._kind, joined).any() and self._ascend(batches):
            return batches, ()
        problems = [_problem(self._kind, key, batch) for key, batch in batches]
        pairs = list(zip(batches, problems, strict=True))
        kept = [keyed for keyed, wrong in pairs if not wrong]
        return kept, tuple((key, wrong) for (key, _), wrong in pairs if wrong)

    def _ascend(self, batches: Keyed) -> bool:
        return all(order_fault(self._kind, batch.columns) is None for _, batch in batches)

    def _origin(self, keyed: tuple[str, Batch]) -> Origin:
        text = keyed[1].origin
        return Origin(text, text.startswith("simulated"), keyed[1].rank, self._precedence)


def grouped(refused: Refusals) -> Iterator[tuple[str, str]]:
    """One (part, sentence) for each sentence: a broken year would repeat it for every day."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, sentence in dict.fromkeys(refused):
        keys[sentence].append(key)
    for sentence, parts in keys.items():
        waiting = f"; {len(parts)} parts of the source wait for it, to {parts[-1]}"
        yield parts[0], sentence + (waiting if len(parts) > 1 else "")


def _problem(kind: Kind, key: str, batch: Batch) -> str:
    fault = first_fault(kind, batch.columns)
    if fault is None:
        return ""
    return (
        f"{key}: {batch.symbol} row {fault.row + 1}, {fault.column}: expected {fault.expected}, "
        f"found {fault.found}; its rows there were left out, mend the source and ingest again"
    )


def _joined(kind: Kind, batches: list[Batch]) -> Columns:
    if len(batches) == 1:
        one = batches[0].columns
        return {name: one[name].astype(dtype, copy=False) for name, dtype in kind.columns}
    return {
        name: np.concatenate([batch.columns[name] for batch in batches]).astype(dtype, copy=False)
        for name, dtype in kind.columns
    }
