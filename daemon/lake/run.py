"""One ingestion of rows on its way: what was read and is not written yet, and what is done."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from daemon.domain.market.kinds import kind_named
from daemon.errors import AccessError, MissingError, NightShiftError, NoRoomError
from daemon.lake.buffer import Buffer, grouped
from daemon.lake.files import write_whole
from daemon.lake.lake import Lake
from daemon.lake.ports import Request, SourcePart
from daemon.lake.precedence import Precedence, Wrong
from daemon.lake.reading import Reading, rows_in
from daemon.lake.receipts import Receipts, load_receipts
from daemon.lake.room import Room

UNANSWERED: Final = 3
"""Parts in a row that the source gave no answer for, after which no more are asked for."""
LONGEST_WAIT_S: Final = 60.0
"""Seconds that rows wait at most: of a slow source a crash costs no more than its last minute."""


@dataclass(slots=True)
class Run:
    """What waits in the buffer, what was counted of it, and the receipts."""

    lake: Lake
    buffer: Buffer
    receipts: Receipts
    receipts_path: Path
    wanted: tuple[str, ...]
    room: Room
    rows: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    finished: list[SourcePart] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    counted: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    flushed: float = field(default_factory=time.monotonic)

    @staticmethod
    def begun(lake: Lake, source: str, request: Request, room: Room, wrong: Wrong | None) -> Run:
        """With the receipts that the source has; room: what waits where there is none; wrong: see
        `precedence`."""
        kind = kind_named(request.kind)
        path = lake.layout.receipts(source, kind.name)
        precedence = Precedence(lake.order, wrong)
        buffer = Buffer(lake.layout, kind, lake.fault, lake.buffer_rows, room, precedence)
        return Run(lake, buffer, load_receipts(path), path, request.symbols, room)

    def knows(self, part: SourcePart) -> bool:
        """True for a part that need not be read."""
        return self.receipts.has(part.key, part.stamp, self.wanted)

    def take(self, part: SourcePart, reading: Reading) -> None:
        """Keeps what was read of a part until there is enough to write."""
        self.counted[part.key] += sum(rows_in(batch) for batch in reading.batches)
        self.buffer.add(part.key, reading.batches)
        self.failed.extend((part.key, sentence) for sentence in reading.failed)
        if reading.failed:
            self.incomplete.add(part.key)
        if reading.last:
            self.finished.append(part)

    def stop(self, reading: Reading) -> NightShiftError | None:
        """Why it is no use to ask for more: a refused key, no room, or silence part after part."""
        if isinstance(reading.unasked, AccessError | NoRoomError):
            return reading.unasked
        if reading.last:
            self.unanswered = 0 if reading.unasked is None else self.unanswered + 1
        if self.unanswered < UNANSWERED:
            return None
        return MissingError(f"{reading.unasked}, for {self.unanswered} parts had no answer")

    def overdue(self) -> bool:
        """True if it is long since rows were written."""
        return time.monotonic() - self.flushed >= LONGEST_WAIT_S

    def flush(self) -> None:
        """Writes what waits, and then marks the parts done that nothing was left out of."""
        self.flushed = time.monotonic()
        self.room.keep_trying(self.room.check_budget)
        changed, refused = self.buffer.flush()
        self.rows += changed
        self.failed.extend(grouped(refused))
        self.incomplete |= {key for key, _ in refused}
        for part in self.finished:
            rows = self.counted.pop(part.key)
            if part.key not in self.incomplete:
                period = self.buffer.period_of(part.day)
                self.receipts.add(part.key, part.stamp, self.wanted, period, rows)
        self.finished.clear()
        self.lake.fault("before_receipts")
        content, temporary = self.receipts.encoded(), self.lake.layout.temporary
        self.room.keep_trying(partial(write_whole, self.receipts_path, content, temporary))
        self.lake.fault("after_receipts")
