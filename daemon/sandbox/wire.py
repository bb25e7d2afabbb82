"""What the daemon, a zygote and its children say to each other, as bytes of known length.

Daemon to zygote: a request, trusted: a prefix, a job, and descriptors beside it. A job is a line of
JSON and then the genome: its code, which the daemon compiled, or a text where that is asked for.
Zygote to daemon: a notice of fixed size (warm, forked with a pidfd, exited), trusted.
Child to daemon: one record of fixed size per run and positions as numbers, both in the output
memory, *not* trusted; nothing else ever comes out of a child. Where they lie is a `Layout`, which
both sides compute from the job alone.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from daemon.domain.genome.code import Code
from daemon.sandbox.layers import NONE_OFF, Layer, Off

_PREFIX: Final = struct.Struct("<4sII")
_NOTICE: Final = struct.Struct("<4siiqq")
_RECORD: Final = struct.Struct("<4sii64s")
_REQUEST_MAGIC: Final = b"NSJ1"
_RECORD_MAGIC: Final = b"NSR1"
_PAGE: Final = 4096
_ALIGN: Final = 64
MOST_DESCRIPTORS: Final = 32


class Run(NamedTuple):
    """One call of the genome: bars start..stop-1 of `columns` symbols from `column` on.

    market, params: indices into what the task lists. first, last: rows of the answer that are
    kept (last excluded), counted from start.
    """

    market: int
    start: int
    stop: int
    column: int
    columns: int
    params: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Job:
    """A task as a child reads it.

    genome: code of one that passed the gate; a text in tests only, where gate or namespace is off.
    ring: slots of output used in turn, 0 for one per run. compact: positions may be written as
    their changes (`daemon.sandbox.changes`); otherwise every number is. off: layers that are
    switched off, in tests only.
    """

    genome: Code | str
    runs: tuple[Run, ...]
    params: tuple[Mapping[str, float], ...]
    ring: int
    cpu_s: int
    memory_bytes: int
    compact: bool = False
    off: Off = NONE_OFF

    def encode(self) -> bytes:
        """The job as bytes."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        code, body = None, b""
        if isinstance(self.genome, Code):
            code, body = (self.genome.kind, self.genome.defaults), self.genome.marshalled
            fields["genome"] = ""
        fields |= {"off": sorted(self.off), "code": code}
        return json.dumps(fields).encode() + b"\n" + body

    @staticmethod
    def decode(body: bytes) -> Job:
        """The job in a request."""
        line, _, marshalled = body.partition(b"\n")
        fields = json.loads(line)
        code = fields.pop("code")
        if code is not None:
            kind, defaults = code
            fields["genome"] = Code(kind, defaults, marshalled)
        fields["runs"] = tuple(Run(*run) for run in fields["runs"])
        fields["params"] = tuple(fields["params"])
        fields["off"] = frozenset(Layer(name) for name in fields["off"])
        return Job(**fields)

    def layout(self) -> Layout:
        """Where the answers of this job lie."""
        shapes = [(run.columns, run.last - run.first) for run in self.runs]
        return Layout.of(shapes[: self.ring] if self.ring else shapes)


@dataclass(frozen=True, slots=True)
class Layout:
    """The output memory: a table of records, then one block of float64 (columns, rows) a slot."""

    shapes: tuple[tuple[int, int], ...]
    offsets: tuple[int, ...]
    size: int

    def bytes_of(self, slot: int) -> int:
        """Size of a slot's block."""
        columns, rows = self.shapes[slot]
        return columns * rows * 8

    @staticmethod
    def of(shapes: Sequence[tuple[int, int]]) -> Layout:
        """Blocks of these shapes in order."""
        offset = -(-len(shapes) * _RECORD.size // _PAGE) * _PAGE
        offsets = []
        for columns, rows in shapes:
            offsets.append(offset)
            offset += -(-columns * rows * 8 // _ALIGN) * _ALIGN
        return Layout(tuple(shapes), tuple(offsets), max(offset, _PAGE))


class Verdict(IntEnum):
    """How one run ended, as its child says: with a number for each bar, or with changes."""

    DONE = 1
    REFUSED = 2
    RAISED = 3
    OUT_OF_MEMORY = 4
    CHANGES = 5


_VERDICTS: Final = {int(verdict) for verdict in Verdict}


class Record(NamedTuple):
    """What a child says about one run. name: a type or a code, line: where in the genome."""

    verdict: Verdict
    line: int
    name: str


def write_record(output: memoryview, slot: int, record: Record) -> None:
    """Puts a record into the table, replacing what the slot held."""
    name = record.name.encode("ascii", "replace")[:64]
    fields = (_RECORD_MAGIC, int(record.verdict), record.line, name)
    _RECORD.pack_into(output, slot * _RECORD.size, *fields)


def read_record(table: bytes, slot: int) -> Record | None:
    """The record of a slot, made harmless; None where nothing, or nonsense, was written."""
    magic, verdict, line, name = _RECORD.unpack_from(table, slot * _RECORD.size)
    if magic != _RECORD_MAGIC or verdict not in _VERDICTS:
        return None
    text = name.split(b"\0")[0].decode("ascii", "replace")
    clean = "".join(c for c in text if c.isascii() and (c.isalnum() or c in "_."))
    return Record(Verdict(verdict), max(0, min(line, 100_000)), clean)


def table_size(slots: int) -> int:
    """Bytes that the records of so many slots take."""
    return slots * _RECORD.size


class Notice(NamedTuple):
    """A zygote's word: WARM, FORK (pid) or EXIT (wait status, CPU and memory of the child).

    Of WARM `status` is how many bytes follow it: what the zygote proved (`proving`). GONE is never
    sent: it stands for the end of the zygote.
    """

    kind: bytes
    pid: int = 0
    status: int = 0
    cpu_us: int = 0
    memory_kb: int = 0


WARM: Final = b"WARM"
FORK: Final = b"FORK"
EXIT: Final = b"EXIT"
GONE: Final = b"GONE"


def send_notice(channel: socket.socket, notice: Notice, descriptors: Sequence[int] = ()) -> None:
    """Tells the daemon; a full socket blocks."""
    socket.send_fds(channel, [_NOTICE.pack(*notice)], list(descriptors))


def receive_notice(channel: socket.socket) -> tuple[Notice, list[int]] | None:
    """The next notice and its descriptors; None once the zygote is gone."""
    data, descriptors = _receive(channel, _NOTICE.size)
    return None if data is None else (Notice(*_NOTICE.unpack(data)), descriptors)


def send_warm(channel: socket.socket, pid: int, proofs: bytes) -> None:
    """Tells the daemon that the zygote is ready, and what it proved."""
    send_notice(channel, Notice(WARM, pid, len(proofs)))
    channel.sendall(proofs)


def receive_proofs(channel: socket.socket, warm: Notice) -> bytes | None:
    """What the zygote proved; None once it is gone."""
    body, _ = _receive(channel, warm.status)
    return body


def send_request(channel: socket.socket, body: bytes, descriptors: Sequence[int]) -> None:
    """Asks for one child."""
    prefix = _PREFIX.pack(_REQUEST_MAGIC, len(body), len(descriptors))
    socket.send_fds(channel, [prefix], list(descriptors))
    channel.sendall(body)


def receive_request(channel: socket.socket) -> tuple[bytes, list[int]] | None:
    """The next job and its descriptors; None once the daemon is gone."""
    prefix, descriptors = _receive(channel, _PREFIX.size)
    if prefix is None:
        return None
    magic, length, count = _PREFIX.unpack(prefix)
    if magic != _REQUEST_MAGIC or count != len(descriptors):
        return None
    body, _ = _receive(channel, length)
    return None if body is None else (body, descriptors)


def _receive(channel: socket.socket, length: int) -> tuple[bytes | None, list[int]]:
    pieces, descriptors = [], []
    while length > 0:
        data, passed, _, _ = socket.recv_fds(channel, length, MOST_DESCRIPTORS)
        descriptors += passed
        if not data:
            return None, descriptors
        pieces.append(data)
        length -= len(data)
    return b"".join(pieces), descriptors
