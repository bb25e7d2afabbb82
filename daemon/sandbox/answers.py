"""How a child's end and its records become answers: positions, or one reason why there are none."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from daemon.domain.engine import buffers
from daemon.domain.engine.intake import Changes, changes_taken_in, taken_in
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats, Ints
from daemon.errors import SECURITY, GenomeRefused, Reason
from daemon.sandbox import security
from daemon.sandbox.changes import read_changes
from daemon.sandbox.memory import Output, Shared
from daemon.sandbox.slot import Exit, Slot
from daemon.sandbox.task import Answer
from daemon.sandbox.wire import Job, Layout, Record, Verdict, read_record, table_size

NONSENSE: Final = Reason("contract", 0, "its answer made no sense")
_BUSY_SHARE: Final = 0.8
_OUT_OF_MEMORY: Final = "it asked for more memory than it may have"
_SENTENCES: Final = {
    "contract": "expected one number for each bar, was another shape or type",
    "argument": "a function of ta was given an argument that it does not take",
    "read_only": "arrays of bars and ta are read-only: write x = x.copy() before changing x",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one child left. outside: killed by somebody else, to be tried again.

    starved: late, though it had hardly computed: the machine may have been busy. cpu_s: processor
    seconds it took.
    """

    answers: tuple[Answer, ...] = ()
    outside: bool = False
    starved: bool = False
    cpu_s: float = 0.0


def perform(
    slot: Slot, job: Job, markets: Sequence[Shared], kind: Kind | None, wall_s: float
) -> Outcome:
    """Has one child do the whole job; blocks for `wall_s` and a second at most."""
    layout = job.layout()
    output = slot.output(layout.size)
    descriptors = [output.shared.descriptor, *(market.descriptor for market in markets)]
    if not slot.spawn(job.encode(), descriptors, job.memory_bytes):
        return Outcome(outside=True)
    end = slot.settle(wall_s)
    reason = reason_of_end(end, wall_s)
    answers: tuple[Answer, ...] = (reason,) * len(job.runs)
    if reason.code != SECURITY:  # nothing that such a child left is believed
        reader = Reader(output, layout, kind, reason)
        answers = reader.answers()
    output.wipe(layout.size)
    if was_outside(end, job.cpu_s):
        return Outcome(outside=True, cpu_s=end.cpu_s)
    return Outcome(answers, starved=is_starved(end, job.cpu_s, wall_s), cpu_s=end.cpu_s)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what a child left in an output; nothing in it is trusted.

    otherwise: the reason where it left no answer.
    """

    output: Output
    layout: Layout
    kind: Kind | None
    otherwise: Reason

    def answers(self) -> tuple[Answer, ...]:
        """The answers of all slots."""
        table = self._table()
        return tuple(self._answer(table, slot) for slot in range(len(self.layout.shapes)))

    def answer(self, slot: int) -> Answer:
        """The answer in a slot, copied and then checked."""
        return self._answer(self._table(), slot)

    def _table(self) -> bytes:
        return self.output.head(table_size(len(self.layout.shapes)))

    def _answer(self, table: bytes, slot: int) -> Answer:
        record = read_record(table, slot)
        if record is None:
            return self.otherwise
        if record.verdict not in {Verdict.DONE, Verdict.CHANGES}:
            return reason_of_record(record)
        try:
            if record.verdict == Verdict.CHANGES:
                return self._changes(slot)
            columns = self._copied(slot)
            return taken_in(columns, self.kind) if self.kind else columns.T
        except OSError:
            return self.otherwise
        except GenomeRefused as refusal:
            return refusal.reasons[0]

    def _changes(self, slot: int) -> Answer:
        columns, rows = self.layout.shapes[slot]
        first = self.layout.offsets[slot]

        def copy(array: Floats | Ints, offset: int) -> None:
            self.output.copy_to(array, first + offset)

        found = read_changes(columns, self.layout.bytes_of(slot), copy)
        if found is None or self.kind is None:
            return NONSENSE
        return changes_taken_in(Changes(*found), (rows, columns), self.kind)

    def _copied(self, slot: int) -> Floats:
        """Private columns (N, T) in memory that was used before: fresh pages cost more."""
        columns, rows = self.layout.shapes[slot]
        block = buffers.empty(columns * rows).reshape(columns, rows)
        self.output.copy_to(block, self.layout.offsets[slot])
        return block


def was_outside(end: Exit, cpu_s: int) -> bool:
    """True if neither the genome nor a limit of ours ended the child."""
    if end.late or end.over:
        return False
    killed = os.WIFSIGNALED(end.status) and os.WTERMSIG(end.status) == signal.SIGKILL
    return end.lost or (killed and end.cpu_s < cpu_s)


def is_starved(end: Exit, cpu_s: int, wall_s: float) -> bool:
    """True if a child was late without having used the processor for most of its time."""
    return end.late and end.cpu_s < _BUSY_SHARE * min(wall_s, cpu_s)


def reason_of_end(end: Exit, wall_s: float) -> Reason:
    """Why a run without a record has none."""
    if end.over:
        return Reason("out_of_memory", 0, _OUT_OF_MEMORY, "memory")
    if end.late:
        return Reason("timeout", 0, f"it did not finish within {wall_s:g} s", "deadline")
    if not os.WIFSIGNALED(end.status):
        return Reason("crashed", 0, "its process ended without an answer")
    number = os.WTERMSIG(end.status)
    if number in (signal.SIGXCPU, signal.SIGKILL):
        message = f"it computed for more than its {end.cpu_s:.0f} s"
        return Reason("timeout", 0, message, "processor time")
    return security.reason_of_signal(number)


def reason_of_record(record: Record) -> Reason:
    """Why a run failed, in the words of the daemon: a child's own words are never shown."""
    if record.verdict == Verdict.REFUSED:
        code = record.name if record.name in _SENTENCES else "refused"
        message = _SENTENCES.get(code, "the check inside the sandbox refused it")
        return Reason(code, record.line, message)
    if record.verdict == Verdict.OUT_OF_MEMORY:
        return Reason("out_of_memory", record.line, _OUT_OF_MEMORY, "memory")
    return Reason("raised", record.line, f"it raised {security.shown_name(record.name)}")
