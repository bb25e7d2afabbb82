"""The child: maps its output, locks itself in, runs one genome, leaves its answers, ends.

It is trusted until `confine_child` has returned and the genome begins; from then on whatever it
writes is only what a genome says. It never returns to the zygote's loop.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, NoReturn

import numpy as np

from daemon.domain.genome import program
from daemon.domain.genome.code import FILE
from daemon.domain.market.bars import Floats, Market
from daemon.errors import GenomeRefused
from daemon.sandbox import confine, memory, unchecked
from daemon.sandbox.changes import write_changes
from daemon.sandbox.layers import Off
from daemon.sandbox.wire import Job, Layout, Record, Run, Verdict, write_record

FAILED: Final = 70
_PLACE: Final = 5
"""Fields of a run that say which bars of which symbols it is of: `market` to `columns`."""

_Genome = Callable[[Market, Mapping[str, Any]], Sequence[Floats]]
"""Answers the positions of each symbol (T,)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a zygote has ready for a child. absent: layers that this system does not have."""

    markets: Sequence[Market]
    stage: program.Stage
    absent: Off


def serve(job: Job, descriptors: list[int], setting: Setting) -> NoReturn:
    """Does one job and ends the process. descriptors: output, then channel (of a ring)."""
    try:
        _work(job, descriptors, setting)
    finally:
        os._exit(FAILED)


def part(market: Market, run: Run) -> Market:
    """The bars and symbols of one run, as views."""
    bars = slice(run.start, run.stop)
    symbols = slice(run.column, run.column + run.columns)
    return Market(
        symbols=market.symbols[symbols],
        timeframe=market.timeframe,
        axis=market.axis.part(run.start, run.stop),
        open=market.open[bars, symbols],
        high=market.high[bars, symbols],
        low=market.low[bars, symbols],
        close=market.close[bars, symbols],
        volume=market.volume[bars, symbols],
        stale=market.stale[bars, symbols],
    )


@dataclass(frozen=True, slots=True)
class _Output:
    view: memoryview
    layout: Layout
    ring: int

    def block(self, number: int) -> Floats:
        """Where run `number` belongs, (rows, columns); waits for its turn in a ring."""
        if self.ring and number >= self.ring and not os.read(confine.CHANNEL, 1):
            os._exit(FAILED)
        slot = number % len(self.layout.shapes)
        columns, rows = self.layout.shapes[slot]
        flat = np.frombuffer(self.view, np.float64, columns * rows, self.layout.offsets[slot])
        return flat.reshape(columns, rows).T

    def changes(self, number: int) -> memoryview:
        """The bytes of that block."""
        slot = number % len(self.layout.shapes)
        first = self.layout.offsets[slot]
        return self.view[first : first + self.layout.bytes_of(slot)]

    def finish(self, number: int, record: Record) -> None:
        write_record(self.view, number % len(self.layout.shapes), record)
        if self.ring:
            os.write(confine.CHANNEL, b"1")


def _work(job: Job, descriptors: list[int], setting: Setting) -> None:
    layout = job.layout()
    output = _Output(memoryview(memory.writable(descriptors[0], layout.size)), layout, job.ring)
    channel = descriptors[1] if job.ring else None
    confine.confine_child(job.cpu_s, job.memory_bytes, channel, job.off | setting.absent)
    genome: _Genome | None = None
    place: tuple[int, ...] = ()
    for number, run in enumerate(job.runs):
        block = output.block(number)
        try:
            genome = genome or _loaded(job, setting.stage)
            if run[:_PLACE] != place:
                market = part(setting.markets[run.market], run)
                place = run[:_PLACE]
            columns = genome(market, job.params[run.params])
            kept = [column[run.first : run.last] for column in columns]
            verdict = _written(kept, block, output.changes(number) if job.compact else None)
        except BaseException as error:
            output.finish(number, _record(error))
        else:
            output.finish(number, Record(verdict, 0, ""))
    os._exit(0)  # here, where its maps still stand: to unmap them costs, and closes descriptors


def _written(columns: Sequence[Floats], block: Floats, changes: memoryview | None) -> Verdict:
    """Puts an answer into its block: as changes where they may be and are few."""
    if changes is not None and write_changes(columns, changes):
        return Verdict.CHANGES
    for n, column in enumerate(columns):
        block[:, n] = column
    return Verdict.DONE


def _loaded(job: Job, stage: program.Stage) -> _Genome:
    if isinstance(job.genome, str):
        return unchecked.load(job.genome, job.off)
    return program.put_on(job.genome, stage).quiet_columns


def _record(error: BaseException) -> Record:
    if isinstance(error, GenomeRefused):
        reason = error.reasons[0]
        return Record(Verdict.REFUSED, reason.line, reason.code)
    line = _line(error.__traceback__)
    if isinstance(error, MemoryError):
        return Record(Verdict.OUT_OF_MEMORY, line, "MemoryError")
    return Record(Verdict.RAISED, line, type(error).__name__)


def _line(trace: TracebackType | None) -> int:
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
